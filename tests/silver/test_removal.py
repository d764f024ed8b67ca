"""What a later delivery lacks is gone, what says that it is deleted too: for any order and split of their arrival."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.kills import Victim
from tests.long import often
from tests.shop import MiniShop, contract, result
from tests.silver.rejected import retry, statuses
from tests.silver.replacing import RUNS, TERMS, Delivery, check, held, histories, shop_at, shorter, stands, versions
from tests.tables import sale_ids

_SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
DAY1, DAY2, DAY3 = "2026-01-01", "2026-01-02", "2026-01-03"


@pytest.mark.parametrize("terms", often(TERMS, 5))
@settings(max_examples=2, derandomize=True, suppress_health_check=_SLOW, database=None)
@given(history=histories())
def test_any_history_of_deliveries_gives_the_table_of_its_definition(terms: str, history: list[Delivery]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        check(history, terms, Path(folder))


@pytest.mark.engines(always=False)
@pytest.mark.parametrize("terms", ["list", "{list: folder}", "{replace: feed, each: folder}", "{replace: day}"])
def test_a_file_that_is_delivered_again_takes_the_place_of_itself(terms: str, tmp_path: Path) -> None:
    check(shorter(), terms, tmp_path)


def said(shop: MiniShop, deliveries: str, more: str = "") -> MiniShop:
    """The shop, with such deliveries of sales."""
    shop.edit("sources/sales.yaml", "format: csv\n", f"format: csv\ndeliveries: {deliveries}\n")
    if more:
        shop.edit("silver/sales/contract.yaml", "customProperties:\n", f"customProperties:\n  - {more}\n")
    return shop


@pytest.mark.engines(always=False)
def test_what_leaves_a_list_is_gone_and_counted_and_comes_back_with_it(shop: MiniShop) -> None:
    said(shop, "list")
    shop.land_sales(DAY1, f"a,{DAY1},1,1", f"b,{DAY2},2,1")
    shop.run()
    shop.land_sales(DAY2, f"a,{DAY1},1,1")
    counts = result(shop.run(), "silver.sales").feeds[0]
    assert (counts.accepted, counts.replaced, counts.removed) == (1, 1, 1)
    assert [row[1] for row in shop.rows("gold.agg_daily")] == [1]
    shop.land_sales(DAY3, f"a,{DAY1},1,1", f"b,{DAY2},3,1")
    shop.run()
    assert held(shop) == {("a", DAY1, 1), ("b", DAY2, 3)}
    assert stands(shop)


@pytest.mark.engines(always=False)
def test_a_list_of_the_evening_takes_the_place_of_that_of_the_morning_whichever_comes_first(shop: MiniShop) -> None:
    said(shop, "list")
    shop.land_sales(DAY1, f"a,{DAY1},2,1", name="list_10.csv")
    shop.run()
    shop.land_sales(DAY1, f"a,{DAY1},1,1", f"b,{DAY1},1,1", name="list_9.csv")
    counts = result(shop.run(), "silver.sales").feeds[0]
    assert (counts.accepted, counts.deduplicated, counts.outranked, counts.removed) == (1, 1, 1, 1)
    assert held(shop) == {("a", DAY1, 2)}


def test_a_day_that_is_sent_again_in_two_files_is_both_of_them_and_nothing_else(shop: MiniShop) -> None:
    said(shop, "{replace: day}")
    shop.land_sales(DAY1, *(f"{key},{DAY1},1,1" for key in "abcdef"), f"y,{DAY2},1,1")
    shop.run()
    shop.land_sales(DAY3, *(f"{key},{DAY1},1,1" for key in "ab"), name="part-1.csv")
    shop.land_sales(DAY3, *(f"{key},{DAY1},1,1" for key in "cde"), name="part-2.csv")
    shop.run()
    assert sale_ids(shop) == ["a", "b", "c", "d", "e", "y"]


def test_what_replaces_may_come_before_what_it_replaces(shop: MiniShop) -> None:
    said(shop, "{replace: day}")
    shop.land_sales(DAY2, f"a,{DAY1},2,1")
    shop.run()
    shop.land_sales(DAY1, f"a,{DAY1},1,1", f"b,{DAY1},1,1", f"c,{DAY2},1,1")
    shop.run()
    assert held(shop) == {("a", DAY1, 2), ("c", DAY2, 1)}
    assert stands(shop)


def test_a_file_that_replaces_itself_takes_nothing_else_with_it(shop: MiniShop) -> None:
    said(shop, "{replace: file}")
    shop.land("sales/north.csv", f"id,day,qty,amount\na,{DAY1},1,1\nb,{DAY2},1,1\n")
    shop.land("sales/south.csv", f"id,day,qty,amount\nc,{DAY1},1,1\n")
    shop.run()
    shop.land("sales/north.csv", f"id,day,qty,amount\na,{DAY1},5,1\n")
    shop.run()
    assert held(shop) == {("a", DAY1, 5), ("c", DAY1, 1)}


@pytest.mark.engines(always=False)
def test_a_row_that_says_that_it_is_deleted_needs_its_key_only_and_stays_deleted(shop: MiniShop) -> None:
    said(shop, "changes", "{property: deleted, value: amount = -1}")
    shop.land_sales(DAY2, "a,,,-1", f"b,{DAY1},1,1")
    shop.run()
    shop.land_sales(DAY1, f"a,{DAY1},1,1", f"b,{DAY1},2,1")
    counts = result(shop.run(), "silver.sales").feeds[0]
    assert (counts.accepted, counts.deduplicated, counts.outranked) == (0, 2, 2)
    assert held(shop) == {("b", DAY1, 1)}
    shop.land_sales(DAY3, "b,,,-1", f"a,{DAY1},3,1")
    shop.run()
    assert held(shop) == {("a", DAY1, 3)}
    assert [row[2] for row in shop.rows("gold.agg_daily")] == [3]
    assert shop.rows("silver.quarantine") == []
    assert stands(shop)


def test_a_row_of_a_list_that_is_rejected_is_not_missing_on_it(shop: MiniShop) -> None:
    said(shop, "list", "{property: rejectedShareLimit, value: 1}")
    shop.land_sales(DAY1, f"a,{DAY1},1,1", f"b,{DAY1},1,1", f"c,{DAY1},1,1")
    shop.run()
    shop.land_sales(DAY2, f"a,{DAY1},2,1", f"b,{DAY1},x,1")
    shop.run()
    assert held(shop) == {("a", DAY1, 2), ("b", DAY1, 1)}
    shop.land_sales(DAY3, f"a,{DAY1},3,1")
    shop.run()
    assert held(shop) == {("a", DAY1, 3)}


def test_rejected_rows_of_what_was_replaced_do_not_come_back_when_they_are_tried_again(shop: MiniShop) -> None:
    said(shop, "{replace: day}")
    shop.land_sales(DAY1, f"a,{DAY1},1,1", f"b,{DAY1},2 pcs,1")
    shop.run()
    shop.land_sales(DAY2, f"a,{DAY1},1,1")
    shop.run()
    shop.edit("silver/sales/from_sales.sql", "id, day, qty,", "id, day, replace(qty, ' pcs', '') as qty,")
    assert [(done.tried, done.passed) for done in retry(shop)] == [(1, 1)]
    assert sale_ids(shop) == ["a"]
    assert statuses(shop)[0][1] == "replayed"


HISTORY = contract(
    "silver.sales",
    [
        ("id", "string", "key"),
        ("qty", "int", ""),
        ("day", "date", "key"),
        ("until", "date", ""),
        ("now", "boolean", ""),
    ],
    "{property: merge, value: {policy: latest}}\n"
    "  - {property: history, value: {entity: [id], validFrom: day, validTo: until, isCurrent: now}}",
)


@pytest.mark.engines(always=False)
def test_an_entity_that_leaves_the_list_has_ended_until_it_is_on_one_again(shop: MiniShop) -> None:
    said(shop, "list")
    shop.write("silver/sales/contract.yaml", HISTORY)
    shop.write("silver/sales/from_sales.sql", "select id, day, qty from bronze.sales")
    shop.land_sales(DAY2, f"a,{DAY1},1,1")
    shop.run("silver.sales")
    shop.land_sales(DAY1, f"a,{DAY1},1,1", f"b,{DAY1},1,1")
    shop.run("silver.sales")
    versions = [(row[0], row[3] and str(row[3]), row[4]) for row in shop.rows("silver.sales")]
    assert versions == [("a", None, True), ("b", DAY2, False)]
    shop.land_sales(DAY3, f"a,{DAY1},1,1", f"b,{DAY3},1,1")
    shop.run("silver.sales")
    versions = [(row[0], str(row[2]), row[3] and str(row[3]), row[4]) for row in shop.rows("silver.sales")]
    assert versions == [("a", DAY1, None, True), ("b", DAY1, DAY2, False), ("b", DAY3, None, True)]


def ends(history: list[Delivery], each: str, root: Path) -> None:
    """However lists come in: versions end as the definition says, after each run, and as a rebuild ends them."""
    shop = shop_at(root, f"{{list: {each}}}")
    limits = "  - {property: rejectedShareLimit, value: 1}\n  - {property: removedShareLimit, value: 1}\n"
    shop.write("silver/sales/contract.yaml", HISTORY + limits + "  - {property: deleted, value: qty = -9}\n")
    shop.write("silver/sales/from_sales.sql", "select id, day, qty from bronze.sales")
    for number in range(RUNS):
        for delivery in history:
            if delivery.run == number:
                delivery.land(shop)
        assert shop.run("silver.sales", chunk_rows=2).ok
        came = [delivery for delivery in history if delivery.run <= number]
        assert ended(shop) == versions(came, each), (each, came)
    found = shop.rows("silver.sales", lineage=True)
    assert shop.run("silver.sales", full_refresh=True).ok
    assert shop.rows("silver.sales", lineage=True) == found


def ended(shop: MiniShop) -> set[tuple[str, str, str | None]]:
    """Versions of the table, each with the day on which it ended."""
    rows = shop.rows("silver.sales")
    assert all((row[3] is None) == row[4] for row in rows)
    return {(row[0], str(row[2]), row[3] and str(row[3])) for row in rows}


@pytest.mark.long
@pytest.mark.parametrize("each", ["file", "folder"])
@settings(max_examples=2, derandomize=True, suppress_health_check=_SLOW, database=None)
@given(history=histories())
def test_any_history_of_lists_ends_the_versions_that_its_definition_ends(each: str, history: list[Delivery]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ends(history, each, Path(folder))


def absent(runs: tuple[int, int, int, int]) -> list[Delivery]:
    """Lists of four days, as they come in: b is on the first and the last, c on all, with a version announced early."""
    rows = [
        (("b", DAY1, "1"), ("c", DAY1, "1")),
        (("c", "2026-01-09", "2"),),
        (("c", "2026-01-09", "2"),),
        (("b", "2026-01-04", "1"), ("c", "2026-01-09", "2")),
    ]
    return [Delivery(f"2026-01-0{n + 1}", "list.csv", rows[n], run) for n, run in enumerate(runs)]


@pytest.mark.engines(always=False)
@pytest.mark.parametrize("runs", [(0, 0, 1, 2), (2, 1, 0, 0), (1, 2, 2, 0)])
def test_what_is_back_on_a_list_was_gone_before(runs: tuple[int, int, int, int], tmp_path: Path) -> None:
    assert versions(absent(runs), "file") == {
        ("b", DAY1, DAY2), ("b", "2026-01-04", None), ("c", DAY1, "2026-01-09"), ("c", "2026-01-09", None),
    }  # fmt: skip
    ends(absent(runs), "file", tmp_path)


def test_a_file_of_a_list_that_is_delivered_again_ends_what_it_lacks(tmp_path: Path) -> None:
    ends(shorter(), "folder", tmp_path)


def test_a_deleted_entity_has_ended_when_its_deletion_took_effect(shop: MiniShop) -> None:
    shop.write("silver/sales/contract.yaml", HISTORY + "  - {property: deleted, value: qty = -1}\n")
    shop.write("silver/sales/from_sales.sql", "select id, day, qty from bronze.sales")
    shop.land_sales(DAY2, f"a,{DAY2},-1,1")
    shop.run("silver.sales")
    shop.land_sales(DAY3, f"a,{DAY1},1,1", f"b,{DAY1},1,1")
    shop.run("silver.sales")
    versions = [(row[0], row[3] and str(row[3]), row[4]) for row in shop.rows("silver.sales")]
    assert versions == [("a", DAY2, False), ("b", None, True)]


def test_a_run_killed_at_a_commit_forgets_nothing_that_is_gone(shop: MiniShop) -> None:
    said(shop, "list")
    shop.land_sales(DAY2, f"a,{DAY1},1,1")
    victim = Victim(shop)
    victim.wave(lambda to: to.land_sales(DAY2, f"a,{DAY1},1,1"))
    shop.run()
    victim.wave(lambda to: to.land_sales(DAY1, f"a,{DAY1},1,1", f"b,{DAY1},1,1"))
    for number, moment in [(2, "before"), (3, "after")]:
        assert victim.killed_at(number, moment)
        victim.recovers()
