"""Lambda: a function's log settings."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaFunction

_make = LambdaFunction.__init__
_show = LambdaFunction.get_configuration
_update = LambdaFunction.update_configuration


def make(self: Any, account_id: str, spec: dict[str, Any], *more: Any, **named: Any) -> None:
    """Keep where it logs."""
    _make(self, account_id, spec, *more, **named)
    self.logging_config = spec.get("LoggingConfig")


def show(self: Any, *given: Any, **named: Any) -> dict[str, Any]:
    """Say where it logs."""
    return _show(self, *given, **named) | ({"LoggingConfig": self.logging_config} if self.logging_config else {})


def update(self: Any, given: dict[str, Any]) -> Any:
    """Log elsewhere."""
    self.logging_config = given.get("LoggingConfig", self.logging_config)
    return _update(self, given)


LambdaFunction.__init__ = make
LambdaFunction.get_configuration = show
LambdaFunction.update_configuration = update
