"""One landed file to bronze: what is read while it changes, vanishes or may not be read."""

from __future__ import annotations

import json
import os
import threading
import zipfile
from collections.abc import Sequence

import pytest
from pyiceberg.table import Table

from marketpulse import flow
from marketpulse.lake import lake
from marketpulse.lake.datafile import Measured, Spread
from tests.landed import GOOD, HEADER
from tests.shop import MiniShop, contract, result
from tests.tables import sale_ids

FEED = "name: orders\ndescription: Orders.\nowner: web\nformat: json\njson: {records: 'data[*].lines[*]'}\n"
COLUMNS = [
    ("order_id", "string", "key"),
    ("line", "int", "key"),
    ("day", "date", "bucket"),
    ("sku", "string", "required"),
]
MAPPING = """select get_json_object(envelope, '$.data.id') as order_id, _item as line,
    get_json_object(envelope, '$.day') as day,
    get_json_object(raw, '$.sku') as sku from bronze.orders"""


def test_a_file_that_grows_while_it_is_read_is_loaded_once_it_is_whole(shop: MiniShop) -> None:
    path = shop.land("sales/growing.csv", HEADER + b"".join(b"%d,2026-01-01,1,1\n" % n for n in range(50_000)))
    stop = threading.Event()

    def grow() -> None:
        with path.open("ab", buffering=0) as stream:
            while not stop.is_set():
                stream.write(b"late%d,2026-01-01,1,1\n" % stream.tell())
                stop.wait(0.001)

    thread = threading.Thread(target=grow)
    thread.start()
    shop.run()
    stop.set()
    thread.join()
    assert sale_ids(shop) == []
    shop.run()
    assert len(sale_ids(shop)) == len(path.read_bytes().splitlines()) - 1


@pytest.mark.parametrize("moment", ["before it is opened", "while it is read"])
def test_a_file_that_vanishes_is_passed_by(shop: MiniShop, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    shop.land("sales/good.csv", GOOD)
    doomed = shop.land("sales/doomed.csv", HEADER + b"2,2026-01-01,1,1\n")
    opened = os.open
    seen: list[str] = []

    def vanishing(path: str, *args: int, **more: int) -> int:
        if str(path) != str(doomed):
            return opened(path, *args, **more)
        seen.append(path)
        if moment == "before it is opened":
            doomed.unlink(missing_ok=True)
        handle = opened(path, *args, **more)
        doomed.unlink()
        return handle

    monkeypatch.setattr(os, "open", vanishing)
    assert shop.run().ok
    assert seen
    assert sale_ids(shop) == ["1"]


def test_a_file_that_may_not_be_read_is_blocked_and_the_rest_goes_through(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.land("sales/good.csv", GOOD)
    locked = shop.land("sales/locked.csv", HEADER + b"2,2026-01-01,1,1\n")
    opened = os.open

    def refusing(path: str, *args: int, **more: int) -> int:
        if str(path) == str(locked):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *args, **more)

    monkeypatch.setattr(os, "open", refusing)
    report = shop.run()
    assert report.feeds[1].blocked[0]["message"] == "cannot be read: Permission denied"
    assert sale_ids(shop) == ["1"]


def order(key: str, *skus: str | None) -> dict[str, object]:
    return {"id": key, "lines": [{"sku": sku} for sku in skus]}


@pytest.mark.engines
def test_lines_of_orders_in_pages_are_rows_of_their_own(shop: MiniShop) -> None:
    shop.write("sources/orders.yaml", FEED)
    shop.write(
        "silver/lines/contract.yaml", contract("silver.lines", COLUMNS, "{property: merge, value: {policy: latest}}")
    )
    shop.write("silver/lines/from_orders.sql", MAPPING)
    shop.edit(
        "silver/lines/contract.yaml",
        "customProperties:\n",
        "customProperties:\n  - {property: rejectedShareLimit, value: 1}\n",
    )
    page = {"day": "2026-01-01", "data": [order("A", "x", "x", None), order("B"), order("C", "y")]}
    shop.land("orders/a.json", json.dumps(page, indent=1))
    shop.land("orders/b.json", json.dumps(page | {"data": [order("D", "z")]}))
    counts = result(shop.run(), "silver.lines").feeds[0]
    assert counts.conserved
    assert (counts.read, counts.quarantined) == (6, 2)
    assert sorted((row[0], row[1], row[3]) for row in shop.rows("silver.lines")) == [
        ("A", 1, "x"),
        ("A", 2, "x"),
        ("C", 1, "y"),
        ("D", 1, "z"),
    ]
    before = shop.rows("silver.lines")
    shop.run()
    assert shop.rows("silver.lines") == before
    with shop.open() as context:
        table = context.lake.find("bronze.orders")
        assert table
        rows = context.engine.bind("rows", table.types, [file.path for file in table.files()])
        found = context.engine.rows(
            "select _source_file, _source_row, _item, count(*) over (partition by _ingest_id)"
            f" from {rows} order by 1, 2"
        )
    assert [tuple(row) for row in found] == [
        ("orders/a.json", 1, 1, 1),
        ("orders/a.json", 2, 2, 1),
        ("orders/a.json", 3, 3, 1),
        ("orders/a.json", 4, None, 1),
        ("orders/a.json", 5, 1, 1),
        ("orders/b.json", 1, 1, 1),
    ]


def test_what_only_stands_beside_the_data_of_an_archive_is_told_and_stops_nothing(shop: MiniShop) -> None:
    def land(name: str, *others: str) -> None:
        path = shop.land(f"sales/{name}.zip", b"")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.csv", HEADER + f"{name},2026-01-01,1,1\n".encode())
            for other in others:
                archive.writestr(other, f"Dear customer of {name}, these are your sales.\n")

    land("one", "readme.txt", "doc/terms.PDF")
    land("two", "b.csv", "c.dat")
    report = shop.run()
    feed = next(feed for feed in report.feeds if feed.source == "sales")
    assert sorted(sale_ids(shop)) == ["one", "two"]
    assert sorted(each["file"].rpartition("!/")[2] for each in feed.doubts) == ["doc/terms.PDF", "readme.txt"]
    assert sorted(each["file"].rpartition("!/")[2] for each in feed.blocked) == ["b.csv", "c.dat"]
    again = next(feed for feed in shop.run().feeds if feed.source == "sales")
    assert (again.doubts, len(again.blocked)) == ([], 2)


def test_a_commit_looks_into_no_landed_file_again(shop: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-02,1,1")
    read: list[str] = []
    measured = lake.measured

    def remembered(table: Table, paths: Sequence[str], spread: Spread | None = None) -> list[Measured]:
        read.extend(paths)
        return measured(table, paths, spread)

    monkeypatch.setattr(lake, "measured", remembered)
    with shop.open() as context:
        assert flow.run(context, flow.Options()).ok
        assert [file.rows for file in context.lake.find("bronze.sales").files()] == [2]
    assert read
    assert [path for path in read if "/bronze/sales/" in path] == []
