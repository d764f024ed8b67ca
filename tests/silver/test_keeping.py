"""A load that would remove too much is stopped, and what it must remember goes with the commit and nowhere else."""

from __future__ import annotations

import pytest

from marketpulse.bronze.takeback import find, take_back
from marketpulse.upkeep.maintain import Policy, maintain
from marketpulse.upkeep.move import move
from tests.shop import MiniShop, result
from tests.silver.replacing import stands
from tests.silver.test_removal import HISTORY
from tests.tables import sale_ids
from tests.upkeep.warehouses import copied, paths

DAY1, DAY2, DAY3 = "2026-01-01", "2026-01-02", "2026-01-03"
MANY = [f"k{number:02d},{DAY1},1,1" for number in range(40)]


def listed(shop: MiniShop, *custom: str) -> MiniShop:
    """The shop, whose sales are a list."""
    shop.edit("sources/sales.yaml", "format: csv\n", "format: csv\ndeliveries: list\n")
    for each in custom:
        shop.edit("silver/sales/contract.yaml", "customProperties:\n", f"customProperties:\n  - {each}\n")
    return shop


def test_a_list_that_was_cut_short_is_stopped_and_the_whole_one_after_it_is_not(shop: MiniShop) -> None:
    listed(shop).land_sales(DAY1, *MANY)
    shop.run()
    shop.land_sales(DAY2, *MANY[:10])
    report = result(shop.run(), "silver.sales")
    assert report.status == "blocked"
    assert "30 of 40 rows would be gone (75.0%, the limit is 20.0%)" in str(report.message)
    assert len(sale_ids(shop)) == 40
    shop.land_sales(DAY3, *MANY[1:])
    assert shop.run().ok
    assert len(sale_ids(shop)) == 39


@pytest.mark.engines(always=False)
def test_a_history_has_no_gap_of_a_list_that_was_stopped(shop: MiniShop) -> None:
    listed(shop).write("silver/sales/contract.yaml", HISTORY)
    shop.write("silver/sales/from_sales.sql", "select id, day, qty from bronze.sales")
    shop.land_sales(DAY1, *MANY)
    assert shop.run("silver.sales").ok
    shop.land_sales(DAY2, *(line.replace(DAY1, DAY2) for line in MANY[:10]))
    assert shop.run("silver.sales").exit_code == 1
    shop.land_sales(DAY3, *(line.replace(DAY1, DAY3) for line in MANY))
    report = shop.run("silver.sales")
    assert (report.exit_code, len(shop.rows("silver.sales"))) == (1, 40)
    assert "30 of 40 current versions would be gone" in str(result(report, "silver.sales").message)
    assert "take it back (marketpulse forget <file>)" in str(result(report, "silver.sales").hint)
    name = f"sales/ingest_date={DAY2}/sales.csv"
    with shop.open() as context:
        take_back(context, find(context, name), name, "cut short")
    assert shop.run("silver.sales").ok
    versions = [(str(row[2]), str(row[3])) for row in shop.rows("silver.sales")]
    assert set(versions) == {(DAY1, DAY3), (DAY3, "None")}, "no day is left out"


def test_a_list_that_is_stopped_stays_so_when_another_is_taken_back(shop: MiniShop) -> None:
    listed(shop).land_sales(DAY1, *MANY)
    shop.run()
    shop.land_sales(DAY2, *MANY)
    shop.run()
    shop.land_sales(DAY3, *MANY[:10])
    assert shop.run().exit_code == 1
    for name, code in ((f"sales/ingest_date={DAY1}/sales.csv", 1), (f"sales/ingest_date={DAY3}/sales.csv", 0)):
        with shop.open() as context:
            take_back(context, find(context, name), name, "wrong")
        report = shop.run()
        assert (report.exit_code, len(sale_ids(shop))) == (code, 40), name
    assert stands(shop)


