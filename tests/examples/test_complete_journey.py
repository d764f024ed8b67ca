"""The Complete Journey: two weeks of groceries in two deliveries, and the whole year where real data is run.

The totals were counted from the package's own Parquet files, without the platform.
"""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.examples.lab import Example, built, counts

FEED = "journey_transactions"
SHAPE = "count(*), count(distinct transaction_id), count(distinct customer_id), sum(net_amount), sum(discount_amount)"


def test_two_weeks_in_two_deliveries(tmp_path: Path) -> None:
    example = Example("complete_journey", tmp_path)
    land = example.script("land").land
    land(example.landing, date(2017, 1, 7))
    built(example.run())
    land(example.landing, date(2017, 1, 14))
    report = example.run()
    built(report)
    assert next(feed for feed in report.feeds if feed.source == FEED).files == 7
    amounts_add_up(example)
    lines_without_pieces_wait_in_quarantine(example)
    a_filling_of_fuel_is_one_piece(example)
    households_products_and_headlines(example)


def amounts_add_up(fortnight: Example) -> None:
    [(lines, baskets, households, net, discount)] = fortnight.ask(f"select {SHAPE} from gold.fct_sales")
    assert (lines, baskets, households, net) == (57_126, 5_606, 1_672, Decimal("171618.9100"))
    assert abs(discount - Decimal("29336.33")) < Decimal("0.05")
    for table in ("agg_sales_daily", "agg_product_daily", "mart_household_income"):
        assert fortnight.ask(f"select sum(net_amount) from gold.{table}") == [(net,)]
    assert fortnight.ask("select sum(discount_amount) from gold.agg_sales_daily") == [(discount,)]


def lines_without_pieces_wait_in_quarantine(fortnight: Example) -> None:
    assert fortnight.ask("select count(*), count(distinct errors) from silver.quarantine") == [(275, 1)]


def a_filling_of_fuel_is_one_piece(fortnight: Example) -> None:
    fuel = "p.product_key = s.product_key and p.name like 'GASOLINE%'"
    [(lines, pieces, cheapest)] = fortnight.ask(
        f"select count(*), sum(quantity), min(unit_price) from gold.fct_sales s join gold.dim_product p on {fuel}"
    )
    assert lines == pieces == 459
    assert cheapest > Decimal("0.10")
    assert fortnight.ask("select max(quantity) < 200 from gold.fct_sales") == [(True,)]


def households_products_and_headlines(fortnight: Example) -> None:
    assert fortnight.ask("select count(*) from gold.dim_product") == [(92_332,)]
    assert fortnight.ask("select count(*) from silver.households") == [(801,)]
    bands = fortnight.ask("select income, household_count from gold.mart_household_income order by income_rank")
    assert [band for band, _ in bands][:2] == ["Under 15K", "15-24K"]
    assert sum(households for _, households in bands) == 1_672
    assert [h.title for h in fortnight.headlines() if h.problem] == []


@pytest.mark.realdata
def test_the_whole_year(tmp_path: Path) -> None:
    if not os.environ.get("REAL_DATA"):
        pytest.skip("REAL_DATA is not set: the whole year of The Complete Journey was not run (make example runs it)")
    journey = Example("complete_journey", tmp_path)
    assert journey.script("land").land(journey.landing) == 367
    report = journey.run("+gold.agg_sales_daily")
    built(report)
    sales = counts(report, "silver.sales", FEED)
    assert (sales.read, sales.accepted, sales.quarantined) == (1_469_307, 1_460_438, 8_869)
    assert sales.reasons == {"quantity is zero": 8_869}
    [(lines, baskets, households, net, discount)] = journey.ask(f"select {SHAPE} from gold.fct_sales")
    assert (lines, baskets, households, net) == (1_460_438, 155_518, 2_469, Decimal("4596027.0600"))
    # What the shop gave up, to the cent but for prices of a piece that no four decimals can say.
    assert abs(discount - Decimal("796191.46")) < Decimal("0.05")
    assert journey.ask("select count(*), sum(net_amount) from gold.fct_sales where category = 'unknown'") == [
        (32, Decimal("172.5700"))
    ]
    assert journey.ask("select sum(net_amount), sum(unit_count) from gold.agg_sales_daily") == [(net, 1_917_225)]
