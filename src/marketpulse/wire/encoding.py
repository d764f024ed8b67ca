"""Columns of a result as Postgres writes them, as text and in binary, each value with its length before it."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from marketpulse.cells import plain
from marketpulse.errors import UsageError
from marketpulse.serving.values import ENDLESS_DAYS, ENDLESS_MICROSECONDS, values
from marketpulse.wire import types

_NULL = struct.pack("!i", -1)
#: SQLSTATE `datetime_field_overflow`.
_NO_FORM = "22008"
#: Days and microseconds from Arrow's first day (1970) to Postgres's (2000).
_DAYS, _MICROSECONDS = 10_957, 946_684_800_000_000
_DAY = 86_400_000_000


def encoded(found: pa.Array, binary: bool) -> list[bytes]:
    """The values of a column with their lengths."""
    number = types.number_of(found.type)
    try:
        return _written(found, number, binary)
    except (pa.ArrowException, OverflowError, struct.error):
        what = f"a value of type {found.type} has no form in this protocol"
        raise UsageError(what, hint="cast it to text", sqlstate=_NO_FORM) from None


def _written(found: pa.Array, number: int, binary: bool) -> list[bytes]:
    write = _BINARY.get(number, _as_text) if binary else _as_text
    if binary and number in types.OF_ARRAY:
        write = _array_binary
    return [_NULL if each is None else struct.pack("!i", len(each)) + each for each in write(found, number)]


def _as_text(found: pa.Array, number: int) -> list[bytes | None]:
    write = _TEXTS.get(number, str)
    if number in types.OF_ARRAY:
        write = array_text
    return [None if each is None else _text(write(each)) for each in _plain_values(found, number)]


def _plain_values(found: pa.Array, number: int) -> list[Any]:
    """Values of Python; what its calendar does not have is text."""
    if number == types.TIMESTAMPTZ and (found.type.tz or found.type.unit == "ns"):
        found = found.cast(pa.timestamp("us"), safe=False)
    return values(found)


def _text(value: str) -> bytes:
    return value.replace("\0", "").encode("utf-8", errors="replace")


def _moment(value: datetime | str) -> str:
    """A moment of UTC; one that is beyond the calendar is a text already."""
    if isinstance(value, datetime):
        return f"{value.isoformat(' ')}+00"
    plain, era, _ = value.partition(" BC")
    return value if value.endswith("infinity") else f"{plain}+00{era}"


def _double(value: float) -> str:
    return {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(found := repr(value), found)


def _json(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False, default=str)


def _interval(value: Any) -> str:
    """As Postgres's style of intervals has it: `1 mon 2 days -00:00:01.500000`."""
    months, days, microseconds = _parts(value)
    clock, micro = divmod(abs(microseconds), 1_000_000)
    sign = "-" if microseconds < 0 else ""
    at = f"{sign}{clock // 3600:02d}:{clock // 60 % 60:02d}:{clock % 60:02d}.{micro:06d}"
    return " ".join([*([f"{months} mons"] if months else []), *([f"{days} days"] if days else []), at])


def _parts(value: Any) -> tuple[int, int, int]:
    """Months, days and microseconds of an interval."""
    if isinstance(value, timedelta):
        return 0, value.days, value.seconds * 1_000_000 + value.microseconds
    months, days, nanoseconds = value
    return months, days, nanoseconds // 1_000


def array_text(value: Sequence[Any]) -> str:
    """An array as Postgres writes it: `{a,"b c",NULL}`."""
    return "{" + ",".join("NULL" if each is None else _member(each) for each in value) + "}"


def _member(value: Any) -> str:
    kind = next((kind for kind in _OF_PYTHON if isinstance(value, kind)), str)
    text = _OF_PYTHON[kind](value)
    if kind is str or " " in text or not text:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return text


def _bytes(value: bytes) -> str:
    return "\\x" + value.hex()


def _bool(value: bool) -> str:
    return "t" if value else "f"


def _decimal(value: Decimal | int) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


_TEXTS: dict[int, Callable[[Any], str]] = {
    types.BOOL: _bool, types.NUMERIC: _decimal, types.FLOAT8: _double, types.FLOAT4: _double,
    types.TIMESTAMPTZ: _moment, types.BYTEA: _bytes, types.JSON: _json, types.INTERVAL: _interval,
}  # fmt: skip
_OF_PYTHON: dict[type, Callable[[Any], str]] = {
    bool: _bool, Decimal: _decimal, float: _double, int: str, datetime: _moment, date: str, time: str, bytes: _bytes,
    str: str, timedelta: _interval, tuple: _interval,
}  # fmt: skip


