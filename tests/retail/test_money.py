"""Money: currencies are never added, no digit is lost, and goods, shipping, fees and corrections are told apart."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from marketpulse import sql
from marketpulse.sql.sums import judge
from tests.retail.lab import build, packaged, shop, touched
from tests.retail.rows import sale
from tests.retail.test_facts import line
from tests.retail.test_sales_marts import day


def rate(currency: str, start: str, end: str | None, value: str, into: str = "EUR") -> dict[str, Any]:
    """A row of gold.dim_exchange_rate."""
    return {"currency": currency, "reporting_currency": into, "valid_from": start, "valid_to": end, "rate": value}


RATES = [
    rate("SEK", "2026-03-01", "2026-03-05", "0.09"),
    rate("SEK", "2026-03-05", None, "0.1"),
    rate("JPY", "2026-03-03", None, "0.0061234567"),
    rate("EUR", "2026-03-01", None, "11", "SEK"),
]


def lines(*rows: dict[str, Any], columns: str, project: Any = None) -> list[tuple[Any, ...]]:
    return build("gold.fct_sales", columns, {"silver.sales": rows, "gold.dim_exchange_rate": RATES}, project)


@pytest.mark.parametrize(
    ("quantity", "price", "gross"),
    [
        ("100000", "0.00375", "375.0000000000"),
        ("50000", "0.00004", "2.0000000000"),
        ("3", "0.333333", "0.9999990000"),
        ("1.375", "7.99", "10.9862500000"),
        ("0.0001", "0.000001", "0.0000000001"),
        ("-9999999.9999", "999999.999999", "-9999999999890.0000000001"),
    ],
)
def test_the_amount_is_quantity_times_price_exactly(quantity: str, price: str, gross: str) -> None:
    found = lines(line("2026-03-02 10:00:00", quantity, price), columns="gross_amount, net_amount")
    assert [f"{value:f}" for value in found[0]] == [gross, gross]


@pytest.mark.parametrize(
    ("delivered", "quantity", "unit"),
    [(None, "3", "piece"), (None, "1.375", None), ("kg", "2", "kg"), ("piece", "0.5", "piece"), (None, "-2", "piece")],
)
def test_a_part_of_something_unsaid_is_no_piece(delivered: str | None, quantity: str, unit: str | None) -> None:
    found = lines(line("2026-03-02 10:00:00", quantity, unit=delivered), columns="unit")
    assert found == [(unit,)]


@pytest.mark.parametrize(
    ("delivered", "quantity", "kind", "is_return"),
    [
        (None, 1, "sale", False),
        (None, -1, "return", True),
        ("void", -1, "void", False),
        ("write_off", -1, "write_off", False),
        ("adjustment", -1, "adjustment", False),
        ("shipping", 1, "shipping", False),
        ("fee", -1, "fee", False),
    ],
)
def test_only_goods_that_come_back_are_returns(
    delivered: str | None, quantity: int, kind: str, is_return: bool
) -> None:
    found = lines(line("2026-03-02 10:00:00", quantity, line_type=delivered), columns="line_type, is_return")
    assert found == [(kind, is_return)]


@pytest.mark.parametrize(
    ("included", "tax", "net_of_tax"),
    [(True, "19", 100), (False, "19", 119), (False, None, 119), (True, None, None), (None, "19", None)],
)
def test_net_of_tax_is_known_or_null(included: bool | None, tax: str | None, net_of_tax: int | None) -> None:
    row = line("2026-03-02 10:00:00", 1, "120", "1", tax_amount=tax, price_includes_tax=included)
    assert lines(row, columns="net_amount, net_of_tax_amount") == [(119, net_of_tax)]


THREE = [
    line("2026-03-02 10:00:00", 1, "100", line_number=1),
    line("2026-03-02 10:00:00", 1, "1000", line_number=2, currency="SEK"),
    line("2026-03-02 10:00:00", 1, "15000", line_number=3, currency="JPY"),
    line("2026-03-04 23:59:59", 1, "15000", line_number=4, currency="JPY"),
    line("2026-03-09 10:00:00", -1, "1000", line_number=5, currency="SEK"),
]
CONVERTED = "reporting_currency, exchange_rate, reporting_net_amount"


def test_without_a_reporting_currency_each_is_its_own() -> None:
    assert lines(*THREE, columns=CONVERTED) == [
        ("EUR", 1, 100),
        ("SEK", 1, 1000),
        ("JPY", 1, 15000),
        ("JPY", 1, 15000),
        ("SEK", 1, -1000),
    ]


def test_amounts_are_converted_at_the_last_rate_and_a_missing_one_is_null() -> None:
    found = lines(*THREE, columns=CONVERTED, project=shop(reporting_currency="EUR"))
    assert [tuple(value if value is None else str(value) for value in row) for row in found] == [
        ("EUR", "1.0000000000", "100.0000000000"),
        ("EUR", "0.0900000000", "90.0000000000"),
        ("EUR", None, None),
        ("EUR", "0.0061234567", "91.8518505000"),
        ("EUR", "0.1000000000", "-100.0000000000"),
    ]
    assert [row[2] for row in lines(*THREE, columns=CONVERTED, project=shop(reporting_currency="SEK"))] == [
        1100,
        1000,
        None,
        None,
        -1000,
    ]


def test_a_rate_from_more_than_a_week_before_still_counts_and_is_marked() -> None:
    """By the day of the sale; a currency of one's own is never old, and one without a rate is missing, not old."""
    days = [
        line(f"2026-03-{day} 10:00:00", currency="SEK", line_number=n) for n, day in enumerate(("09", "10", "11"), 1)
    ]
    others = [line("2026-03-20 10:00:00", currency=c, line_number=n) for n, c in enumerate(("EUR", "JPY"), 4)]
    rates = [rate("SEK", "2026-03-03", None, "0.1"), rate("EUR", "2026-03-01", None, "1")]
    inputs = {"silver.sales": [*days, *others], "gold.dim_exchange_rate": rates}
    found = build("gold.fct_sales", "exchange_rate is null, is_rate_old", inputs, shop(reporting_currency="EUR"))
    assert found == [(False, False), (False, False), (False, True), (False, False), (True, False)]


