"""Avro that lands: every type as text, one bad value or block costs as little as it can, bombs cost nothing."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import fastavro
import pyarrow as pa
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from marketpulse.errors import GateError
from marketpulse.landing.files import LandedFile
from marketpulse.landing.formats.avro import Avro
from marketpulse.landing.limits import MB, Limits
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import Wanted
from tests.landing.packs import PACKERS, zipped
from tests.shop import MiniShop
from tests.tables import sale_ids

SALES = [("id", "string"), ("day", "string"), ("qty", "int"), ("amount", "double")]
CODECS = pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "xz", "snappy", "zstandard"])


def record(*fields: tuple[str, Any]) -> dict[str, Any]:
    return {"type": "record", "name": "r", "fields": [{"name": name, "type": kind} for name, kind in fields]}


MARK = b"0123456789abcdef"


def avro(schema: Any, rows: list[dict[str, Any]], codec: str = "null", interval: int = 16_000) -> bytes:
    target = io.BytesIO()
    by_library = codec not in PACKS
    fastavro.writer(target, schema, rows, codec if by_library else "null", sync_interval=interval, sync_marker=MARK)
    return target.getvalue() if by_library else repacked(target.getvalue(), codec)


#: What the library packs only with libraries of its own.
PACKS: dict[str, Callable[[bytes], bytes]] = {
    "zstandard": zstandard.compress,
    "snappy": lambda data: pa.compress(data, "snappy", asbytes=True) + zlib.crc32(data).to_bytes(4, "big"),
}


def repacked(data: bytes, codec: str) -> bytes:
    """The file with its blocks packed otherwise."""
    head, _ = data.split(MARK, 1)
    found = [head.replace(b"\x08null", long(len(codec)) + codec.encode()), MARK]
    for block in fastavro.block_reader(io.BytesIO(data)):
        packed = PACKS[codec](block.bytes_.getvalue())
        found += [long(block.num_records), long(len(packed)), packed, MARK]
    return b"".join(found)


def long(value: int) -> bytes:
    found, value = b"", value << 1
    while value > 127:
        found, value = found + bytes([value & 127 | 128]), value >> 7
    return found + bytes([value])


def sale(number: int) -> dict[str, Any]:
    return {"id": f"s{number}", "day": "2026-01-01", "qty": 1, "amount": 1.5}


def read(data: bytes, limits: Limits | None = None) -> tuple[list[dict[str, Any]], list[tuple[int, str]]]:
    """Rows with their number, and (number, reason) of what could not be read."""
    opened = OpenedFile(LandedFile("a.avro", "a.avro", len(data), 0), io.BytesIO(data), limits or Limits())
    rows = Avro().open(opened, Wanted()).stream().read_all().to_pylist()
    bad = [(row["_source_row"], row["_error"]) for row in rows if row["_error"]]
    return [row for row in rows if not row["_error"]], bad


def one(kind: Any, value: Any) -> str | None:
    ((row,), bad) = read(avro(record(("v", kind)), [{"v": value}]))
    assert bad == []
    found: str | None = row["v"]
    return found


def logical(kind: str, name: str, **more: object) -> dict[str, object]:
    return {"type": kind, "logicalType": name, **more}


FIXED = {"type": "fixed", "name": "f", "size": 4}
LINE = {"type": "record", "name": "line", "fields": [{"name": "sku", "type": "string"}, {"name": "n", "type": "int"}]}


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("string", "Zürich", "Zürich"),
        ("string", "", ""),
        ("boolean", True, "true"),
        ("int", -3, "-3"),
        ("long", 2**62, str(2**62)),
        ("double", 0.1, "0.1"),
        ("double", float("nan"), "NaN"),
        ("double", float("-inf"), "-Infinity"),
        ("float", 0.1, "0.1"),
        ("bytes", b"abc", "abc"),
        ("bytes", b"\xff\x00", "base64:/wA="),
        (FIXED, b"\xff\xff\xff\xff", "base64://///w=="),
        ({"type": "enum", "name": "e", "symbols": ["A", "B"]}, "B", "B"),
        (["null", "string"], None, None),
        (["null", "int"], 3, "3"),
        (["int", "string", "null"], "3", "3"),
        (logical("bytes", "decimal", precision=38, scale=2), Decimal("-12.00"), "-12.00"),
        (logical("bytes", "decimal", precision=38, scale=9), Decimal("1e-9"), "0.000000001"),
        ({**FIXED, "logicalType": "decimal", "precision": 8, "scale": 3}, Decimal("-1.234"), "-1.234"),
        (logical("int", "date"), date(2026, 3, 1), "2026-03-01"),
        (logical("int", "time-millis"), time(1, 2, 3, 4000), "01:02:03.004"),
        (logical("long", "time-micros"), time(1, 2, 3), "01:02:03"),
        (logical("long", "timestamp-millis"), datetime(2026, 3, 2, 12, tzinfo=UTC), "2026-03-02T12:00:00Z"),
        (logical("long", "timestamp-micros"), datetime(1969, 1, 1, 0, 0, 0, 1, UTC), "1969-01-01T00:00:00.000001Z"),
        (logical("long", "local-timestamp-millis"), datetime(2026, 3, 2, 12), "2026-03-02T12:00:00"),
        (logical("string", "uuid"), UUID(int=1), str(UUID(int=1))),
        (LINE, {"sku": "a", "n": 1}, '{"sku": "a", "n": 1}'),
        ({"type": "array", "items": LINE}, [{"sku": "ä", "n": 1}], '[{"sku": "ä", "n": 1}]'),
        ({"type": "map", "values": ["null", "double"]}, {"a": 1.5, "b": None}, '{"a": 1.5, "b": null}'),
    ],
)
def test_values_of_any_type_are_text_without_loss(kind: Any, value: Any, text: str | None) -> None:
    assert one(kind, value) == text


def test_two_branches_of_one_kind_are_not_mistaken() -> None:
    kind = ["null", logical("long", "timestamp-millis"), "int", "string"]
    assert one(kind, ("int", 0)) == "0"
    assert one(kind, datetime(1970, 1, 1, tzinfo=UTC)) == "1970-01-01T00:00:00Z"


_VALUES = st.fixed_dictionaries(
    {
        "a": st.none() | st.integers(-(2**63), 2**63 - 1),
        "b": st.text(max_size=9),
        "c": st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=3),
        "d": st.dictionaries(st.text(max_size=3), st.booleans(), max_size=3),
        "e": st.decimals(-(10**9), 10**9, places=4),
    }
)
_SCHEMA = record(
    ("a", ["null", "long"]),
    ("b", "string"),
    ("c", {"type": "array", "items": "double"}),
    ("d", {"type": "map", "values": "boolean"}),
    ("e", logical("bytes", "decimal", precision=20, scale=4)),
)


@CODECS
@settings(max_examples=8)
@given(rows=st.lists(_VALUES, max_size=12), interval=st.sampled_from([1, 60, 10_000]))
def test_records_are_what_the_reference_reads(codec: str, rows: list[dict[str, Any]], interval: int) -> None:
    data = avro(_SCHEMA, rows, codec, interval)
    found, bad = read(data)
    right = list(fastavro.reader(io.BytesIO(avro(_SCHEMA, rows))))
    assert bad == []
    assert [row["_source_row"] for row in found] == list(range(1, len(right) + 1))
    for row, expected in zip(found, right, strict=True):
        assert row["a"] == (None if expected["a"] is None else str(expected["a"]))  # type: ignore[index, call-overload]
        assert (row["b"], Decimal(row["e"])) == (expected["b"], expected["e"])  # type: ignore[index, call-overload]
        assert (json.loads(row["c"]), json.loads(row["d"])) == (expected["c"], expected["d"])  # type: ignore[index, call-overload]


@CODECS
def test_a_damaged_block_costs_its_own_records(codec: str) -> None:
    data = bytearray(avro(record(*SALES), [sale(n) for n in range(300)], codec, 1_000))
    marks = [at for at in range(len(data)) if data.startswith(b"0123456789abcdef", at)]
    data[marks[1] : marks[1] + 16] = b"x" * 16  # behind the first block
    found, bad = read(bytes(data))
    assert len(bad) == 1
    assert bad[0][0] == 1
    assert "a block of the file does not end where it should" in bad[0][1]
    assert "records or more are lost" in bad[0][1]
    assert [row["id"] for row in found] == [f"s{n}" for n in range(300 - len(found), 300)]
    assert len(found) > 200


def test_a_length_that_is_damaged_is_overcome() -> None:
    data = bytearray(avro(record(*SALES), [sale(n) for n in range(300)], "null", 1_000))
    at = data.index(b"0123456789abcdef") + 16
    data[at : at + 4] = b"\xff\xff\xff\xff"
    found, bad = read(bytes(data))
    assert len(bad) == 1
    assert found[-1]["id"] == "s299"


def test_what_is_wrong_with_a_block_has_a_number_of_its_own() -> None:
    one = avro(record(("a", "string")), [{"a": "1"}])
    mark = one.index(MARK) + len(MARK)
    more = long(1) + long(3) + b"\x022!" + MARK  # a record of two bytes, and one byte that is of none
    huge = long(0) + long(80 * MB) + bytes(8) + MARK
    for block, told in ((more, "its block has bytes that no record has"), (huge, "more than 32 MB")):
        found, bad = read(one + block + one[mark:])
        assert told in bad[0][1]
        numbers = [row["_source_row"] for row in found] + [number for number, _ in bad]
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_what_is_cut_off_is_told_and_what_came_before_stays() -> None:
    data = avro(record(*SALES), [sale(n) for n in range(300)], "deflate", 1_000)
    found, bad = read(data[:-30])
    assert "is cut off" in bad[-1][1]
    assert len(found) > 200


def test_a_value_that_is_none_costs_one_record() -> None:
    moment = logical("long", "timestamp-millis")
    values = [(b"1", 0), (b"\xff", 0), (b"3", 2**60), (b"4", 0)]
    plain = avro(record(("id", "bytes"), ("at", "long")), [{"id": found, "at": at} for found, at in values])
    schema = json.dumps(record(("id", "string"), ("at", moment))).encode()
    head = b"Obj\x01\x02\x16avro.schema" + long(len(schema)) + schema + b"\x00" + b"0123456789abcdef"
    found, bad = read(head + plain[plain.index(b"0123456789abcdef") + 16 :])
    assert [row["id"] for row in found] == ["1", "4"]
    assert [number for number, _ in bad] == [2, 3]


def test_a_record_that_cannot_be_decoded_costs_the_rest_of_its_block() -> None:
    data = avro(record(("a", "string")), [{"a": "1"}, {"a": "2"}, {"a": "3"}])
    found, bad = read(data.replace(b"\x022\x02", b"\x402\x02"))
    assert [row["a"] for row in found] == ["1"]
    assert [(number, "1 more of its block are lost" in reason) for number, reason in bad] == [(2, True)]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "not an Avro file"),
        (b"id,day\n", "not an Avro file"),
        (b"Obj\x01\x02", "the head of the Avro file is damaged"),
        (avro(record(), []), "its schema is a record of nothing"),
        (avro("string", []), "its schema cannot be read"),
        (avro(record(("a", {"type": "array", "items": "null"})), []), "a list of what takes no bytes"),
        (avro(record(("a", "int"), ("n", ["null", "r"])), []), "a r holds itself"),
    ],
)
def test_a_file_that_cannot_be_read_is_blocked(data: bytes, told: str) -> None:
    with pytest.raises(GateError, match=told):
        read(data)


def test_a_schema_that_grows_out_of_hand_is_refused() -> None:
    inner: Any = "int"
    for level in range(30):
        name = f"n{level}"
        again = f"n{level - 1}" if level else "int"
        inner = {"type": "record", "name": name, "fields": [{"name": "a", "type": inner}, {"name": "b", "type": again}]}
    with pytest.raises(GateError, match="more than 20,000 parts"):
        read(head_of(record(("a", inner))))


def head_of(schema: Any) -> bytes:
    said = json.dumps(schema).encode()
    return b"Obj\x01\x02\x16avro.schema" + long(len(said)) + said + b"\x00" + b"0123456789abcdef"


def test_a_bomb_is_not_unpacked() -> None:
    block = zlib.compress(bytes(80 * MB), wbits=-15)
    head = head_of(record(("a", "int")))
    head = head.replace(b"\x02\x16avro.schema", b"\x04\x14avro.codec\x0edeflate\x16avro.schema")
    found, bad = read(head + long(80 * MB) + long(len(block)) + block + b"0123456789abcdef")
    assert found == []
    assert "more than 32 MB" in bad[0][1]


def test_all_blocks_together_unpack_to_as_much_as_a_file_may() -> None:
    data = avro(record(*SALES), [sale(n) for n in range(60_000)], "deflate")
    with pytest.raises(GateError, match="more than the 1 MB of unpacked_mb"):
        read(data, Limits(unpacked=MB))


def test_a_record_that_is_too_long_is_told() -> None:
    rows = [{"a": "1"}, {"a": "x" * 1_500_000}, {"a": "3"}]
    found, bad = read(avro(record(("a", "string")), rows, interval=1 << 22), Limits(record=MB))
    assert [row["a"] for row in found] == ["1", "3"]
    assert "more than the 1 MB of record_mb" in bad[0][1]


@pytest.mark.engines(always=False)
def test_avro_comes_in_packed_or_not(shop: MiniShop) -> None:
    shop.edit("sources/sales.yaml", "format: csv", "format: avro")
    whole = avro(record(*SALES), [sale(1)], "deflate")
    shop.land("sales/a.avro", whole)
    shop.land("sales/b.avro.gz", PACKERS["gz"](avro(record(*SALES), [sale(2)])))
    shop.land("sales/c.zip", zipped({"x.avro": avro(record(*SALES), [sale(3)]), "y.avro": b"no"}))
    report = shop.run()
    assert sale_ids(shop) == ["s1", "s2", "s3"]
    assert [each["file"] for each in report.feeds[1].blocked] == ["sales/c.zip!/y.avro"]
