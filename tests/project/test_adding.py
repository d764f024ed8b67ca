"""A project whose models add up what does not add up is found before anything moves, through all its tables."""

from __future__ import annotations

import pytest

from marketpulse.run.validate import Problem, validate
from marketpulse.sql.sums import Measure
from tests.shop import CONTRACTS, MiniShop, contract, result

SALES = "silver/sales/contract.yaml"
DAILY = "gold/agg_daily"
TOTAL = "gold/mart_total"
AMOUNT = "name: amount, logicalType: number,"
IN_CURRENCY = "name: amount, customProperties: [{property: currency, value: currency}], logicalType: number,"
BY_CURRENCY = (
    "select day, currency, count(*) as line_count, sum(qty) as qty, sum(amount) as amount"
    " from silver.sales group by day, currency\n"
)
HEADLINE = "headlines:\n  - title: Sales\n    query: select {} as total from gold.agg_daily {}\n"


@pytest.fixture
def priced(shop: MiniShop) -> MiniShop:
    """The shop, whose sales are in several currencies; the daily totals keep them apart."""
    columns, custom, rules = CONTRACTS["silver.sales"]
    shop.write(SALES, contract("silver.sales", [*columns, ("currency", "string", "")], custom, rules))
    shop.edit(SALES, AMOUNT, IN_CURRENCY)
    shop.edit("silver/sales/from_sales.sql", "qty, amount", "qty, amount, currency")
    columns, custom, rules = CONTRACTS["gold.agg_daily"]
    daily = [*columns, ("currency", "string", "key")]
    shop.write(f"{DAILY}/contract.yaml", contract("gold.agg_daily", daily, custom, rules))
    shop.write(f"{DAILY}/model.sql", BY_CURRENCY)
    return shop


def problems(shop: MiniShop) -> tuple[Problem, ...]:
    return validate(shop.project_dir).problems


def only(shop: MiniShop) -> Problem:
    (found,) = problems(shop)
    return found


def test_a_project_that_keeps_currencies_apart_is_ok(priced: MiniShop) -> None:
    assert problems(priced) == ()


def test_a_model_that_adds_currencies_is_told_with_its_place(priced: MiniShop) -> None:
    mixed = BY_CURRENCY.replace("day, currency\n", "day\n").replace(" currency,", " 'x' as currency,")
    priced.write(f"{DAILY}/model.sql", mixed)
    found = only(priced)
    assert (found.table, found.line, found.column) == ("gold.agg_daily", 1, 71)
    assert found.message == "adds amounts of several currencies: amount is in silver.sales.currency"
    assert (found.hint or "").startswith("add currency to the group by")


def test_what_a_contract_leaves_unsaid_is_not_lost(priced: MiniShop) -> None:
    assert priced.project().promises["gold.agg_daily"].measures["amount"] == Measure("currency")
    priced.edit(f"{TOTAL}/model.sql", "sum(qty)", "cast(sum(amount) as bigint)")
    found = only(priced)
    assert (found.table, found.message) == (
        "gold.mart_total",
        "adds amounts of several currencies: amount is in gold.agg_daily.currency",
    )


def test_a_contract_that_says_otherwise_is_told(priced: MiniShop) -> None:
    said = IN_CURRENCY.replace("value: currency", "value: USD")
    priced.edit(f"{DAILY}/contract.yaml", AMOUNT, said)
    found = only(priced)
    assert found.about == "column amount"
    assert found.message == "amount is in silver.sales.currency, its contract says in USD"


def test_a_count_that_does_not_add_up_over_a_column_is_not_summed(priced: MiniShop) -> None:
    over = "name: line_count, customProperties: [{property: additive, value: {notOver: [currency]}}],"
    priced.edit(f"{DAILY}/contract.yaml", "name: line_count,", over)
    assert problems(priced) == ()
    priced.edit(f"{TOTAL}/model.sql", "sum(qty)", "sum(line_count)")
    assert only(priced).message == "adds up line_count, which does not add up over gold.agg_daily.currency"


@pytest.mark.parametrize(
    ("what", "where", "words"),
    [
        ("sum(amount)", "where currency = 'EUR'", None),
        ("sum(qty)", "", None),
        ("sum(amount)", "", "adds amounts of several currencies"),
        ("sum(amount)", "where day > date '2026-01-01'", "adds amounts of several currencies"),
    ],
)
def test_headlines_add_up_what_adds_up(priced: MiniShop, what: str, where: str, words: str | None) -> None:
    priced.write("headlines.yaml", HEADLINE.format(what, where))
    if words is None:
        assert problems(priced) == ()
        return
    found = only(priced)
    assert words in found.message
    assert (found.file or "").endswith("headlines.yaml")
    assert (found.line, found.about) == (3, "headline Sales")


def test_a_run_builds_no_table_that_adds_currencies(priced: MiniShop) -> None:
    priced.edit(f"{TOTAL}/model.sql", "sum(qty)", "cast(sum(amount) as bigint)")
    priced.land("sales/ingest_date=2026-01-01/a.csv", "id,day,qty,amount,currency\n1,2026-01-01,1,5,EUR\n")
    report = priced.run()
    assert report.exit_code == 2
    assert result(report, "gold.agg_daily").status == "built"
    assert result(report, "gold.mart_total").status == "failed"
    assert "adds amounts of several currencies" in (result(report, "gold.mart_total").message or "")


def test_what_a_contract_says_of_a_number_rebuilds_nothing(priced: MiniShop) -> None:
    before = priced.project().table("gold.agg_daily").fingerprints
    priced.edit(f"{DAILY}/contract.yaml", AMOUNT, IN_CURRENCY)
    assert priced.project().table("gold.agg_daily").fingerprints == before
