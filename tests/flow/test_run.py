"""The main job on a small shop: what arrives, what is rejected, what a second run does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.landed import first_day
from tests.shop import MiniShop, result

pytestmark = pytest.mark.engines

DAY1, DAY2, DAY3 = date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)


def test_good_rows_reach_gold_and_bad_ones_are_kept_with_their_reason(shop: MiniShop) -> None:
    first_day(shop)
    report = shop.run()
    assert report.ok
    assert shop.rows("silver.sales") == [("1", DAY1, 1, Decimal("1.5000")), ("4", DAY2, 2, Decimal("2.2500"))]
    assert shop.rows("gold.mart_total") == [(1, 3, 2)]
    reasons = {
        row[6].rsplit(":", 1)[1] + " " + row[8].split('"message": "')[-1].split('"')[0]
        for row in shop.rows("silver.quarantine")
        if row[2] == "sales"
    }
    assert reasons == {"2 nothing was sold", "3 qty is not a int"}


def test_rows_are_conserved(shop: MiniShop) -> None:
    first_day(shop)
    shop.land_sales("2026-01-02", "skip,,,", "1,2026-01-01,7,7", "9,2026-01-02,1,1", "9,2026-01-02,2,1")
    feed = result(shop.run(), "silver.sales").feeds[0]
    assert (feed.read, feed.accepted, feed.deduplicated, feed.quarantined, feed.filtered) == (8, 3, 2, 2, 1)
    assert feed.conserved


@pytest.mark.engines(always=False)
def test_a_warehouse_may_lie_in_folders_of_any_name(shop: MiniShop) -> None:
    shop.settings = replace(shop.settings, warehouse=shop.root / "it's a %20?house#[x]*{1} é" / "ware:house")
    first_day(shop)
    assert shop.run().ok
    before = shop.rows("gold.agg_daily")
    shop.land_sales("2026-02-01", "odd,2026-01-01,1,1", name="a %20?#[1]*.csv")
    assert shop.run().ok
    assert shop.rows("gold.agg_daily") != before
    assert shop.run(full_refresh=True).ok
    assert {table.status for table in shop.run().tables} == {"up to date"}


def test_a_second_run_commits_nothing(shop: MiniShop) -> None:
    first_day(shop)
    shop.run()
    before = shop.snapshots()
    report = shop.run()
    assert {table.status for table in report.tables} == {"up to date"}
    assert shop.snapshots() == before


@pytest.mark.engines(always=False)
def test_what_no_feed_reads_in_the_landing_zone_is_told(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,2,1.5")
    shop.land("sale/ingest_date=2026-01-01/a.csv", "id,day\n")
    shop.land("lonely.csv", "id,day\n")
    shop.land("_ready", "")
    report = shop.run()
    assert (report.ok, report.unread) == (True, ["lonely.csv", "sale/"])
