"""Application Auto Scaling: tags of a target, which moto neither keeps nor tells."""

from __future__ import annotations

import json
from typing import Any

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

_register = ApplicationAutoScalingResponse.register_scalable_target
_tags: dict[str, dict[str, str]] = {}


def register_scalable_target(self: Any) -> str:
    """Keep the tags."""
    answer = _register(self)
    if tags := self._get_param("Tags"):
        _tags[json.loads(answer)["ScalableTargetARN"]] = tags
    return answer


def list_tags_for_resource(self: Any) -> str:
    """Tell them."""
    return json.dumps({"Tags": _tags.get(self._get_param("ResourceARN"), {})})


ApplicationAutoScalingResponse.register_scalable_target = register_scalable_target
ApplicationAutoScalingResponse.list_tags_for_resource = list_tags_for_resource
