"""gold.fct_refunds, gold.agg_web_orders_daily, gold.mart_order_reconciliation: what became of the orders."""

from __future__ import annotations

from typing import Any

from tests.retail.lab import Row, build, rows_of, touched
from tests.retail.rows import order, report, sale


def refund(event_id: str, at: str, amount: str | None = None, order_id: str | None = "o", **more: Any) -> Row:
    return {**report(event_id, at, amount=amount, currency=None), "order_id": order_id, "told": "refunded", **more}


DAY, NEXT, LATER = "2026-03-02 10:00:00", "2026-03-03 10:00:00", "2026-03-20 10:00:00"
ORDERED = order("o", "2026-03-01 10:00:00")


def refunds(
    *reports: Row, columns: str = "refund_date, refund_amount, currency", orders: tuple[Row, ...] = (ORDERED,)
) -> list[tuple[Any, ...]]:
    """Rows in the order of the event ids."""
    inputs = {"gold.fct_order_reports": reports, "gold.fct_orders": orders}
    return build("gold.fct_refunds", columns, inputs)


def test_a_refund_counts_on_its_own_day_and_without_an_amount_for_the_whole_order() -> None:
    assert refunds(refund("a", LATER)) == [("2026-03-20", 100, "EUR")]
    assert refunds(refund("a", NEXT, "30")) == [("2026-03-03", 30, "EUR")]


def test_what_is_left_of_the_order_is_the_most_that_is_paid_back() -> None:
    amounts = "reported_amount, refund_amount"
    assert refunds(refund("a", DAY, "30"), refund("b", NEXT), columns=amounts) == [(30, 30), (None, 70)]
    assert refunds(refund("b", DAY), refund("a", NEXT, "30"), columns=amounts) == [(30, 0), (None, 100)]
    assert refunds(refund("a", DAY, "60"), refund("b", DAY, "60"), columns=amounts) == [(60, 60), (60, 40)]
    assert refunds(refund("a", DAY, "130"), columns=amounts) == [(130, 100)]


def test_a_cancellation_pays_back_all_that_is_left() -> None:
    cancelled = refund("b", LATER, told="cancelled")
    found = refunds(refund("a", DAY, "30"), cancelled, columns="kind, refund_date, refund_amount, is_whole")
    assert found == [("refund", "2026-03-02", 30, False), ("cancellation", "2026-03-20", 70, True)]


def test_products_without_prices_are_no_whole_order() -> None:
    found = refunds(refund("a", DAY, is_partial_unpriced=True), refund("b", NEXT), columns="refund_amount, is_whole")
    assert found == [(None, False), (100, True)]


def test_a_refund_without_its_order_is_kept() -> None:
    columns = "order_date, refund_amount, currency"
    rows = (refund("a", DAY, "5", "x", currency="SEK"), refund("b", DAY, None, "x"), refund("c", DAY, "7", None))
    assert refunds(*rows, columns=columns) == [(None, 5, "SEK"), (None, None, None), (None, 7, None)]
    unknown = order("o", DAY, None)
    assert refunds(refund("a", DAY), refund("b", DAY, "9"), orders=(unknown,), columns="refund_amount") == [
        (None,),
        (9,),
    ]


def test_a_refund_in_another_currency_is_not_compared_with_the_order() -> None:
    found = refunds(refund("a", DAY, "900", currency="SEK"), refund("b", NEXT))
    assert found == [("2026-03-02", 900, "SEK"), ("2026-03-03", 100, "EUR")]


def test_what_is_reported_is_in_the_currency_it_is_reported_in() -> None:
    columns = "reported_amount, reported_currency, refund_amount, currency"
    whole = refund("a", DAY, "900", told="cancelled", currency="SEK")
    assert refunds(whole, columns=columns) == [(900, "SEK", 100, "EUR")]
    assert refunds(refund("a", DAY, "30"), columns=columns) == [(30, None, 30, "EUR")]
    assert refunds(whole, columns=columns, orders=()) == [(900, "SEK", None, "SEK")]


def test_a_refund_reaches_the_later_ones_of_its_order() -> None:
    last = refund("z", LATER)
    found = touched("gold.fct_refunds", "gold.fct_order_reports", [last], [refund("a", DAY, "5"), last], {})
    # With the days of another zone that share an hour with them.
    assert found == ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-19", "2026-03-20", "2026-03-21"]
    reports = {"gold.fct_order_reports": [last, refund("b", NEXT, order_id="p")]}
    assert touched("gold.fct_refunds", "gold.fct_orders", [], [ORDERED], reports) == found[3:]


def test_a_day_has_what_was_ordered_and_what_was_paid_back_on_it() -> None:
    paid = {"refund_date": "2026-03-02", "refunded_at": DAY, "kind": "refund", "refund_amount": "30"}
    unknown = {"refund_amount": None, "reporting_refund_amount": None}
    paid |= {"currency": "EUR", "reporting_currency": "EUR", "reporting_refund_amount": "30"}
    found = build(
        "gold.agg_web_orders_daily",
        "*",
        {
            "gold.fct_orders": [
                order("a", DAY),
                order("b", DAY, "7", currency="SEK"),
                order("c", DAY, None),
                order("d", "2026-03-01 10:00:00", None, currency=None),
            ],
            "gold.fct_refunds": [
                {**paid, "event_id": "a"},
                {**paid, **unknown, "event_id": "b", "kind": "cancellation"},
                {**paid, "event_id": "c", "refund_date": "2026-03-04"},
            ],
        },
    )
    assert found == [
        ("2026-03-01", "unknown", 1, 1, 0, 0, 0, 0, 0, 0, None, 0),
        ("2026-03-02", "EUR", 2, 1, 100, 1, 1, 1, 30, 70, "EUR", 70),
        ("2026-03-02", "SEK", 1, 0, 7, 0, 0, 0, 0, 7, "SEK", 7),
        ("2026-03-04", "EUR", 0, 0, 0, 1, 0, 0, 30, -30, "EUR", -30),
    ]


