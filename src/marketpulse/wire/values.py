"""Values of parameters (`$1`), as clients send them: text or binary, of a type that they say or leave open."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from marketpulse.errors import UsageError
from marketpulse.wire import types

_FIRST_DAY = date(2000, 1, 1)
_FIRST = datetime(2000, 1, 1)
_NUMERIC_NAN = 0xC000
#: A member of an array that is written as text, with or without quotes, and what ends it.
_MEMBER = re.compile(r'\s*+(?:"((?:[^"\\]|\\.)*+)"\s*+|([^",{}\\]*+))([,}])', re.DOTALL)
_WHOLE, _DAY = re.compile(r"\s*[+-]?[0-9]{1,40}\s*"), re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Digits of a decimal of the engine: with more it would go through a double.
_DIGITS = 38
#: SQLSTATE `invalid_text_representation`, `invalid_binary_representation`, `feature_not_supported`.
_NO_TEXT, _NO_BINARY, _UNKNOWN = "22P02", "22P03", "0A000"
#: SQLSTATE `numeric_value_out_of_range`.
_OUT_OF_RANGE = "22003"


def value(given: bytes | None, number: int, binary: bool) -> Any:
    """A parameter in Python. Raise UsageError for what is no such value."""
    if given is None:
        return None
    name = types.TYPES[number].name if number in types.TYPES else str(number)
    try:
        if binary:
            return _of_binary(given, number)
        return _of_text(given.decode("utf-8"), number)
    except (ValueError, InvalidOperation, OverflowError, struct.error):
        what = f"a parameter is no {name}"
        raise UsageError(what, sqlstate=_NO_BINARY if binary else _NO_TEXT) from None


def _of_text(given: str, number: int) -> Any:
    if number in types.OF_ARRAY:
        return [None if each is None else _of_text(each, types.OF_ARRAY[number]) for each in members(given)]
    read: Callable[[str], Any] = _TEXTS.get(number, str)
    return read(given)


def members(given: str) -> list[str | None]:
    """Texts of an array of one dimension (array_in of Postgres's arrayfuncs.c)."""
    text = given.strip()
    if not text.startswith("{") or not text.endswith("}"):
        raise ValueError(given)
    if not text[1:-1].strip():
        return []
    found: list[str | None] = []
    at, ended = 1, ","
    while ended == ",":
        member = _MEMBER.match(text, at)
        if member is None:
            raise ValueError(given)
        quoted, plain, ended = member.groups()
        bare = plain.strip() if plain is not None else ""
        null = plain is not None and bare.upper() == "NULL"
        found.append(None if null else re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else bare)
        at = member.end()
    if at != len(text):
        raise ValueError(given)
    return found


def _moment(given: str) -> datetime:
    """UTC without saying so, as tables have it."""
    found = datetime.fromisoformat(given.strip())
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def _bool(given: str) -> bool:
    word = given.strip().lower()
    if word in ("t", "true", "on", "yes", "y", "1"):
        return True
    if word in ("f", "false", "off", "no", "n", "0"):
        return False
    raise ValueError(given)


def _whole(given: str) -> int:
    if not _WHOLE.fullmatch(given):
        raise ValueError(given)
    return int(given)


def _day(given: str) -> date:
    if not _DAY.fullmatch(given.strip()):
        raise ValueError(given)
    return date.fromisoformat(given.strip())


def _decimal(given: str) -> Decimal:
    if "_" in given:
        raise ValueError(given)
    return _exact(Decimal(given))


def _exact(given: Decimal) -> Decimal:
    """A decimal that the engine can hold digit by digit. Raise UsageError for any other."""
    if not given.is_finite():
        raise ValueError(given)
    _, digits, exponent = given.as_tuple()
    if max(len(digits) + max(int(exponent), 0), 1 - int(exponent)) > _DIGITS:
        raise UsageError(f"a parameter has more digits than a numeric here: {_DIGITS}", sqlstate=_OUT_OF_RANGE)
    return given


def _bytes(given: str) -> bytes:
    if not given.startswith("\\x"):
        raise ValueError(given)
    return bytes.fromhex(given[2:])


_TEXTS: dict[int, Callable[[str], Any]] = {
    types.BOOL: _bool, types.INT2: _whole, types.INT4: _whole, types.INT8: _whole, types.OID: _whole,
    types.FLOAT4: float, types.FLOAT8: float, types.NUMERIC: _decimal, types.DATE: _day, types.TIME: time.fromisoformat,
    types.TIMESTAMP: _moment, types.TIMESTAMPTZ: _moment, types.BYTEA: _bytes,
}  # fmt: skip


def _of_binary(given: bytes, number: int) -> Any:
    if number in types.OF_ARRAY:
        return _array(given)
    read = _BINARIES.get(number)
    if read is None:
        raise UsageError(f"binary parameters of type {number} are not known here", sqlstate=_UNKNOWN)
    return read(given)


def _array(given: bytes) -> list[Any]:
    dimensions, _, inner = struct.unpack_from("!iii", given)
    if dimensions == 0:
        return []
    if dimensions != 1 or inner in types.OF_ARRAY:
        raise UsageError("an array of several dimensions is not known here", sqlstate=_UNKNOWN)
    count, at = struct.unpack_from("!i", given, 12)[0], 20
    found: list[Any] = []
    for _ in range(count):
        length = struct.unpack_from("!i", given, at)[0]
        at += 4
        if length == -1:
            found.append(None)
            continue
        if length < 0 or at + length > len(given):
            raise ValueError(length)
        found.append(_of_binary(given[at : at + length], inner))
        at += length
    return found


def _unpacked(form: str) -> Callable[[bytes], Any]:
    return lambda given: struct.unpack(form, given)[0]


def _numeric(given: bytes) -> Decimal:
    """A decimal of digits of 10,000 (numeric_recv of Postgres's numeric.c)."""
    count, weight, sign, scale = struct.unpack_from("!hhHh", given)
    if sign >= _NUMERIC_NAN:
        raise ValueError(sign)
    groups = struct.unpack_from(f"!{count}h", given, 8)
    digits = "".join(f"{each:04d}" for each in groups)
    exponent = 4 * (weight + 1 - count)
    if exponent < -scale:  # zeros that fill the last group
        digits, exponent = digits[: exponent + scale], -scale
    digits = digits.lstrip("0")
    more = exponent + scale
    if 0 < more <= _DIGITS - len(digits):  # zeros that were left out
        digits, exponent = digits + "0" * more, -scale
    return _exact(Decimal(f"{'-' if sign else ''}{digits or 0}E{exponent if digits else -min(scale, _DIGITS - 1)}"))


def _text(given: bytes) -> str:
    return given.decode("utf-8")


_BINARIES: dict[int, Callable[[bytes], Any]] = {
    types.BOOL: _unpacked("!?"), types.INT2: _unpacked("!h"), types.INT4: _unpacked("!i"), types.INT8: _unpacked("!q"),
    types.OID: _unpacked("!I"), types.FLOAT4: _unpacked("!f"), types.FLOAT8: _unpacked("!d"), types.NUMERIC: _numeric,
    types.TEXT: _text, types.VARCHAR: _text, types.BPCHAR: _text, types.NAME: _text, types.UNKNOWN: _text, 0: _text,
    types.JSON: _text, types.BYTEA: bytes, types.UUID: lambda given: str(UUID(bytes=given)),
    types.DATE: lambda given: _FIRST_DAY + timedelta(days=struct.unpack("!i", given)[0]),
    types.TIME: lambda given: (_FIRST + timedelta(microseconds=struct.unpack("!q", given)[0])).time(),
    types.TIMESTAMP: lambda given: _FIRST + timedelta(microseconds=struct.unpack("!q", given)[0]),
    types.TIMESTAMPTZ: lambda given: _FIRST + timedelta(microseconds=struct.unpack("!q", given)[0]),
}  # fmt: skip
