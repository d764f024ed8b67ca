"""KMS: the days between two rotations of a key."""

from __future__ import annotations

import json
from typing import Any

from moto.kms.responses import KmsResponse

_status = KmsResponse.get_key_rotation_status


def get_key_rotation_status(self: Any) -> str:
    """AWS answers with the period, a year unless another was asked for."""
    answer = json.loads(_status(self))
    if answer["KeyRotationEnabled"]:
        answer.setdefault("RotationPeriodInDays", 365)
    return json.dumps(answer)


KmsResponse.get_key_rotation_status = get_key_rotation_status