def test_an_amount_without_a_rate_is_null_in_the_reporting_currency() -> None:
    orders = [{**order(hour, f"2026-03-02 {hour}:00:00"), "reporting_currency": "USD"} for hour in ("10", "11")]
    orders[1] |= {"reporting_revenue_amount": None}
    found = build("gold.agg_web_orders_daily", "net_amount, reporting_net_amount", {"gold.fct_orders": orders})
    assert found == [(200, None)]


def test_sales_of_the_web_shop_and_the_app_by_transaction() -> None:
    lines = [
        sale("o", "2026-03-02", 2, channel="web"),
        sale("o", "2026-03-02", -1, channel="web", line_number=2),
        sale("p", "2026-03-02", channel="app"),
        sale("q", "2026-03-02"),
    ]
    columns = "transaction_id, currency, line_count, net_amount, returned_amount"
    found = build("gold.fct_sold_orders", columns, {"gold.fct_sales": lines})
    assert found == [("o", "EUR", 1, 20, 10), ("p", "EUR", 1, 10, 0)]


def sold(order_id: str, day: str, net: str = "100", **more: Any) -> Row:
    plain = {"sold_date": day, "transaction_id": order_id, "currency": "EUR", "line_count": 1}
    return {**plain, "net_amount": net, "returned_amount": "0", **more}


def test_orders_and_sales_lines_are_explained_one_by_one() -> None:
    clicks = [
        order("1 same", DAY),
        order("2 other", DAY, "90"),
        order("3 currency", DAY, currency="SEK"),
        order("4 clicked", DAY),
        order("5 unknown", DAY, None),
        order("5a nor currency", DAY, None, currency=None),
        order("5b no currency", DAY, currency=None),
        order("5c clicked", DAY, currency=None),
        order("6 two currencies", DAY),
        order("7 two days", DAY),
    ]
    lines = [
        sold("1 same", "2026-03-01", returned_amount="20"),
        sold("2 other", "2026-03-02"),
        sold("3 currency", "2026-03-02"),
        sold("5 unknown", "2026-03-02"),
        sold("5a nor currency", "2026-03-02"),
        sold("5b no currency", "2026-03-02"),
        sold("6 two currencies", "2026-03-02"),
        sold("6 two currencies", "2026-03-02", currency="SEK"),
        sold("7 two days", "2026-03-02", "60"),
        sold("7 two days", "2026-03-04", "40"),
        sold("8 sold", "2026-03-04"),
        sold("9 returned", "2026-03-04", "0", returned_amount="30", line_count=0, return_count=1),
        sold("a charged", "2026-03-04", "0", line_count=0),
    ]
    inputs = {"gold.fct_orders": clicks, "gold.fct_sold_orders": lines}
    columns = "order_id, order_date, status, clicked_amount, sold_amount, returned_amount, difference_amount"
    day = "2026-03-02"
    assert build("gold.mart_order_reconciliation", columns, inputs) == [
        ("1 same", day, "matched", 100, 100, 20, 0),
        ("2 other", day, "different_amount", 90, 100, 0, -10),
        ("3 currency", day, "different_currency", 100, 100, 0, None),
        ("4 clicked", day, "only_clicked", 100, None, None, 100),
        ("5 unknown", day, "unknown_amount", None, 100, 0, None),
        ("5a nor currency", day, "unknown_amount", None, 100, 0, None),
        ("5b no currency", day, "unknown_currency", 100, 100, 0, None),
        ("5c clicked", day, "only_clicked", 100, None, None, 100),
        ("6 two currencies", day, "different_currency", 100, None, None, None),
        ("7 two days", day, "matched", 100, 100, 0, 0),
        ("8 sold", "2026-03-04", "only_sold", None, 100, 0, -100),
        ("9 returned", "2026-03-04", "only_returned", None, 0, 30, 0),
        ("a charged", "2026-03-04", "only_charged", None, 0, 0, 0),
    ]


def test_only_goods_that_came_back_make_a_transaction_returned() -> None:
    kinds = {
        "fee": ["fee"],
        "freight": ["shipping"],
        "both": ["return", "shipping"],
        "back": ["return"],
        "void": ["void"],
    }
    lines = [
        sale(name, "2026-03-02", -1 if kind == "return" else 1, line_number=number, line_type=kind, channel="web")
        for name, those in kinds.items()
        for number, kind in enumerate(those)
    ]
    inputs = {"gold.fct_sold_orders": rows_of("gold.fct_sold_orders", {"gold.fct_sales": lines})}
    assert dict(build("gold.mart_order_reconciliation", "order_id, status", inputs)) == {
        "back": "only_returned",
        "both": "only_returned",
        "fee": "only_charged",
        "freight": "only_charged",
        "void": "only_charged",
    }


def test_orders_of_the_largest_amount_that_anybody_can_post_stop_no_day() -> None:
    """A stranger can post what fits the type of an event; the sum of a day must fit, too."""
    orders = [order(each, DAY, "99999999999999.9999") for each in ("a", "b", "c")]
    amounts = "gross_amount::varchar, net_amount::varchar, reporting_net_amount::varchar"
    found = build("gold.agg_web_orders_daily", amounts, {"gold.fct_orders": orders})
    assert found == [("299999999999999.9997",) * 3]