def test_what_comes_with_a_list_that_was_taken_back_is_no_delivery_that_removes(shop: MiniShop) -> None:
    listed(shop).land_sales(DAY1, *MANY[:30])
    shop.run()
    shop.land_sales(DAY2, *MANY)
    shop.run()
    with shop.open() as context:
        name = f"sales/ingest_date={DAY2}/sales.csv"
        take_back(context, find(context, name), name, "wrong")
    assert shop.run().ok
    assert len(sale_ids(shop)) == 30


def test_a_contract_that_says_so_lets_a_list_be_cut_short(shop: MiniShop) -> None:
    listed(shop, "{property: removedShareLimit, value: 1}").land_sales(DAY1, *MANY)
    shop.run()
    shop.land_sales(DAY2, *MANY[:10])
    assert shop.run().ok
    assert stands(shop)


@pytest.mark.parametrize("text", ["id,day,qty,amount\n", "", "id,day,qty,amount\n1,2\n"])
def test_an_empty_list_is_no_list(shop: MiniShop, text: str) -> None:
    listed(shop).land_sales(DAY1, *MANY[:2])
    shop.run()
    shop.land(f"sales/ingest_date={DAY2}/list.csv", text)
    report = shop.run()
    assert report.exit_code == 1
    assert "holds no row" in str(report.feeds[1].blocked) + str(report.feeds[0].blocked)
    assert len(sale_ids(shop)) == 2


def test_what_is_remembered_outlives_maintenance_and_a_move(shop: MiniShop) -> None:
    listed(shop).land_sales(DAY2, *MANY[:3])
    shop.run()
    shop.land_sales(DAY2, *MANY[:2], name="the list again.csv")
    shop.run()
    with shop.open() as context:
        maintain(context, Policy(snapshot_hours=0, keep=1, orphan_hours=0))
        kept = context.lake.find("silver.sales").state["marketpulse.kept.claims"]
    there = [str(path) for path in shop.settings.local.rglob("*/claims/*.parquet")]
    assert there == [kept]
    copy = copied(shop, "moved")
    move(copy.settings.warehouse)
    assert kept not in set(paths(copy))
    copy.land_sales(DAY1, *MANY[:4])
    assert copy.run().ok
    assert sale_ids(copy) == ["k00", "k01"]


def test_a_feed_that_no_longer_replaces_brings_back_what_was_gone(shop: MiniShop) -> None:
    listed(shop).land_sales(DAY1, *MANY[:2])
    shop.land_sales(DAY2, *MANY[:1])
    shop.run()
    assert sale_ids(shop) == ["k00"]
    shop.edit("sources/sales.yaml", "deliveries: list\n", "")
    report = result(shop.run(), "silver.sales")
    assert report.reason == "deliveries of bronze.sales changed"
    assert sale_ids(shop) == ["k00", "k01"]
    shop.edit("sources/sales.yaml", "format: csv\n", "format: csv\ndeliveries: list\n")
    shop.run()
    assert sale_ids(shop) == ["k00"]


def test_a_day_of_which_most_is_missing_is_stopped_however_many_days_there_are(shop: MiniShop) -> None:
    shop.edit("sources/sales.yaml", "format: csv\n", "format: csv\ndeliveries: {replace: day}\n")
    shop.land_sales(DAY1, *MANY, *(f"z{number:03d},{DAY3},1,1" for number in range(400)))
    shop.run()
    shop.land_sales(DAY2, *MANY[:20])
    report = result(shop.run(), "silver.sales")
    assert "20 of 40 rows of day 2026-01-01 would be gone (50.0%, the limit is 20.0%)" in str(report.message)
    assert "removedShareLimit" in str(report.hint)
    assert shop.run("silver.sales+", full_refresh=True).ok
    assert len(sale_ids(shop)) == 420


def test_a_handful_may_always_go_and_be_all_there_was(shop: MiniShop) -> None:
    listed(shop).land_sales(DAY1, *MANY[:5])
    shop.run()
    shop.land_sales(DAY2, *MANY[10:12])
    assert shop.run().ok
    assert sale_ids(shop) == ["k10", "k11"]