def test_orders_refunds_and_costs_mark_an_old_rate_too() -> None:
    rates = {"gold.dim_exchange_rate": [rate("SEK", "2026-03-01", None, "0.1")]}
    days = ("2026-03-08", "2026-03-09")
    report = {"currency": "SEK", "amount": "10", "visitor_id": "v", "is_in_visit": True, "is_partial_unpriced": False}
    reports = [
        {"event_date": day, "event_at": day, "event_id": f"{told}{n}", "told": told, "order_id": f"o{n}", **report}
        for n, day in enumerate(days)
        for told in ("completed", "refunded")
    ]
    costs = [{"cost_date": day, "channel": "email", "currency": "SEK", "cost_amount": "1"} for day in days]
    costs = [{"campaign_source": "", "campaign_name": "", **cost} for cost in costs]
    told = {"gold.fct_order_reports": reports}
    orders = [
        {"order_id": f"o{n}", "order_date": day, "revenue_amount": "10", "currency": "SEK"}
        for n, day in enumerate(days)
    ]
    for table, inputs in (
        ("gold.fct_orders", told),
        ("gold.fct_refunds", told | {"gold.fct_orders": orders}),
        ("gold.fct_marketing_costs", {"silver.marketing_costs": costs}),
    ):
        found = build(table, "is_rate_old", inputs | rates, shop(reporting_currency="EUR"))
        assert found == [(False,), (True,)], table


def test_rates_hold_until_the_next() -> None:
    rates = [
        {"rate_date": date, "currency": currency, "reporting_currency": "EUR", "rate": "1"}
        for date, currency in (("2026-03-06", "SEK"), ("2026-03-02", "SEK"), ("2026-03-03", "JPY"))
    ]
    found = build("gold.dim_exchange_rate", "currency, valid_from, valid_to", {"silver.exchange_rates": rates})
    assert found == [
        ("JPY", "2026-03-03", None),
        ("SEK", "2026-03-02", "2026-03-06"),
        ("SEK", "2026-03-06", None),
    ]


def test_a_rate_that_comes_late_is_corrected_or_goes_reaches_the_days_it_holds() -> None:
    sales = [line(f"2026-03-0{n} 12:00:00", currency=c, line_number=n) for n in range(1, 8) for c in ("SEK", "EUR")]

    def of(start: int, end: int | None, value: str = "1", currency: str = "SEK") -> dict[str, Any]:
        return rate(currency, f"2026-03-0{start}", f"2026-03-0{end}" if end else None, value)

    def moved(before: list[Any], after: list[Any]) -> list[int]:
        days = touched("gold.fct_sales", "gold.dim_exchange_rate", before, after, {"silver.sales": sales})
        return [int(found[-1]) for found in days]

    one, two = [of(2, None)], [of(2, 5), of(5, None, "2")]
    assert moved([], one) == [2, 3, 4, 5, 6, 7]
    assert moved(one, two) == moved(two, one) == [5, 6, 7]
    assert moved(two, [of(2, 4), of(4, 5, "3"), of(5, None, "2")]) == [4]
    assert moved(two, [of(2, 5, "1.5"), of(5, None, "2")]) == [2, 3, 4]
    assert moved([], [of(2, None, currency="JPY")]) == []


