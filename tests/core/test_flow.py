"""The main job on a small shop: what arrives, what is rejected, what a second run does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.shop import MiniShop, contract, result

pytestmark = pytest.mark.engines

DAY1, DAY2, DAY3 = date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)


def land_first_day(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1.5", "2,2026-01-01,0,1", "3,2026-01-02,x,1", "4,2026-01-02,2,2.25")
    shop.land(
        "clicks/ingest_date=2026-01-01/hour=00/a.json",
        '{"id":"a","ts":"2026-01-01T00:00:01Z","name":"x"}\n'
        '{"batch":[{"id":"b","ts":"2026-01-01T00:00:02Z"},{"id":"a","ts":"2026-01-01T00:00:03Z"}],"sentAt":"z"}\n'
        "not json\n",
    )


def test_good_rows_reach_gold_and_bad_ones_are_kept_with_their_reason(shop: MiniShop) -> None:
    land_first_day(shop)
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
    land_first_day(shop)
    shop.land_sales("2026-01-02", "skip,,,", "1,2026-01-01,7,7", "9,2026-01-02,1,1", "9,2026-01-02,2,1")
    feed = result(shop.run(), "silver.sales").feeds[0]
    assert (feed.read, feed.accepted, feed.deduplicated, feed.quarantined, feed.filtered) == (8, 3, 2, 2, 1)
    assert feed.conserved


def test_a_second_run_commits_nothing(shop: MiniShop) -> None:
    land_first_day(shop)
    shop.run()
    before = shop.snapshots()
    report = shop.run()
    assert {table.status for table in report.tables} == {"up to date"}
    assert shop.snapshots() == before


def test_a_corrected_row_moves_to_its_new_bucket(shop: MiniShop) -> None:
    land_first_day(shop)
    shop.run()
    shop.land_sales("2026-01-02", "1,2026-01-03,5,9")
    agg = result(shop.run(), "gold.agg_daily")
    assert agg.buckets == 2
    assert [row[0] for row in shop.rows("gold.agg_daily")] == [DAY2, DAY3]


def test_the_latest_landed_version_wins_in_any_order(shop: MiniShop) -> None:
    shop.land_sales("2026-01-05", "1,2026-01-01,5,9")
    shop.run()
    shop.land_sales("2026-01-02", "1,2026-01-01,1,1")
    shop.run()
    assert shop.rows("silver.sales") == [("1", DAY1, 5, Decimal("9.0000"))]


def test_the_same_content_under_another_name_adds_nothing(shop: MiniShop) -> None:
    path = shop.land_sales("2026-01-01", "1,2026-01-01,1,1.5")
    shop.run()
    before = shop.snapshots(runs=False)
    shop.land("sales/ingest_date=2026-01-09/again.csv", path.read_bytes())
    report = shop.run()
    assert report.feeds[1].duplicates == 1
    after = shop.snapshots(runs=False)
    assert {k: v for k, v in after.items() if k != "bronze.landed_files"} == {
        k: v for k, v in before.items() if k != "bronze.landed_files"
    }


def test_a_new_column_is_kept_in_bronze_and_fails_nothing(shop: MiniShop) -> None:
    land_first_day(shop)
    shop.run()
    shop.land("sales/ingest_date=2026-01-02/wide.csv", "id,day,qty,amount,coupon\n8,2026-01-02,1,1,SPRING\n")
    assert shop.run().ok
    with shop.open() as context:
        assert "coupon" in context.lake.find("bronze.sales").types


def test_a_file_without_a_required_column_is_blocked_and_the_rest_goes_through(shop: MiniShop) -> None:
    land_first_day(shop)
    shop.land("sales/ingest_date=2026-01-02/bad.csv", "id,qty\n8,1\n")
    report = shop.run()
    assert not report.ok
    assert report.feeds[1].blocked[0]["message"] == "the required column day is missing"
    assert len(shop.rows("silver.sales")) == 2


def test_changing_a_model_rebuilds_it_and_its_dependants_only(shop: MiniShop) -> None:
    land_first_day(shop)
    shop.run()
    shop.edit("gold/agg_daily/model.sql", "sum(amount)", "sum(amount * 2)")
    built = {table.name: table.reason for table in shop.run().tables if table.status == "built"}
    assert list(built) == ["gold.agg_daily", "gold.mart_total"]
    assert built["gold.agg_daily"] == "the model changed"


def test_a_file_says_between_which_keys_its_rows_lie(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "a1,2026-01-01,1,1", "a9,2026-01-01,1,1")
    shop.land_sales("2026-01-02", "b1,2026-01-02,1,1", "b9,2026-01-02,1,1")
    assert shop.run().ok
    with shop.open() as context:
        files = {str(file.bucket): file for file in context.lake.find("silver.sales").files()}
    assert files["2026-01-01"].overlaps("a5", "b0")
    assert not files["2026-01-02"].overlaps("a5", "b0")


def test_a_large_day_is_computed_in_parts_where_its_input_comes_apart(shop: MiniShop) -> None:
    columns = [("day", "date", "key bucket"), ("name", "string", "key"), ("events", "long", "")]
    inputs = "{property: inputs, value: [{table: silver.clicks, column: day, after: 1, apart: name}]}"
    shop.write("gold/agg_names/contract.yaml", contract("gold.agg_names", columns, inputs))
    model = (
        "select min(day) as day, coalesce(name, 'none') as name, count(*) as events from silver.clicks group by name\n"
    )
    shop.write("gold/agg_names/model.sql", model)
    names = [f"n{number % 7}" for number in range(50)]
    lines = [f'{{"id":"{i}","ts":"2026-01-01T00:00:01Z","name":"{name}"}}\n' for i, name in enumerate(names)]
    shop.land("clicks/a.json", "".join(lines) + '{"id":"x","ts":"2026-01-01T00:00:02Z"}\n')
    assert shop.run().ok
    whole = shop.rows("gold.agg_names")
    assert shop.run(full_refresh=True, chunk_rows=20).ok
    assert shop.rows("gold.agg_names") == whole
    with shop.open() as context:
        files = context.lake.find("gold.agg_names").files()
    assert len(files) > 1
    assert sum(file.rows for file in files) == len(whole) == 8
