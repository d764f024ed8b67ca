"""gold.fct_order_reports and gold.fct_orders: one order is one order for ever."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from tests.retail.lab import Row, build, touched
from tests.retail.rows import report, track

ORDER = "order_id, order_date, ordered_at, visitor_id, visit_event_id, user_id, revenue_amount, currency"


def orders(*reports: Row, columns: str = ORDER) -> list[tuple[Any, ...]]:
    return build("gold.fct_orders", columns, {"gold.fct_order_reports": reports})


def test_an_order_is_one_order_whenever_it_is_reported_again() -> None:
    days = ("2026-03-02 10:01:00", "2026-03-05 10:00:00", "2026-03-20 10:00:00", "2027-04-06 10:00:00")
    again = [report(f"r{n}", at, amount=str(n)) for n, at in enumerate(days)]
    first = report("z", "2026-03-02 10:00:00")
    expected = [("o", "2026-03-02", "2026-03-02 10:00:00", "v", "z", None, 100, "EUR")]
    for rows in list(permutations((first, *again)))[::17]:
        assert orders(*rows) == expected


def test_reports_of_one_moment_are_told_apart_by_their_ids() -> None:
    at = "2026-03-02 10:00:00"
    assert orders(report("b", at, amount="2"), report("a", at, amount="1"), columns="revenue_amount") == [(1,)]


def test_the_revenue_is_the_first_that_was_told_with_its_currency() -> None:
    found = orders(
        report("a", "2026-03-02 10:00:00", amount=None, currency=None),
        report("b", "2026-03-05 10:00:00", amount="7", currency="SEK"),
        report("c", "2026-03-06 10:00:00", amount="8"),
        report("d", "2026-03-06 10:00:00", "unknown", amount=None, currency="EUR"),
        report("e", "2026-03-06 10:00:00", "where", currency=None),
        columns="order_id, order_date, revenue_amount, currency, reporting_currency, reporting_revenue_amount",
    )
    assert found == [
        ("o", "2026-03-02", 7, "SEK", "SEK", 7),
        ("unknown", "2026-03-06", None, "EUR", "EUR", None),
        ("where", "2026-03-06", 100, None, None, 100),
    ]


def test_server_and_browser_report_one_order_together() -> None:
    server = report("s", "2026-03-02 23:59:00", visitor_id="c", is_in_visit=False, user_id="c")
    browser = report("b", "2026-03-03 00:02:00")
    late = report("l", "2026-03-03 10:00:00", visitor_id="w", user_id="d")
    at = ("2026-03-02", "2026-03-02 23:59:00")
    assert orders(late, server, browser) == [("o", *at, "v", "b", "c", 100, "EUR")]
    assert orders(late, server) == [("o", *at, "c", None, "c", 100, "EUR")]


def test_refunds_are_no_reports_of_an_order() -> None:
    assert orders(report("a", "2026-03-02 10:00:00", told="refunded")) == []


def moved(before: list[Row], after: list[Row]) -> list[Any]:
    return touched("gold.fct_orders", "gold.fct_order_reports", before, after, {})


FIRST, AGAIN = report("a", "2026-03-02 10:00:00"), report("b", "2026-03-05 10:00:00")


def test_a_report_that_changes_nothing_builds_nothing() -> None:
    assert moved([FIRST], [FIRST, AGAIN]) == []
    assert moved([FIRST], [FIRST, report("c", "2026-03-09 10:00:00", told="refunded")]) == []


#: 2 and 5 March, and the days of another zone that share an hour with them.
AROUND = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"]


def test_a_report_from_before_takes_the_order_to_its_day_and_out_of_the_other() -> None:
    assert moved([AGAIN], [FIRST, AGAIN]) == AROUND


def test_a_revenue_that_was_not_known_reaches_the_order() -> None:
    silent = {**FIRST, "amount": None}
    assert moved([silent], [silent, AGAIN]) == AROUND


def test_reports_tell_what_became_of_an_order_and_in_which_visit() -> None:
    sent = {"anonymous_id": None, "user_id": "c", "visitor_id": "c"}
    found = build(
        "gold.fct_order_reports",
        "event_id, told, order_id, visitor_id, is_in_visit, amount, is_partial_unpriced",
        {
            "silver.clicks": [
                track("a", "10:00:00", "Order Completed", order_id="o", revenue_amount="5"),
                track("b", "10:00:00", "Order Completed"),
                track("c", "10:00:00", "Order Completed", order_id="o", revenue_amount="5", **sent),
                track("d", "10:00:00", "Order Refunded", order_id="o", refund_amount="-2", **sent),
                track("e", "10:00:00", "Order Refunded", properties='{"products": [{"product_id": "p"}]}'),
                track("f", "10:00:00", "Order Refunded", properties='{"products": []}', order_id="o"),
                track("g", "10:00:00", "Order Cancelled", order_id="o"),
                track("h", "10:00:00", "Checkout Started", order_id="o"),
            ],
            "gold.fct_server_events": [{"event_id": "c", "event_date": "2026-03-02", "visitor_id": "v"}],
        },
    )
    assert found == [
        ("a", "completed", "o", "v", True, 5, False),
        ("c", "completed", "o", "v", True, 5, False),
        ("d", "refunded", "o", "c", False, 2, False),
        ("e", "refunded", None, "v", True, None, True),
        ("f", "refunded", "o", "v", True, None, False),
        ("g", "cancelled", "o", "v", True, None, False),
    ]
