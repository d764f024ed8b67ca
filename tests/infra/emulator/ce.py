"""Cost Explorer: monitors of anomalies, who is told of one, and their tags."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from moto.ce.responses import CostExplorerResponse

#: Kind -> how its requests name it, and the list that shows it.
_KINDS = {"Monitor": ("MonitorArn", "AnomalyMonitors"), "Subscription": ("SubscriptionArn", "AnomalySubscriptions")}
_kept: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in _KINDS}
_tags: dict[str, dict[str, str]] = {}
_list_tags = CostExplorerResponse.list_tags_for_resource
_tag, _untag = CostExplorerResponse.tag_resource, CostExplorerResponse.untag_resource


def _given(self: Any) -> dict[str, Any]:
    return dict(json.loads(self.body))


def _actions(kind: str) -> dict[str, Callable[[Any], str]]:
    arn_of, shown_as = _KINDS[kind]

    def create(self: Any) -> str:
        given = _given(self)
        arn = f"arn:aws:ce::{self.current_account}:anomaly{kind.lower()}/{uuid.uuid4()}"
        _kept[kind][arn] = given[f"Anomaly{kind}"] | {arn_of: arn}
        _tags[arn] = {tag["Key"]: tag["Value"] for tag in given.get("ResourceTags", [])}
        return json.dumps({arn_of: arn})

    def show(self: Any) -> str:
        wanted = _given(self).get(f"{arn_of}List") or list(_kept[kind])
        return json.dumps({shown_as: [_kept[kind][arn] for arn in wanted if arn in _kept[kind]]})

    def update(self: Any) -> str:
        given = _given(self)
        _kept[kind][given[arn_of]].update(given)
        return json.dumps({arn_of: given[arn_of]})

    def delete(self: Any) -> str:
        del _kept[kind][_given(self)[arn_of]]
        return "{}"

    return {
        f"create_anomaly_{kind.lower()}": create,
        f"get_anomaly_{kind.lower()}s": show,
        f"update_anomaly_{kind.lower()}": update,
        f"delete_anomaly_{kind.lower()}": delete,
    }


def list_tags_for_resource(self: Any) -> Any:
    """The tags of one of these; all others are moto's."""
    arn = _given(self)["ResourceArn"]
    if arn not in _tags:
        return _list_tags(self)
    return json.dumps({"ResourceTags": [{"Key": key, "Value": value} for key, value in _tags[arn].items()]})


def tag_resource(self: Any) -> Any:
    """Set tags."""
    given = _given(self)
    if given["ResourceArn"] not in _tags:
        return _tag(self)
    _tags[given["ResourceArn"]].update({tag["Key"]: tag["Value"] for tag in given["ResourceTags"]})
    return "{}"


def untag_resource(self: Any) -> Any:
    """Take tags away."""
    given = _given(self)
    if given["ResourceArn"] not in _tags:
        return _untag(self)
    for key in given["ResourceTagKeys"]:
        _tags[given["ResourceArn"]].pop(key, None)
    return "{}"


for _kind in _KINDS:
    for _name, _action in _actions(_kind).items():
        setattr(CostExplorerResponse, _name, _action)
for _action in (list_tags_for_resource, tag_resource, untag_resource):
    setattr(CostExplorerResponse, _action.__name__, _action)
