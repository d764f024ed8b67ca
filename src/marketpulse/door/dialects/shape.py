"""What dialects share: looking into values that may be anything."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from marketpulse.door.answers import Refusal

_LATEST = 253_402_300_799  # the last second of 9999


def table(value: Any) -> dict[str, Any]:
    """An object; an empty one in the place of anything else."""
    return value if type(value) is dict else {}


def rows(value: Any) -> list[Any]:
    """An array; an empty one in the place of anything else."""
    return value if type(value) is list else []


def body(value: Any) -> dict[str, Any]:
    """The body, an object. Raise Refusal for any other."""
    if type(value) is not dict:
        raise Refusal(400, "no_object", "the body is no JSON object")
    return value


def text(value: Any) -> str | None:
    """A text or a number as text, None for nothing and anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


def known(**fields: Any) -> dict[str, Any]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None and value != {}}


def moment(value: Any, unit: float) -> str | None:
    """A moment that is counted in so many units a second since 1970, as text; None for what is none."""
    try:
        seconds = int(str(value)) / unit if unit != 1 else float(str(value))
        if not 0 < seconds < _LATEST:
            return None
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return None


def inner(value: Any) -> Any:
    """JSON that came as text, plain or in base64; None for what is neither."""
    if type(value) is not str:
        return None
    if value[:1] not in "{[":
        try:
            padded = value.replace("-", "+").replace("_", "/") + "=" * (-len(value) % 4)
            return orjson.loads(base64.b64decode(padded))
        except (binascii.Error, ValueError):
            return None
    try:
        return orjson.loads(value)
    except ValueError:
        return None


def number(value: Any) -> Any:
    """A number that came as text, as one; anything else as it is."""
    if type(value) is not str:
        return value
    try:
        return orjson.loads(value) if len(value) <= 15 and value[:1] in "-0123456789" else value
    except ValueError:
        return value


def one_of(found: Mapping[str, Any], *names: str) -> str | None:
    """The first of these fields that is a text or a number."""
    return next((value for name in names if (value := text(found.get(name)))), None)
