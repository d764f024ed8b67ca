"""EC2: the description of a rule that names another group or a prefix list."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule

_init = SecurityGroupRule.__init__


def init(self: Any, *given: Any, **named: Any) -> None:
    """Moto looks for the description beside an address range only."""
    _init(self, *given, **named)
    places = [value for value in (*given, *named.values()) if isinstance(value, dict)]
    self._description = next((place["Description"] for place in places if place.get("Description")), None)


SecurityGroupRule.__init__ = init
SecurityGroupRule.description = property(lambda self: self._description)