MANY = [
    sale("t1", "2026-03-02", 1, "100"),
    sale("t2", "2026-03-02", 1, "1000", currency="SEK", reporting_currency="EUR", reporting_net_amount="90"),
    sale("t3", "2026-03-02", 1, "15000", currency="JPY", reporting_currency="EUR", reporting_net_amount=None),
    sale("t3", "2026-03-02", 1, "5", line_number=2, category="mugs"),
]


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_no_aggregate_adds_currencies(order: tuple[int, ...]) -> None:
    rows = {"gold.fct_sales": [*(MANY[place] for place in order), MANY[3]]}
    sums = [("EUR", 105, 105), ("JPY", 15000, None), ("SEK", 1000, 90)]
    for table in ("agg_orders_daily", "agg_customer_daily", "agg_product_daily"):
        assert build(f"gold.{table}", "currency, net_amount, reporting_net_amount", rows) == sums
    found = build("gold.agg_sales_daily", "category, currency, net_amount, reporting_net_amount", rows)
    assert found == [("mugs", "EUR", 5, 5), *(("tea", *row) for row in (("EUR", 100, 100), *sums[1:]))]
    # An order in two currencies is one order.
    assert sum(row[0] for row in build("gold.agg_orders_daily", "order_count", rows)) == 3
    assert sum(row[0] for row in build("gold.agg_customer_daily", "order_count", rows)) == 3


def test_customers_are_valued_in_each_currency_and_a_missing_rate_leaves_the_value_open() -> None:
    days = [
        day("2026-03-01", "a", 1, "100"),
        day("2026-03-02", "a", 1, "1000", "SEK"),
        day("2026-03-02", "b", 1, "50"),
        day("2026-03-03", "b", 1, None),
    ]
    found = build(
        "gold.mart_customer_value",
        "customer_id, currency, order_count, net_amount, average_order_amount, expected_amount is null",
        {"gold.agg_customer_daily": days},
    )
    assert found == [
        ("a", "EUR", 1, 100, 100, False),
        ("a", "SEK", 1, 1000, 1000, False),
        ("b", "EUR", 2, None, None, True),
    ]
    scores = build(
        "gold.mart_customer_rfm",
        "customer_id, currency, monetary_amount, monetary_score",
        {"gold.agg_customer_daily": days},
    )
    assert scores == [("a", "EUR", 100, 1), ("a", "SEK", 1000, 1), ("b", "EUR", None, None)]
    cohorts = build(
        "gold.mart_cohort_retention",
        "currency, cohort_size, net_amount, cumulative_net_amount",
        {"gold.agg_customer_daily": days},
    )
    assert cohorts == [("EUR", 2, None, None), ("SEK", 1, 1000, 1000)]


def test_kinds_of_lines_are_told_apart_and_add_up() -> None:
    rows = [
        sale("t1", "2026-03-02", 3),
        sale("t1", "2026-03-02", 1, "4.95", line_number=2, line_type="shipping"),
        sale("t1", "2026-03-02", 1, "0.35", line_number=3, line_type="fee"),
        sale("t2", "2026-03-02", -1),
        sale("t3", "2026-03-02", -2, line_type="void"),
        sale("t4", "2026-03-02", -1, "7", line_type="write_off"),
        sale("t5", "2026-03-02", 1, "1", line_type="adjustment"),
        sale("t6", "2026-03-02", 1, "4.95", line_type="shipping"),
        sale("t7", "2026-03-02", 1, "8", unit="kg"),
    ]
    parts = "unit_count, gross_amount, returns_amount, shipping_amount, fee_amount, adjustment_amount, net_amount"
    wanted = ["3", "38", "10", "9.9", "0.35", "-26", "12.25"]
    for table in ("agg_sales_daily", "agg_orders_daily"):
        (found,) = build(f"gold.{table}", parts, {"gold.fct_sales": rows})
        assert [float(value) for value in found] == [float(value) for value in wanted]
    # Shipping alone is no order, a void no return of goods.
    assert build("gold.agg_orders_daily", "order_count", {"gold.fct_sales": rows}) == [(2,)]


def test_looks_stand_where_the_product_sold_most() -> None:
    products = [{"product_id": "p"}, {"product_id": "q"}, {"product_id": "r", "currency": "SEK"}]
    look = {"event_date": "2026-03-02", "event_at": "2026-03-02 12:00:00", "event_name": "Product Viewed"}
    looks = [{"event_id": str(number), **look, **more} for number, more in enumerate(products)]
    rows = [sale("t1", "2026-03-02"), *(sale(order, "2026-03-02", currency="SEK") for order in ("t2", "t3"))]
    found = build(
        "gold.agg_product_daily",
        "product_id, currency, view_count, order_count, reporting_currency, reporting_net_amount",
        {"silver.clicks": looks, "gold.fct_sales": rows},
    )
    assert found == [
        ("p", "EUR", 0, 1, "EUR", 10),
        ("p", "SEK", 1, 2, "SEK", 20),
        ("q", "XXX", 1, 0, "XXX", 0),
        ("r", "SEK", 1, 0, "SEK", 0),
    ]


