"""Parquet that lands: values of any type are text in bronze, damaged files are left out."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketpulse.landing.files import LandedFile
from marketpulse.landing.formats.parquet.form import Parquet
from marketpulse.landing.limits import Limits
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import Wanted
from marketpulse.silver import quarantine
from marketpulse.silver.quarantine import Filter
from tests.landing.reading import read
from tests.shop import MiniShop
from tests.tables import sale_ids


def parquet(path: Path, **columns: list[object]) -> bytes:
    pq.write_table(pa.table(columns), path, compression="none", use_dictionary=False)
    return path.read_bytes()


@pytest.fixture
def parquet_shop(shop: MiniShop) -> MiniShop:
    shop.edit("sources/sales.yaml", "format: csv", "format: parquet")
    return shop


def test_damaged_parquet_files_are_blocked_and_the_rest_goes_through(parquet_shop: MiniShop, tmp_path: Path) -> None:
    shop = parquet_shop
    whole = parquet(tmp_path / "p", id=["1", None], day=["2026-01-01"] * 2, qty=[1, 2], amount=[1.5, float("nan")])
    shop.land("sales/good.parquet", whole)
    shop.land("sales/cut.parquet", whole[:-20])
    shop.land("sales/no.parquet", b"PAR1 this is no Parquet file PAR1")
    shop.land("sales/empty.parquet", b"")
    shop.land("sales/page.parquet", whole[:4] + b"\xff" * 60 + whole[64:])
    report = shop.run()
    names = {b["file"].removeprefix("sales/") for b in report.feeds[1].blocked}
    assert names == {"cut.parquet", "no.parquet", "empty.parquet", "page.parquet"}
    assert sale_ids(shop) == ["1"]


def test_parquet_values_of_any_type_are_text_in_bronze(parquet_shop: MiniShop, tmp_path: Path) -> None:
    shop = parquet_shop
    extra = {"tags": [["a", "b"]], "place": [{"x": 1}], "bytes": [b"\xff\x00"]}
    whole = parquet(tmp_path / "p", id=["1"], day=["2026-01-01"], qty=[1], amount=[1.5], **extra)
    shop.land("sales/nested.parquet", whole)
    report = shop.run()
    assert report.feeds[1].blocked == []
    assert sale_ids(shop) == ["1"]


def test_a_value_that_is_no_text_is_one_records_problem(parquet_shop: MiniShop, tmp_path: Path) -> None:
    shop = parquet_shop
    ids = pa.array([b"1", b"caf\xe9", b"3"], pa.binary()).cast(pa.string(), safe=False)
    columns = {"id": ids, "day": ["2026-01-01"] * 3, "qty": [1, 1, 1], "amount": [1.5] * 3}
    shop.land("sales/odd.parquet", parquet(tmp_path / "p", **columns))
    report = shop.run()
    assert (report.feeds[1].records, report.feeds[1].malformed, report.feeds[1].blocked) == (3, 1, [])
    assert sale_ids(shop) == ["1", "3"]
    with shop.open() as context:
        (row,) = quarantine.find(context, Filter(), 5)
    assert "id is not valid UTF-8" in row["errors"]
    assert row["source_row"] == 2
    assert row["raw_record"] == '{"id": "base64:Y2Fm6Q==", "day": "2026-01-01", "qty": "1", "amount": "1.5"}'


def test_a_moment_beyond_the_calendar_inside_a_list_is_one_records_problem(
    parquet_shop: MiniShop, tmp_path: Path
) -> None:
    shop = parquet_shop
    moments = pa.array([[0], [1 << 62]], pa.list_(pa.timestamp("us")))
    columns = {"id": ["1", "2"], "day": ["2026-01-01"] * 2, "qty": [1, 1], "amount": [1.5] * 2, "seen": moments}
    shop.land("sales/late.parquet", parquet(tmp_path / "p", **columns))
    report = shop.run()
    assert (report.feeds[1].records, report.feeds[1].malformed) == (2, 1)
    assert sale_ids(shop) == ["1"]


def test_bytes_that_many_records_share_are_text_like_any_others(parquet_shop: MiniShop, tmp_path: Path) -> None:
    shop = parquet_shop
    shared = pa.DictionaryArray.from_arrays([0, 1, 0], pa.array([b"1", b"caf\xe9"], pa.binary()))
    columns = {"id": ["1", "2", "3"], "day": ["2026-01-01"] * 3, "qty": [1, 1, 1], "amount": [1.5] * 3, "tag": shared}
    shop.land("sales/odd.parquet", parquet(tmp_path / "p", **columns))
    report = shop.run()
    assert (report.feeds[1].records, report.feeds[1].malformed, report.feeds[1].blocked) == (3, 0, [])
    assert [row[4] for row in shop.rows("bronze.sales")] == ["1", "base64:Y2Fm6Q==", "1"]


def test_a_shared_value_that_is_no_text_blocks_its_file_with_the_reason(parquet_shop: MiniShop, tmp_path: Path) -> None:
    shop = parquet_shop
    bad = pa.array([b"1", b"caf\xe9"], pa.binary()).cast(pa.string(), safe=False)
    columns = {"id": pa.DictionaryArray.from_arrays([0, 1, 0], bad, safe=False), "day": ["2026-01-01"] * 3}
    shop.land("sales/odd.parquet", parquet(tmp_path / "p", **columns, qty=[1, 1, 1], amount=[1.5] * 3))
    report = shop.run()
    assert [(b["file"], b["message"]) for b in report.feeds[1].blocked] == [
        ("sales/odd.parquet", "cannot be read: Invalid UTF8 payload")
    ]
    assert report.exit_code == 1


@pytest.mark.parametrize("nested", [False, True])
def test_a_text_that_is_written_once_and_named_many_times_takes_its_room_once(
    parquet_shop: MiniShop, tmp_path: Path, nested: bool
) -> None:
    shop = parquet_shop
    count = 10_000
    note = pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), ["x" * 100_000])
    if nested:
        note = pa.ListArray.from_arrays(range(count + 1), note)
    columns = {"id": [str(n) for n in range(count)], "day": ["2026-01-01"] * count, "qty": ["1"] * count}
    pq.write_table(pa.table({**columns, "amount": ["1"] * count, "note": note}), tmp_path / "bomb")
    assert (tmp_path / "bomb").stat().st_size < 200_000
    shop.land("sales/bomb.parquet", (tmp_path / "bomb").read_bytes())
    shop.land("sales/good.parquet", parquet(tmp_path / "p", id=["1"], day=["2026-01-01"], qty=[1], amount=[1.5]))
    report = shop.run(unpacked_mb=200)
    assert [told["message"] for told in report.feeds[1].blocked] == [
        "it unpacks to more than the 200 MB of unpacked_mb"
    ]
    assert sale_ids(shop) == ["1"]


def test_a_record_that_is_too_long_is_told_and_the_others_of_its_file_come_in(
    parquet_shop: MiniShop, tmp_path: Path
) -> None:
    shop = parquet_shop
    notes = ["short", "x" * (9 << 20), "short", None]
    columns = {"id": list("1234"), "day": ["2026-01-01"] * 4, "qty": ["1"] * 4, "amount": ["1"] * 4, "note": notes}
    pq.write_table(pa.table(columns), tmp_path / "p")
    shop.land("sales/a.parquet", (tmp_path / "p").read_bytes())
    shop.run(record_mb=8)
    assert sale_ids(shop) == ["1", "3", "4"]
    (rejected,) = shop.rows("silver.quarantine")
    assert "more than the 8 MB of record_mb" in str(rejected)


def test_lists_become_records_as_in_json(parquet_shop: MiniShop, tmp_path: Path) -> None:
    shop = parquet_shop
    shop.edit("sources/sales.yaml", "format: parquet", "format: parquet\nparquet: {records: 'lines[*].taxes[*]'}")
    lines = [
        [{"sku": "a", "taxes": [{"t": 1}, {"t": 2}]}, {"sku": "b", "taxes": []}],
        None,
        [{"sku": "c", "taxes": [{"t": 3}]}],
    ]
    whole = parquet(tmp_path / "p", id=["1", "2", "3"], day=["2026-01-01"] * 3, qty=[1] * 3, lines=lines)
    shop.land("sales/nested.parquet", whole)
    assert shop.run().feeds[1].blocked == []
    with shop.open() as context:
        table = context.lake.find("bronze.sales")
        assert table
        rows = context.engine.bind("rows", table.types, [file.path for file in table.files()])
        found = context.engine.rows(f"select _source_row, id, lines, _item from {rows} order by _source_row")
    assert found == [
        (1, "1", '{"sku": "a", "taxes": {"t": 1}}', 1),
        (2, "1", '{"sku": "a", "taxes": {"t": 2}}', 2),
        (3, "1", '{"sku": "b", "taxes": null}', None),
        (4, "2", None, None),
        (5, "3", '{"sku": "c", "taxes": {"t": 3}}', 1),
    ]


@pytest.mark.parametrize("long", range(4))
def test_a_row_that_is_too_long_shares_its_number_with_no_record_of_a_list(tmp_path: Path, long: int) -> None:
    lists = [["a", "b", "c"], [], ["d", "e"], ["f"]]
    notes = ["x" * (5_000 if row == long else 1) for row in range(4)]
    found = read(
        Parquet(records="items"), parquet(tmp_path / "p", items=lists, note=notes), limits=Limits(record=1_000)
    )
    assert len(found.bad) == 1
    assert len(found.rows) == sum(max(1, len(items)) for row, items in enumerate(lists) if row != long)


def test_what_stands_beside_a_list_is_not_repeated_beyond_all_bounds(parquet_shop: MiniShop, tmp_path: Path) -> None:
    shop = parquet_shop
    shop.edit("sources/sales.yaml", "format: parquet", "format: parquet\nparquet: {records: lines}")
    more: dict[str, list[object]] = {"day": ["2026-01-01"], "qty": [1], "amount": [1.5]}
    bomb = parquet(tmp_path / "p", id=["x" * 1_000_000], lines=[[1] * 40_000], **more)
    shop.land("sales/bomb.parquet", bomb)
    shop.land("sales/good.parquet", parquet(tmp_path / "g", id=["1"], lines=[[1]], **more))
    (blocked,) = shop.run().feeds[1].blocked
    assert blocked["message"].startswith("40000 records would carry 1000")
    assert sale_ids(shop) == ["1"]


def test_texts_inside_of_structs_and_lists_come_from_dictionaries_of_several_groups(tmp_path: Path) -> None:
    rows = [{"id": str(n), "place": {"town": f"t{n % 2}"}, "tags": ["a", f"b{n}"]} for n in range(7)]
    table = pa.Table.from_pylist(rows)
    pq.write_table(table, tmp_path / "p", row_group_size=3, use_dictionary=["id", "place.town", "tags.list.element"])
    found = read(Parquet(), (tmp_path / "p").read_bytes()).values
    assert [[i, json.loads(place or ""), json.loads(tags or "")] for i, place, tags in found] == [
        list(row.values()) for row in rows
    ]


class Watched(io.BytesIO):
    """Bytes that know the most that was asked of them at once."""

    most = 0

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        self.most = max(self.most, len(found))
        return found


def test_of_a_large_group_of_rows_a_little_is_in_memory_at_once() -> None:
    target = io.BytesIO()
    text = random.Random(1).randbytes(8 << 20).hex()
    table = pa.table({"id": [text[at : at + 200] for at in range(0, len(text), 200)]})
    pq.write_table(table, target, compression="none", use_dictionary=False)
    raw = Watched(target.getvalue())
    opened = OpenedFile(LandedFile("a", "a", len(target.getvalue()), 0), raw)  # type: ignore[arg-type]
    assert sum(batch.num_rows for batch in Parquet().open(opened, Wanted()).stream()) == table.num_rows
    assert raw.most <= 2 << 20


def test_a_page_whose_checksum_is_another_is_told() -> None:
    target = io.BytesIO()
    table = pa.table({"id": ["a", "b"]})
    pq.write_table(table, target, compression="none", use_dictionary=False, write_page_checksum=True, version="1.0")
    data = target.getvalue()
    assert read(Parquet(), data).values == [["a"], ["b"]]
    with pytest.raises(OSError, match="CRC"):
        read(Parquet(), data.replace(b"\x01\0\0\0a", b"\x01\0\0\0x"))
