"""What a Parquet file asks of its reader is known before it is unpacked, and bounded."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketpulse.errors import GateError
from marketpulse.landing.formats.parquet.pages import examine
from marketpulse.landing.limits import MB, Limits
from marketpulse.landing.records import BATCH_ROWS

LIMITS = Limits(record=MB // 4, unpacked=100 * MB)  # 16 MB of pages may be open together


def rows_at_once(columns: dict[str, Any], limits: Limits = LIMITS, **options: Any) -> int:
    raw = io.BytesIO()
    pq.write_table(pa.table(columns), raw, compression="zstd", **options)
    raw.seek(0)
    return examine(pq.read_metadata(raw), raw, limits)


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("dictionary", [True, False])
def test_small_rows_are_read_many_at_once(version: str, dictionary: bool) -> None:
    columns = {"a": list(range(200_000)), "b": ["text"] * 200_000, "c": [[1, 2]] * 200_000}
    assert rows_at_once(columns, data_page_version=version, use_dictionary=dictionary) == BATCH_ROWS


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("nested", [True, False])
def test_large_rows_are_read_few_at_once(version: str, nested: bool) -> None:
    large = "x" * 100_000
    column = [[large]] * 300 if nested else [large] * 300
    at_once = rows_at_once({"a": column}, Limits(), data_page_version=version, use_dictionary=False)
    assert 300 < at_once < 1_000


def test_a_page_that_unpacks_to_too_much_keeps_its_file_out() -> None:
    columns = {"a": ["x" * 1_000_000] * 20}
    with pytest.raises(GateError, match="its pages unpack to 20 MB at once, more than 64 times record_mb"):
        rows_at_once(columns, use_dictionary=False, data_page_size=1 << 30, write_batch_size=1 << 20)


def test_pages_of_several_columns_are_open_together() -> None:
    columns = {f"c{n}": ["x" * 1_000_000] * 5 for n in range(4)}
    with pytest.raises(GateError, match="its pages unpack to 20 MB"):
        rows_at_once(columns, use_dictionary=False, data_page_size=1 << 30, write_batch_size=1 << 20)


def test_lists_of_nothing_take_room_too() -> None:
    nothing = pa.array([[None] * 3_000_000], pa.list_(pa.string()))
    with pytest.raises(GateError, match="its pages unpack to 18 MB"):
        rows_at_once({"a": nothing})


def test_rows_of_nothing_take_room_too() -> None:
    with pytest.raises(GateError, match="it unpacks to more than the 100 MB of unpacked_mb"):
        rows_at_once({"a": pa.nulls(4_000_000, pa.string())})


def test_headers_that_cannot_be_read_are_left_to_the_reader() -> None:
    raw = io.BytesIO()
    pq.write_table(pa.table({"a": list(range(1_000))}), raw, use_dictionary=False)
    data = bytearray(raw.getvalue())
    footer = pq.read_metadata(raw)
    for noise in (b"\xff" * 60, b"\x15\xff" * 30, b"\x00" * 60, b"\x1c" * 60):
        data[4:64] = noise
        assert examine(footer, io.BytesIO(bytes(data)), LIMITS) == BATCH_ROWS
