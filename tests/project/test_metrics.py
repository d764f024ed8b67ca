"""Metrics as files say them: what is wrong is told at its place, all at once, and held to the contracts."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.metrics.metric import Definitions, Goal, Measured, Ratio
from marketpulse.project.metrics import read_metrics
from tests.retail.lab import packaged

ORDERS = (
    "name: orders, description: Orders., source: gold.agg_orders_daily, time: sold_date,"
    " expression: sum(order_count), unit: count, additive: true"
)
REVENUE = (
    "name: revenue, description: Net., source: gold.agg_sales_daily, time: sold_date, expression: sum(net_amount),"
    " unit: money, currency: currency, additive: true"
)
AMOUNT = (
    "name: revenue, description: Net., source: gold.agg_sales_daily, time: sold_date, expression: sum(net_amount),"
    " unit: number, additive: false"
)
STORE = "entities: {store: {table: gold.dim_store, key: store_id, latest: valid_from, columns: [region]}}\n"


def read(folder: Path, *metrics: str, things: str = "") -> tuple[Definitions, list[str]]:
    """The metrics of a file, and what is told of it: line, column, what about, what is wrong."""
    (folder / "metrics").mkdir(exist_ok=True)
    lines = "".join(f"  - {{{each}}}\n" for each in metrics)
    (folder / "metrics" / "mine.yaml").write_text(f"{things}metrics:\n{lines}" if metrics else things, encoding="utf-8")
    gold = {name: table for name, table in packaged().tables.items() if name.startswith("gold.")}
    found, wrong = read_metrics([folder], gold, packaged().promises)
    told = [f"{e.place.line}:{e.place.column} {e.about or '-'}: {e.message}" for e in wrong if e.place]
    return found, told


def field(metric: str, name: str, value: str) -> str:
    """A metric that says something else, or something more."""
    kept = [each for each in metric.split(", ") if not each.startswith(f"{name}:")]
    return ", ".join([*kept, f"{name}: {value}"] if value else kept)


def test_a_metric_is_what_its_file_says(tmp_path: Path) -> None:
    more = "dimensions: [channel, store], better: up, synonyms: [sales], target: {value: 9, per: day}, format: '0'"
    found, told = read(tmp_path, f"{ORDERS}, {more}, where: channel <> 'app'", things=STORE)
    assert told == []
    orders = found.find("Sales")
    assert isinstance(orders, Measured)
    assert [*orders.dimensions] == ["channel", "store_id", "store_region"]
    assert (orders.target, orders.label, orders.better) == (Goal("day", target=9), "Orders", "up")
    assert orders.adds_up_over("store_region")


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        (field(ORDERS, "source", "gold.agg_order_daily"), "there is no gold table gold.agg_order_daily"),
        (field(ORDERS, "source", "silver.sales"), "there is no gold table silver.sales"),
        (field(ORDERS, "source", ""), "has neither a source nor a ratio"),
        (field(ORDERS, "expression", ""), "says no expression"),
        (field(ORDERS, "additive", ""), "says no additive"),
        (field(ORDERS, "time", "day"), "gold.agg_orders_daily has no column day"),
        (field(ORDERS, "time", "channel"), "time names channel, which is a string"),
        (field(ORDERS, "expression", "sum(orders)"), "there is no column orders"),
        (field(ORDERS, "expression", "max(order_count)"), "does not add up, additive says it does"),
        (field(ORDERS, "expression", "count(distinct store_id)"), "does not add up over sold_date"),
        (field(ORDERS, "additive", "{notOver: [shop]}"), "gold.agg_orders_daily has no column shop"),
        (field(ORDERS, "dimensions", "[chanel]"), "gold.agg_orders_daily has no column chanel"),
        (field(ORDERS, "where", "chanel = 1"), "there is no column chanel"),
        (field(ORDERS, "unit", "money"), "is money and says no currency"),
        (field(field(ORDERS, "unit", "money"), "currency", "currency"), "is not known to be an amount in currency"),
        (field(ORDERS, "unit", "pieces"), "pieces"),
        (field(ORDERS, "colour", "red"), "there is no field metrics.colour"),
        (field(ORDERS, "alert", "{per: day}"), "alert says neither below nor above"),
        (field(ORDERS, "target", "{value: 1}"), "target does not say per what"),
        (field(ORDERS, "target", "{value: 1, per: day, currency: EUR}"), "target of a count metric"),
        (field(REVENUE, "target", "{value: 1, per: day}"), "target of a money metric"),
        (field(REVENUE, "unit", "count") + ", where: currency = 'EUR'", "is an amount, its unit is count"),
        (field(field(REVENUE, "unit", "count"), "currency", ""), "adds amounts of several currencies: net_amount"),
        (field(REVENUE, "currency", "reporting_currency"), "adds amounts of several currencies: net_amount"),
        (field(REVENUE, "currency", "SEK") + ", where: currency = 'EUR'", "is an amount in EUR, not in SEK"),
        (field(REVENUE, "currency", "SEK"), "adds amounts of several currencies: net_amount"),
        (field(REVENUE, "currency", "unit_count"), "currency names unit_count, which is a decimal(28,4)"),
        (field(REVENUE, "expression", "sum(net_amount + reporting_net_amount)"), "currenc"),
        (field(field(REVENUE, "unit", "number"), "currency", ""), "adds amounts of several currencies"),
        *(
            (field(AMOUNT, "expression", hidden), "of several currencies")
            for hidden in (
                "sum(net_amount) filter (where net_amount > 0)",
                "sum(reporting_net_amount) filter (where true)",
                "sum(net_amount % 1000000)",
                "max(net_amount)",
            )
        ),
        (
            field(field(REVENUE, "source", "gold.mart_cohort_retention"), "time", "").replace(
                "sum(net_amount)", "sum(cumulative_net_amount) filter (where net_amount > 0)"
            ),
            "adds up cumulative_net_amount, which does not add up over",
        ),
        (field(ORDERS, "name", "period"), "period is the name of something else in answers"),
        (field(ORDERS, "name", "currency"), "currency is the name of something else in answers"),
        (field(ORDERS, "name", "incomplete"), "incomplete is the name of something else in answers"),
        (field(ORDERS, "name", "channel") + ", dimensions: [channel]", "channel is the name of something else"),
        (field(field(ORDERS, "source", "gold.agg_product_daily"), "time", "activity_date"), "does not add up over"),
        (field(field(ORDERS, "source", "gold.fct_sales"), "expression", "sum(quantity)"), "of several units: quantity"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, metric: str, told: str) -> None:
    found, wrong = read(tmp_path, metric)
    assert told in str(wrong)
    assert not found.metrics


def test_all_that_is_wrong_is_told_at_once_at_its_place(tmp_path: Path) -> None:
    wrong = field(field(ORDERS, "time", "channel"), "expression", "sum(a) + sum(b)")
    _, told = read(tmp_path, f"{wrong}, dimensions: [x]", REVENUE.replace("money", "count"))
    assert [each.split(":")[0] for each in told] == ["2", "2", "2", "2", "3"]
    assert len({each.split(" ")[0] for each in told}) == 5


def test_personal_columns_are_no_dimension(tmp_path: Path) -> None:
    sales = field(field(ORDERS, "source", "gold.fct_sales"), "expression", "count(*)")
    _, told = read(tmp_path, f"{sales}, dimensions: [customer_id]")
    assert "customer_id is classified pii" in told[0]
    entity = "entities: {who: {table: gold.dim_customer, key: customer_id, latest: valid_from, columns: [email]}}\n"
    assert "email is classified pii" in str(read(tmp_path, things=entity)[1])


def test_an_entity_that_would_repeat_rows_is_refused(tmp_path: Path) -> None:
    _, told = read(tmp_path, ORDERS, things=STORE.replace("latest: valid_from, ", ""))
    assert told == ["1:43 -: gold.dim_store may have several rows of one store_id: each would count again"]


@pytest.mark.parametrize(
    ("things", "told"),
    [
        ("calendar: {table: gold.dim_store, key: store_id}\n", "store_id is not the key of gold.dim_store"),
        ("calendar: {table: gold.dim_date, key: calendar_date, grains: {week: year}}\n", "a week is known already"),
        ("calendar: {table: gold.dim_date, key: calendar_date, grains: {lent: year}}\n", "year is a int, not a date"),
        (
            "entities: {calendar: {table: gold.dim_store, key: x, columns: [y]}}\n",
            "cannot be called calendar",
        ),
        ("entities: {a: {table: gold.nowhere, key: x, columns: [y]}}\n", "there is no gold table gold.nowhere"),
        ("entities: {a: {table: gold.dim_store, key: x, columns: [y]}}\n", "gold.dim_store has no column y"),
    ],
)
def test_wrong_entities_and_calendars_are_told(tmp_path: Path, things: str, told: str) -> None:
    assert told in str(read(tmp_path, things=things)[1])


@pytest.mark.parametrize(
    "same",
    [
        field(REVENUE, "name", "other"),
        field(field(REVENUE, "name", "other"), "expression", "SUM( `Net_Amount` )"),
        field(field(REVENUE, "name", "other"), "expression", "(sum(net_amount))"),
    ],
)
def test_two_metrics_do_not_say_one_thing(tmp_path: Path, same: str) -> None:
    assert "metric other: says what revenue says" in str(read(tmp_path, REVENUE, same)[1])


def test_order_does_not_make_another_metric_and_a_value_does(tmp_path: Path) -> None:
    one = f"{REVENUE}, where: channel = 'web' and category = 'a'"
    other = field(f"{REVENUE}, where: category = 'a' and channel = 'web'", "name", "other")
    assert "says what revenue says" in str(read(tmp_path, one, other)[1])
    assert read(tmp_path, one, other.replace("'a'", "'A'"))[1] == []


def test_a_word_means_one_metric(tmp_path: Path) -> None:
    _, told = read(tmp_path, f"{REVENUE}, synonyms: [turnover]", f"{ORDERS}, synonyms: [Turnover]")
    assert f"Turnover is a name of revenue already, which {tmp_path}/metrics/mine.yaml:2 has" in str(told)


@pytest.mark.parametrize(
    ("metric", "told", "hint"),
    [
        (field(REVENUE, "expression", "sum(net_amout)"), "there is no column net_amout", "did you mean net_amount?"),
        (field(REVENUE, "expression", "sum(xyz)"), "there is no column xyz", "gold.agg_sales_daily has sold_date, "),
        (field(REVENUE, "expression", "sum(net_amount"), "not readable as SQL: Expecting ) at the end", "close each"),
        (
            field(field(ORDERS, "expression", "sum(average_order_amount)"), "additive", "false")
            + ", where: currency = 'EUR'",
            "adds up average_order_amount, which does not add up",
            "ratio: {numerator, denominator}",
        ),
    ],
)
def test_a_hint_says_what_to_write(tmp_path: Path, metric: str, told: str, hint: str) -> None:
    read(tmp_path, metric)
    gold = {name: table for name, table in packaged().tables.items() if name.startswith("gold.")}
    (wrong,) = read_metrics([tmp_path], gold, packaged().promises)[1]
    assert told in wrong.message
    assert hint in (wrong.hint or "")


CONVERTED = field(REVENUE, "name", "converted").replace("net_amount", "reporting_net_amount")
CONVERTED = field(CONVERTED, "currency", "reporting_currency")
RATIO = "name: mean, description: Each., unit: money, ratio: {numerator: revenue, denominator: orders}"


def test_a_ratio_is_of_two_metrics(tmp_path: Path) -> None:
    dimensions = "dimensions: [channel, store]"
    found, told = read(
        tmp_path, f"{RATIO}, dimensions: [store]", f"{REVENUE}, {dimensions}", f"{ORDERS}, {dimensions}", things=STORE
    )
    assert told == []
    mean = found.metrics["mean"]
    assert isinstance(mean, Ratio)
    assert [*mean.dimensions] == ["store_id", "store_region"]


@pytest.mark.parametrize(
    ("ratio", "told"),
    [
        (RATIO.replace("orders", "order"), "there is no metric order"),
        (RATIO.replace("orders", "mean"), "mean is a ratio itself, or wrong"),
        (RATIO.replace("money", "share"), "an amount for each orders is money"),
        (RATIO.replace("revenue", "orders"), "orders / orders is no amount"),
        (f"{RATIO}, dimensions: [category]", "category is no dimension of both"),
        (f"{RATIO}, additive: true", "a ratio has no additive"),
        (f"{RATIO}, until: day", "a ratio has no until"),
        (f"{RATIO}, days: gold.orders.day", "a ratio has no days"),
        (RATIO.replace("orders", "converted").replace("money", "share"), "is in currency, converted in reporting_curr"),
    ],
)
def test_a_ratio_that_is_none_is_told(tmp_path: Path, ratio: str, told: str) -> None:
    _, wrong = read(tmp_path, ratio, f"{REVENUE}, dimensions: [category]", ORDERS, CONVERTED)
    assert told in str(wrong)


def test_what_is_called_as_an_answer_has_it_is_not_answered_nor_what_is_made_of_it(tmp_path: Path) -> None:
    before = field(field(ORDERS, "name", "revenue_before"), "where", "channel = 'web'")
    of_it = "name: part, description: x, unit: money, ratio: {numerator: revenue, denominator: revenue_before}"
    found, told = read(tmp_path, REVENUE, before, of_it)
    assert told == ["3:135 metric revenue_before: revenue_before is the name of something else in answers"]
    assert [*found.metrics] == ["revenue"]


NET = "reporting_net_amount"


@pytest.mark.parametrize(
    ("expression", "made"),
    [
        (f"sum({NET})", f"CASE WHEN COUNT(*) = COUNT({NET}) THEN SUM({NET}) END"),
        (f"sum(-{NET} * 2)", f"CASE WHEN COUNT(*) = COUNT(-{NET} * 2) THEN SUM(-{NET} * 2) END"),
        (
            f"sum({NET}) filter (where channel = 'web')",
            f"CASE WHEN COUNT(*) FILTER(WHERE channel = 'web') = COUNT({NET}) FILTER(WHERE channel = 'web')"
            f" THEN SUM({NET}) FILTER(WHERE channel = 'web') END",
        ),
        (f"sum(coalesce({NET}, 0))", f"SUM(COALESCE({NET}, 0))"),
    ],
)
def test_an_amount_that_may_be_unknown_makes_its_sum_unknown(tmp_path: Path, expression: str, made: str) -> None:
    found, told = read(tmp_path, CONVERTED.replace(f"sum({NET})", f'"{expression}"'))
    assert told == []
    assert found.metrics["converted"].expression.sql("spark").upper() == made.upper()  # type: ignore[attr-defined]


def test_a_file_that_is_no_yaml_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "broken.yaml").write_text("metrics: [", encoding="utf-8")
    found, told = read(tmp_path, ORDERS)
    assert [*found.metrics] == ["orders"]
    assert len(told) == 1