def test_a_receipt_in_two_currencies_is_an_order_of_its_customer_in_each() -> None:
    rows = [sale("t1", "2026-03-02"), sale("t1", "2026-03-02", line_number=2, currency="SEK")]
    found = build("gold.agg_customer_daily", "currency, order_count, net_amount", {"gold.fct_sales": rows})
    assert found == [("EUR", 1, 10), ("SEK", 1, 10)]


def test_a_receipt_in_two_currencies_is_counted_once_where_customers_are_counted() -> None:
    rows = [sale("t1", "2026-03-02"), sale("t1", "2026-03-02", line_number=2, currency="SEK")]
    found = build("gold.agg_customer_daily", "currency, counted_order_count", {"gold.fct_sales": rows})
    assert found == [("EUR", 1), ("SEK", 0)]


def test_a_receipt_of_two_customers_is_an_order_of_each() -> None:
    rows = [
        sale("t1", "2026-03-02", customer_id="c"),
        sale("t1", "2026-03-02", line_number=2, customer_id="d", currency="SEK"),
    ]
    columns = "customer_id, currency, order_count, counted_order_count"
    found = build("gold.agg_customer_daily", columns, {"gold.fct_sales": rows})
    assert found == [("c", "EUR", 1, 1), ("d", "SEK", 1, 1)]


def test_a_customer_of_two_currencies_has_one_first_day_and_one_number_of_orders() -> None:
    days = [
        day("2026-03-01", "c", 1, "10", counted_order_count=1),
        day("2026-03-05", "c", 1, "10", currency="SEK", counted_order_count=1),
        day("2026-03-07", "d", 2, "10", currency="SEK", counted_order_count=0),
        day("2026-03-07", "d", 2, "10", counted_order_count=2),
    ]
    columns = "customer_id, currency, first_order_date, customer_first_order_date, customer_order_count"
    found = build("gold.mart_customer_value", columns, {"gold.agg_customer_daily": days})
    assert [(*row[:2], str(row[2]), str(row[3]), row[4]) for row in found] == [
        ("c", "EUR", "2026-03-01", "2026-03-01", 2),
        ("c", "SEK", "2026-03-05", "2026-03-01", 2),
        ("d", "EUR", "2026-03-07", "2026-03-07", 2),
        ("d", "SEK", "2026-03-07", "2026-03-07", 2),
    ]


def test_what_is_brought_back_in_another_currency_is_of_its_customer() -> None:
    days = [
        day("2026-03-01", "c", 2, "50"),
        day("2026-03-05", "c", 0, "-20", currency="SEK", reporting_currency="SEK"),
        day("2026-03-05", "only", 0, "-9"),
    ]
    columns = "customer_id, currency, first_order_date is null, order_count, customer_order_count, net_amount,"
    columns += " average_order_amount, days_between_orders, expected_order_count > 0, expected_amount > 0"
    found = build("gold.mart_customer_value", columns, {"gold.agg_customer_daily": days})
    assert found == [
        ("c", "EUR", False, 2, 2, 50, 25, 90, True, True),
        ("c", "SEK", True, 0, 2, -20, None, 90, False, False),
    ]


def test_a_day_with_orders_in_two_currencies_is_one_day_of_orders() -> None:
    sek = {**day("2026-03-01", "c", 1, "10"), "currency": "SEK"}
    mixed = [day("2026-03-01", "c", 1, "10"), sek, day("2026-03-11", "c", 1, "10")]
    plain = [day("2026-03-01", "d", 2, "20"), day("2026-03-11", "d", 1, "10")]
    columns = "order_day_count, order_count, net_amount, days_between_orders, expected_amount"
    found = build("gold.mart_customer_value", columns, {"gold.agg_customer_daily": [*mixed, *plain]})
    assert found[0] == found[1]
    assert found[0][:4] == (2, 3, 30, 10)


def test_a_reporting_currency_makes_converted_amounts_one_currency() -> None:
    query = sql.parse("select store_id, sum(reporting_net_amount) as amount from gold.fct_sales group by store_id")
    assert judge(query, shop(reporting_currency="USD").promises).problems == ()
    (found,) = judge(query, packaged().promises).problems
    assert (found.hint or "").startswith("add reporting_currency to the group by")


@pytest.mark.parametrize("currency", ["USD", "SEK"])
def test_every_model_is_right_with_a_reporting_currency(currency: str) -> None:
    assert shop(reporting_currency=currency).problems == {}
