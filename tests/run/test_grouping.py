"""Lines of an order in a file, of which only the first says when and for whom: whatever came first, and in pieces."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketpulse.errors import DefinitionError, UsageError
from marketpulse.names import MAINTENANCE_KEY
from marketpulse.silver import fixing
from marketpulse.silver.quarantine import Filter
from tests.flow.history import content
from tests.privacy.people import erase
from tests.shop import MiniShop, contract, result
from tests.silver.rejected import retry, statuses
from tests.tables import same

SOURCE = """name: sales
description: Orders.
owner: web
format: csv
required: [id, day, qty]
groups: {by: [id], fill_down: [day, buyer], first: [qty], last: [qty]}
"""
COLUMNS = [
    ("id", "string", "key"), ("line", "int", "key"), ("day", "date", "bucket"), ("buyer", "string", ""),
    ("qty", "int", "required"), ("opened", "int", ""), ("closed", "string", ""),
]  # fmt: skip
MERGE = (
    "{property: merge, value: {policy: latest}}\n  - {property: rejectedShareLimit, value: 1}\n"
    "  - {property: removedShareLimit, value: 1}"
)
MAPPING = (
    "select id, _group_row as line, day, buyer, qty, _first_qty as opened, _last_qty as closed from bronze.sales\n"
)
HEADER = "id,day,buyer,qty\n"
FIRST = HEADER + "3,,,9\n1,2026-01-01,ann,2\n1,,,3\n2,2026-01-02,bob,5\n1,too,many,values,here\n2,,,1\n1,,,x\n"


def orders(shop: MiniShop) -> MiniShop:
    """The mini shop, whose sales are orders."""
    shop.write("sources/sales.yaml", SOURCE)
    shop.write("silver/sales/from_sales.sql", MAPPING)
    text = contract("silver.sales", COLUMNS, MERGE)
    who = "classification: pii, customProperties: [{property: identifies, value: buyer}], "
    shop.write("silver/sales/contract.yaml", text.replace("{name: buyer, ", "{name: buyer, " + who))
    model = "select day, count(*) as line_count, sum(qty) as qty, cast(null as decimal(18, 4)) as amount"
    shop.write("gold/agg_daily/model.sql", f"{model} from silver.sales group by day\n")
    return shop


def lines(shop: MiniShop) -> list[tuple[Any, ...]]:
    """Order, line, day of the month, buyer, pieces, first and last pieces."""
    return sorted((order, line, day.day, *rest) for order, line, day, *rest in shop.rows("silver.sales"))


@pytest.mark.engines(always=False)
def test_a_line_has_what_stands_on_the_first_of_its_order(shop: MiniShop) -> None:
    orders(shop).land("sales/a.csv", FIRST)
    counts = result(shop.run(), "silver.sales").feeds[0]
    assert lines(shop) == [
        ("1", 1, 1, "ann", 2, 2, "x"),
        ("1", 2, 1, "ann", 3, 2, "x"),
        ("2", 1, 2, "bob", 5, 5, "1"),
        ("2", 2, 2, "bob", 1, 5, "1"),
    ]
    assert (counts.read, counts.accepted, counts.quarantined) == (7, 4, 3)
    assert {status for _, status, _ in statuses(shop)} == {"open"}


def test_what_is_rejected_shows_the_record_as_it_landed_and_is_replayed_with_what_stands_above_it(
    shop: MiniShop,
) -> None:
    orders(shop).land("sales/a.csv", HEADER + "1,2026-01-01,ann,2\n1,,,3 pcs\n1,,,4\n")
    shop.run()
    (row,) = shop.rows("silver.quarantine")
    assert '"day":null' in str(row).replace(" ", "")
    shop.edit("silver/sales/from_sales.sql", "buyer, qty", "buyer, replace(qty, ' pcs', '') as qty")
    assert retry(shop)[0].passed == 1
    assert [row[:5] for row in lines(shop)] == [("1", n, 1, "ann", n + 1) for n in (1, 2, 3)]


def test_an_order_that_another_engine_has_cut_in_two_files_of_bronze_is_whole(shop: MiniShop) -> None:
    orders(shop).land("sales/a.csv", FIRST)
    shop.run()
    found = lines(shop)
    with shop.open() as context, context.engine.scope():
        table = context.lake.find("bronze.sales")
        rows = context.engine.bind("rows", table.types, [file.path for file in table.files()])
        parts = [
            context.engine.write(
                f"select * from {rows} where _source_row % 2 = {part}", context.folder(table.name, part)
            )
            for part in (0, 1)
        ]
        added = [file for paths in parts for file in context.lake.describe(table, paths)]
        context.lake.commit(table, added, table.files(), {}, {MAINTENANCE_KEY: "compact"})
    assert shop.run(full_refresh=True, chunk_rows=1).ok
    assert lines(shop) == found


def test_a_source_that_groups_otherwise_builds_its_tables_anew(shop: MiniShop) -> None:
    orders(shop).land("sales/a.csv", HEADER + "1,2026-01-01,ann,2\n1,2026-01-01,,3\n")
    shop.run()
    assert [row[3] for row in lines(shop)] == ["ann", "ann"]
    shop.edit("sources/sales.yaml", "fill_down: [day, buyer]", "fill_down: [day]")
    assert result(shop.run(), "silver.sales").reason == "the SQL for bronze.sales changed"
    assert [row[3] for row in lines(shop)] == ["ann", None]


def test_an_erased_person_takes_the_lines_of_their_orders_along(shop: MiniShop) -> None:
    orders(shop).land("sales/a.csv", HEADER + "1,2026-01-01,ann,2\n1,,,3\n2,2026-01-01,bob,5\n2,,,1\n")
    shop.run()
    erase(shop, "buyer", "ann")
    shop.run()
    assert [row[0] for row in lines(shop)] == ["2", "2"]
    shop.land("sales/b.csv", HEADER + "3,2026-01-01,ann,2\n3,,,3\n4,2026-01-01,bob,5\n4,,,1\n")
    shop.run()
    assert [row[0] for row in lines(shop)] == ["2", "2", "4", "4"]
    found = lines(shop)
    shop.run(full_refresh=True)
    assert lines(shop) == found


def test_what_is_left_of_an_order_whose_first_line_is_erased_is_not_of_the_order_above(shop: MiniShop) -> None:
    # Only the first line names the buyer, so the second stays: of which order, nobody knows any more.
    orders(shop).edit("sources/sales.yaml", "fill_down: [day, buyer]", "fill_down: [id, day]")
    text = HEADER + "1,2026-01-01,ann,2\n,,,3\n2,2026-01-01,bob,5\n,,,1\n3,2026-01-01,eve,7\n,,,8\n"
    shop.land("sales/a.csv", text)
    shop.run()
    assert [(row[0], row[1], row[4]) for row in lines(shop)] == [
        (i, n, q) for i, n, q in zip("112233", [1, 2] * 3, (2, 3, 5, 1, 7, 8), strict=True)
    ]
    erase(shop, "buyer", "bob")
    shop.run()
    left = [("1", 1, 2), ("1", 2, 3), ("3", 1, 7), ("3", 2, 8)]
    assert [(row[0], row[1], row[4]) for row in lines(shop)] == left
    shop.land("sales/b.csv", text.replace("\n1,", "\n4,").replace("\n3,", "\n6,"))  # kept out where it lands
    shop.run()
    found = lines(shop)
    assert [(row[0], row[1], row[4]) for row in found] == [*left, ("4", 1, 2), ("4", 2, 3), ("6", 1, 7), ("6", 2, 8)]
    assert len([row for row in statuses(shop) if row[1] == "open"]) == 2
    shop.run(full_refresh=True)
    assert lines(shop) == found


def test_nobody_is_erased_by_a_source_that_would_fill_what_is_emptied(shop: MiniShop) -> None:
    orders(shop).land("sales/a.csv", HEADER + "1,2026-01-01,ann,2\n1,,,3\n")
    shop.run()
    found = lines(shop)
    shop.edit("sources/sales.yaml", "required:", "erase: [buyer]\nrequired:")
    with pytest.raises(DefinitionError, match=r"sales\.yaml:7: buyer is of groups"):
        erase(shop, "buyer", "ann")
    assert lines(shop) == found


def test_lines_of_a_group_are_not_corrected_one_by_one(shop: MiniShop) -> None:
    orders(shop).land("sales/a.csv", FIRST)
    shop.run()
    with shop.open() as context, pytest.raises(UsageError, match="lines of sales belong together"):
        fixing.export(context, Filter(source="sales"), 100)


def test_first_and_last_values_are_read_as_their_column_is_written(shop: MiniShop) -> None:
    orders(shop).land("sales/a.csv", HEADER + '1,2026-01-01,ann,"2,0"\n1,,,"3,0"\n')
    shop.edit("sources/sales.yaml", "groups:", "csv: {formats: {qty: {decimal: ','}}}\ngroups:")
    shop.run()
    assert [row[4:6] for row in lines(shop)] == [(2, 2), (3, 2)]


def test_a_column_that_no_file_has_is_told(shop: MiniShop) -> None:
    orders(shop).land("sales/a.csv", FIRST)
    shop.edit("sources/sales.yaml", "[day, buyer]", "[day, buyer, currency]")
    assert "groups names currency, which no file of sales has" in (result(shop.run(), "silver.sales").message or "")
    shop.edit("sources/sales.yaml", "required:", "optional: [currency]\nrequired:")
    assert shop.run().ok


_line = st.tuples(st.sampled_from("123"), st.sampled_from(["", "", "2026-01-01", "2026-01-02", "2026-02-30"]),
                  st.sampled_from(["", "ann", "bob"]), st.sampled_from(["1", "2", "", "x"]))  # fmt: skip
_files = st.lists(st.tuples(st.lists(_line | st.just(("a", "b")), min_size=1, max_size=6), st.integers(0, 2)),
                  min_size=2, max_size=5)  # fmt: skip


@pytest.mark.long
@settings(max_examples=3, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None)
@given(files=_files, order=st.permutations(range(5)))
def test_however_files_come_the_tables_are_those_of_one_run_and_of_a_rebuild(
    files: list[tuple[list[tuple[str, ...]], int]], order: list[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop, other = (orders(MiniShop(Path(folder) / name)) for name in ("piecemeal", "at_once"))
        for run in range(3):
            for place, (rows, lands) in zip(order, files, strict=False):
                if lands == run:
                    # No two files are one by chance.
                    own = (f"f{place}", "2026-01-01", "", "1")
                    text = HEADER + "".join(",".join(row) + "\n" for row in [*rows, own])
                    shop.land(f"sales/f{place}.csv", text)
                    other.land(f"sales/f{place}.csv", text)
            assert shop.run(chunk_rows=2).ok
        assert other.run().ok
        found = content(shop)
        same(content(other), found)
        assert shop.run(full_refresh=True).ok
        same(content(shop), found)
        for feed in result(other.run(full_refresh=True), "silver.sales").feeds:
            assert feed.read == feed.accepted + feed.deduplicated + feed.quarantined + feed.filtered
