"""Avro: what its own library reads, of records of any schema."""

from __future__ import annotations

import base64
import io
import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import fastavro

from marketpulse.landing.formats.avro import Avro
from tests.landing.formats.generated.case import Case, Harm, with_data
from tests.landing.formats.generated.packing import packed
from tests.landing.formats.generated.texts import text
from tests.landing.formats.test_avro import MARK, avro

_CODECS = ["null", "null", "deflate", "bzip2", "xz", "snappy", "zstandard"]
_DAY = date(1970, 1, 1)
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)


def generate(dice: Random) -> Case:
    """Records in blocks of any size, packed in any way; or cut off, or damaged."""
    types = ["long", *(_type(dice, 2, [n]) for n in range(dice.randint(0, 5)))]  # a record of nothing is refused
    schema = {
        "type": "record",
        "name": "r",
        "fields": [{"name": f"f{n}", "type": kind} for n, kind in enumerate(types)],
    }
    rows = [{f"f{n}": _value(dice, kind) for n, kind in enumerate(types)} for _ in range(dice.randint(0, 25))]
    codec = dice.choice(_CODECS)
    data = avro(schema, rows, codec, dice.choice([1, 60, 10_000]))
    read = fastavro.reader(io.BytesIO(avro(schema, rows)))
    records = [list(row.values()) for row in read]  # type: ignore[union-attr]
    case = Case(Avro(), data, records, same=same, piece=dice.choice([1, 7, 100, 1 << 20]))
    at = dice.randint(data.index(MARK), len(data) - 1)
    # That a file ends behind one of its blocks nobody can see.
    if dice.random() < 0.15 and rows and not data[:at].endswith(MARK):
        case = with_data(case, data[:at], harm=Harm.TORN)
    return packed(dice, case)


def same(found: str | None, wanted: Any) -> bool:
    """Whether a text says the value."""
    if wanted is None or found is None:
        return found is wanted
    if isinstance(wanted, list | dict):
        return _alike(json.loads(found), wanted)
    if isinstance(wanted, datetime | time):
        return type(wanted).fromisoformat(found) == wanted
    plain = _plain(wanted)
    return found == (plain if isinstance(plain, str) else json.dumps(plain))


def _alike(found: Any, wanted: Any) -> bool:
    """The same inside of what is nested."""
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(_alike, found, wanted))
    if isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(_alike(found[key], wanted[key]) for key in wanted)
    return bool(same(found, wanted) if isinstance(wanted, datetime | time) else found == _plain(wanted))


def _plain(value: Any) -> Any:
    """A value as JSON says it."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return "base64:" + base64.b64encode(value).decode()
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value) if isinstance(value, UUID) else value


def _type(dice: Random, depth: int, names: list[int]) -> Any:
    """A type; named ones are named by their place."""
    own = "_".join(map(str, names))
    roll = dice.random()
    if depth and roll < 0.08:
        items = _type(dice, depth - 1, [*names, 0])
        # A list of what takes no bytes is refused: it could have any length.
        return {"type": "array", "items": "int" if "null" in json.dumps(items) else items}
    if depth and roll < 0.16:
        return {"type": "map", "values": _type(dice, depth - 1, [*names, 0])}
    if depth and roll < 0.24:
        fields = [{"name": f"g{n}", "type": _type(dice, depth - 1, [*names, n])} for n in range(dice.randint(1, 3))]
        return {"type": "record", "name": f"r{own}", "fields": fields}
    if depth and roll < 0.4:
        return ["null", _type(dice, 0, [*names, 0])]
    return dice.choice(
        [
            *("boolean", "int", "long", "double", "string", "string", "bytes", "null"),
            {"type": "enum", "name": f"e{own}", "symbols": ["A", "B", "C"]},
            {"type": "fixed", "name": f"x{own}", "size": 4},
            {"type": "int", "logicalType": "date"},
            {"type": "int", "logicalType": "time-millis"},
            {"type": "long", "logicalType": "timestamp-millis"},
            {"type": "long", "logicalType": "timestamp-micros"},
            {"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 4},
            {"type": "string", "logicalType": "uuid"},
        ]
    )


def _value(dice: Random, kind: Any) -> Any:
    if isinstance(kind, list):
        return _value(dice, dice.choice(kind))
    if isinstance(kind, str):
        return _simple(dice, kind)
    return _of_parts(dice, kind)


def _of_parts(dice: Random, kind: Any) -> Any:
    if kind["type"] == "array":
        return [_value(dice, kind["items"]) for _ in range(dice.randint(0, 3))]
    if kind["type"] == "map":
        return {text(dice): _value(dice, kind["values"]) for _ in range(dice.randint(0, 3))}
    if kind["type"] == "record":
        return {each["name"]: _value(dice, each["type"]) for each in kind["fields"]}
    if kind["type"] in ("enum", "fixed"):
        return dice.choice(kind["symbols"]) if kind["type"] == "enum" else dice.randbytes(4)
    return _logical(dice, kind["logicalType"])


def _simple(dice: Random, kind: str) -> Any:
    return {
        "null": None,
        "boolean": dice.random() < 0.5,
        "int": dice.randint(-(2**31), 2**31 - 1),
        "long": dice.choice([0, -1, dice.randint(-(2**63), 2**63 - 1)]),
        "double": dice.choice([0.0, -0.0, 0.1, 1e300, dice.uniform(-1e6, 1e6), 12.0]),
        "string": text(dice, '"\n,'),
        "bytes": dice.choice([b"", b"abc", dice.randbytes(5)]),
    }[kind]


def _logical(dice: Random, kind: str) -> Any:
    moment = _ZERO + timedelta(seconds=dice.randint(-(10**9), 10**10), milliseconds=dice.choice([0, 0, 250]))
    return {
        "date": _DAY + timedelta(dice.randint(-30_000, 300_000)),
        "time-millis": time(dice.randrange(24), dice.randrange(60), 7, dice.choice([0, 250_000])),
        "timestamp-millis": moment,
        "timestamp-micros": moment + timedelta(microseconds=dice.choice([0, 1, 999])),
        "decimal": Decimal(dice.randint(-(10**12), 10**12)).scaleb(-4),
        "uuid": UUID(bytes=dice.randbytes(16)),
    }[kind]
