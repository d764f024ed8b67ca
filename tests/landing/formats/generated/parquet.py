"""Parquet: what pyarrow reads of the whole file at once, of columns of any type."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from marketpulse.landing.formats.parquet import Parquet
from tests.landing.formats.generated.case import Case, Harm, Record, with_data
from tests.landing.formats.generated.packing import packed
from tests.landing.formats.generated.texts import text

_ZERO = datetime(1970, 1, 1)
_TYPES: list[Any] = [
    *(pa.int8(), pa.int32(), pa.int64(), pa.uint64(), pa.float64(), pa.bool_(), pa.string(), pa.string()),
    *(pa.large_string(), pa.binary(), pa.date32(), pa.timestamp("us"), pa.timestamp("ms", "UTC"), pa.decimal128(20, 4)),
    *(pa.dictionary(pa.int32(), pa.string()), pa.list_(pa.string()), pa.list_(pa.int64())),
    *(
        pa.struct({"a": pa.string(), "b": pa.int64()}),
        pa.list_(pa.struct({"sku": pa.string(), "n": pa.int64()})),
        pa.null(),
    ),
]


def generate(dice: Random) -> Case:
    """A table in groups and pages of any size; or cut off."""
    count = dice.randint(0, 40)
    types = dice.choices(_TYPES, k=dice.randint(1, 6))
    table = pa.table({f"f{n}": pa.array(_values(dice, kind, count), kind) for n, kind in enumerate(types)})
    target = io.BytesIO()
    pq.write_table(
        table,
        target,
        row_group_size=dice.choice([1, 7, 1000]),
        compression=dice.choice(["none", "snappy", "gzip", "zstd", "brotli"]),
        use_dictionary=dice.random() < 0.5,
        dictionary_pagesize_limit=dice.choice([20, 1 << 20]),
        data_page_size=dice.choice([10, 1 << 20]),
        data_page_version=dice.choice(["1.0", "2.0"]),
        version=dice.choice(["1.0", "2.4", "2.6"]),
    )
    lists = [n for n, kind in enumerate(types) if pa.types.is_list(kind)]
    place = dice.choice(lists) if lists and dice.random() < 0.7 else None
    rows = [list(row.values()) for row in pq.read_table(io.BytesIO(target.getvalue())).to_pylist()]
    form = Parquet(records=None if place is None else f"f{place}")
    case = Case(form, target.getvalue(), list(_records(rows, place)), same=same)
    if dice.random() < 0.1:
        case = with_data(case, case.data[: dice.randint(0, len(case.data) - 1)], harm=Harm.TORN)
    return packed(dice, case)


def _records(rows: list[list[Any]], place: int | None) -> list[Record]:
    """Rows, each list at a place as so many records."""
    if place is None:
        return list(rows)
    return [[*row[:place], each, *row[place + 1 :]] for row in rows for each in row[place] or [None]]


def same(found: str | None, wanted: Any) -> bool:
    """Whether a text says the value."""
    if wanted is None or found is None:
        return found is wanted
    if isinstance(wanted, bool):
        return found == str(wanted).lower()
    if isinstance(wanted, datetime):
        moment = datetime.fromisoformat(found)
        return moment == wanted and (moment.tzinfo is None) == (wanted.tzinfo is None)
    return _same_other(found, wanted)


def _same_other(found: str, wanted: Any) -> bool:
    if isinstance(wanted, list | dict):
        return bool(json.loads(found) == wanted)
    if isinstance(wanted, bytes):
        return found == wanted.decode("utf-8") if _is_text(wanted) else found.startswith("base64:")
    return _same_number(found, wanted) if isinstance(wanted, float | Decimal) else found == str(wanted)


def _same_number(found: str, wanted: float | Decimal) -> bool:
    return type(wanted)(found) == wanted


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _values(dice: Random, kind: Any, count: int) -> list[Any]:
    return [None if dice.random() < 0.15 else _value(dice, kind) for _ in range(count)]


def _value(dice: Random, kind: Any) -> Any:
    if pa.types.is_list(kind):
        return _values(dice, kind.value_type, dice.randint(0, 3))
    if pa.types.is_struct(kind):
        return {field.name: _values(dice, field.type, 1)[0] for field in kind}
    if pa.types.is_integer(kind):
        bits = kind.bit_width - pa.types.is_signed_integer(kind)
        return dice.choice([0, 1, 2**bits - 1])
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind):
        return text(dice, '"\n,')
    moment = _ZERO + timedelta(seconds=dice.randint(-(10**9), 10**10), milliseconds=dice.choice([0, 0, 250]))
    simple: dict[Any, Any] = {
        pa.float64(): dice.choice([0.0, 0.1, 1e300, 1e15, 123456789.125, 1e-9, 12.0]),
        pa.bool_(): dice.random() < 0.5,
        pa.binary(): dice.choice([b"", b"abc", b"\xff\x00"]),
        pa.date32(): date(1970, 1, 1) + timedelta(dice.randint(-30_000, 300_000)),
        pa.timestamp("us"): moment,
        pa.timestamp("ms", "UTC"): moment.replace(tzinfo=UTC),
        pa.decimal128(20, 4): Decimal(dice.randint(-(10**12), 10**12)).scaleb(-4),
        pa.null(): None,
    }
    return simple[kind]
