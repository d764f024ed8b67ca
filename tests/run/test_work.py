"""What must be built and why: what a table has consumed against what there is."""

from __future__ import annotations

from datetime import date

import pytest

from marketpulse.lake.table import Bucket
from marketpulse.run.work import find_work, shifted
from tests.landed import first_day
from tests.shop import MiniShop


@pytest.mark.engines(always=False)
def test_changing_a_model_rebuilds_it_and_its_dependants_only(shop: MiniShop) -> None:
    first_day(shop)
    shop.run()
    shop.edit("gold/agg_daily/model.sql", "sum(amount)", "sum(amount * 2)")
    built = {table.name: table.reason for table in shop.run().tables if table.status == "built"}
    assert list(built) == ["gold.agg_daily", "gold.mart_total"]
    assert built["gold.agg_daily"] == "the model changed"


def reason(shop: MiniShop, table: str) -> tuple[str | None, bool]:
    """Why a table would be built, and whether from nothing."""
    with shop.open() as context:
        work = find_work(context, context.project.table(table))
    return work.reason, work.rebuild


def test_a_table_without_anything_to_read_needs_nothing(shop: MiniShop) -> None:
    assert reason(shop, "silver.sales") == (None, True)


def test_a_first_build_is_from_nothing_and_what_was_read_is_news_no_more(shop: MiniShop) -> None:
    first_day(shop)
    shop.run("silver.quarantine")
    assert reason(shop, "silver.sales") == ("first build", True)
    shop.run()
    assert reason(shop, "silver.sales") == (None, False)


def test_new_rows_are_told_by_their_number_and_changed_buckets_by_their_names(shop: MiniShop) -> None:
    first_day(shop)
    shop.run()
    shop.land_sales("2026-01-02", "7,2026-01-03,1,1", "8,2026-01-05,1,1")
    shop.run("silver.sales")
    assert reason(shop, "gold.agg_daily") == ("silver.sales: 2 buckets 2026-01-03 … 2026-01-05", False)
    shop.land_sales("2026-01-03", "9,2026-01-03,1,1")
    shop.run("silver.quarantine")
    assert reason(shop, "silver.sales") == ("bronze.sales: +1 rows", False)


def test_a_table_knows_the_snapshots_and_definitions_it_is_built_from(shop: MiniShop) -> None:
    first_day(shop)
    shop.run()
    with shop.open() as context:
        state = find_work(context, context.project.table("gold.agg_daily")).state()
        silver = context.lake.find("silver.sales")
        assert state["marketpulse.input.silver.sales"] == str(silver.snapshot_id)
        assert state.items() <= context.lake.find("gold.agg_daily").state.items()


@pytest.mark.parametrize(
    ("buckets", "before", "after", "reached"),
    [
        ({date(2026, 3, 1)}, 0, 0, {date(2026, 3, 1)}),
        ({date(2026, 3, 1)}, 1, 0, {date(2026, 2, 28), date(2026, 3, 1)}),
        ({date(2026, 3, 1), date(2026, 3, 2)}, 0, 1, {date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)}),
        ({"a text"}, 3, 3, {"a text"}),
        ({None}, 1, 1, {None}),
        ({date.max}, 0, 2, {date.max}),
        ({date.min}, 1, 0, {date.min}),
        (set(), 5, 5, set()),
    ],
)
def test_a_change_of_a_day_reaches_the_days_around_it(
    buckets: set[Bucket], before: int, after: int, reached: set[Bucket]
) -> None:
    assert shifted(buckets, before, after) == reached
