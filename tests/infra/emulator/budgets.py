"""Budgets: the subscribers of a notification, and tags."""

from __future__ import annotations

import json
from typing import Any

from moto.budgets.responses import BudgetsResponse

_create = BudgetsResponse.create_budget
_tags: dict[str, dict[str, str]] = {}


def describe_subscribers_for_notification(self: Any) -> str:
    """Who hears of one notification of a budget."""
    wanted = self._get_param("Notification")
    budget = self.backend.budgets[self._get_param("AccountId")][self._get_param("BudgetName")]
    same = [n for n in budget.notifications if _which(n.details) == _which(wanted)]
    return json.dumps({"Subscribers": same[0].subscribers if same else []})


def _which(details: dict[str, Any]) -> tuple[str, str, float]:
    return details["NotificationType"], details["ComparisonOperator"], float(details["Threshold"])


def create_budget(self: Any) -> Any:
    """Keep the tags."""
    answer = _create(self)
    name = self._get_param("Budget")["BudgetName"]
    _tags[name] = {tag["Key"]: tag["Value"] for tag in self._get_param("ResourceTags") or []}
    return answer


def _of(self: Any) -> dict[str, str]:
    return _tags.setdefault(self._get_param("ResourceARN").rsplit("/", 1)[1], {})


def list_tags_for_resource(self: Any) -> str:
    """The tags of a budget."""
    return json.dumps({"ResourceTags": [{"Key": key, "Value": value} for key, value in _of(self).items()]})


def tag_resource(self: Any) -> str:
    """Set tags."""
    _of(self).update({tag["Key"]: tag["Value"] for tag in self._get_param("ResourceTags")})
    return "{}"


def untag_resource(self: Any) -> str:
    """Take tags away."""
    for key in self._get_param("ResourceTagKeys"):
        _of(self).pop(key, None)
    return "{}"


for _action in (
    create_budget,
    describe_subscribers_for_notification,
    list_tags_for_resource,
    tag_resource,
    untag_resource,
):
    setattr(BudgetsResponse, _action.__name__, _action)