def _packed(form: str) -> Callable[[pa.Array, int], list[bytes | None]]:
    pack = struct.Struct(form).pack

    def write(found: pa.Array, _: int) -> list[bytes | None]:
        return [None if each is None else pack(each) for each in found.to_pylist()]

    return write


def _days(found: pa.Array, _: int) -> list[bytes | None]:
    days = found.cast(pa.date32()).cast(pa.int32()).to_pylist()
    ends = {ENDLESS_DAYS: 2**31 - 1, -ENDLESS_DAYS: -(2**31)}
    return [None if each is None else struct.pack("!i", ends.get(each, each - _DAYS)) for each in days]


def _microseconds(found: pa.Array, _: int) -> list[bytes | None]:
    since = found.cast(pa.timestamp("us"), safe=found.type.unit != "ns").cast(pa.int64()).to_pylist()
    ends = {ENDLESS_MICROSECONDS: 2**63 - 1, -ENDLESS_MICROSECONDS: -(2**63)}
    return [None if each is None else struct.pack("!q", ends.get(each, each - _MICROSECONDS)) for each in since]


def _times(found: pa.Array, _: int) -> list[bytes | None]:
    since = found.cast(pa.time64("us"), safe=False).cast(pa.int64()).to_pylist()
    return [None if each is None else struct.pack("!q", each) for each in since]


def _intervals(found: pa.Array, _: int) -> list[bytes | None]:
    parts = (None if each is None else _parts(each) for each in found.to_pylist())
    return [None if each is None else struct.pack("!qii", each[2], each[1], each[0]) for each in parts]


def _numerics(found: pa.Array, _: int) -> list[bytes | None]:
    return [None if each is None else numeric(Decimal(each)) for each in found.to_pylist()]


def numeric(value: Decimal) -> bytes:
    """A decimal in digits of 10,000 (numeric_send of Postgres's numeric.c)."""
    sign, digits, exponent = value.as_tuple()
    scale = max(-int(exponent), 0)
    text = "".join(map(str, digits)) + "0" * max(int(exponent), 0)
    whole, part = (text[:-scale], text[-scale:].rjust(scale, "0")) if scale else (text, "")
    whole = whole.rjust(-(-len(whole) // 4) * 4, "0")
    part = part.ljust(-(-len(part) // 4) * 4, "0")
    groups = [int((whole + part)[at : at + 4]) for at in range(0, len(whole + part), 4)]
    weight = len(whole) // 4 - 1
    while groups and groups[0] == 0:
        groups, weight = groups[1:], weight - 1
    while groups and groups[-1] == 0:
        groups = groups[:-1]
    head = struct.pack("!hhHh", len(groups), weight if groups else 0, 0x4000 if sign else 0, scale)
    return head + struct.pack(f"!{len(groups)}h", *groups)


def _array_binary(found: pa.Array, number: int) -> list[bytes | None]:
    """Arrays of one dimension (array_send of Postgres's arrayfuncs.c)."""
    inner = types.OF_ARRAY[number]
    each = (value.values for value in found)
    return [None if value is None else _one_array(value, inner) for value in each]


def _one_array(found: pa.Array, inner: int) -> bytes:
    if not len(found):
        return struct.pack("!iii", 0, 0, inner)
    head = struct.pack("!iiiii", 1, int(found.null_count > 0), inner, len(found), 1)
    return head + b"".join(encoded(found, True))


_BINARY: dict[int, Callable[[pa.Array, int], list[bytes | None]]] = {
    types.BOOL: _packed("!?"), types.INT2: _packed("!h"), types.INT4: _packed("!i"), types.INT8: _packed("!q"),
    types.OID: _packed("!I"),
    types.FLOAT4: _packed("!f"), types.FLOAT8: _packed("!d"), types.DATE: _days,
    types.TIMESTAMPTZ: _microseconds, types.TIME: _times, types.INTERVAL: _intervals, types.NUMERIC: _numerics,
    types.BYTEA: lambda found, _: cast("list[bytes | None]", pc.cast(found, pa.binary()).to_pylist()),
}  # fmt: skip
