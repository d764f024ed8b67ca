"""The headlines of the pack: what is not known is not a smaller sum, and currencies are not compared."""

from __future__ import annotations

from typing import Any

from tests.retail.lab import Row, answer, noted

TOUCHES = "Revenue by first and by last touch"


def credit(channel: str, model: str, amount: float | None, currency: str = "EUR", share: float = 1) -> Row:
    """A row of gold.mart_attribution."""
    return {"channel": channel, "model": model, "currency": currency, "credit": share, "credit_amount": amount}


def credits_by_touch(*rows: Row) -> list[tuple[Any, ...]]:
    """The headline's rows."""
    return answer(TOUCHES, {"gold.mart_attribution": rows})


def test_one_unknown_amount_leaves_a_channels_revenue_open_where_it_has_a_share() -> None:
    found = credits_by_touch(
        credit("email", "first", 10),
        credit("email", "first", None),
        credit("email", "last", 10),
        credit("email", "last", None, share=0),
        credit("social", "first", 0, share=0),
        credit("social", "last", 5),
        credit("social", "linear", 99),
    )
    assert found == [("email", "EUR", None, 10), ("social", "EUR", 0, 5)]


def test_channels_are_ranked_within_their_currency() -> None:
    yen = [credit(f"c{n}", "last", 1000 * n, "JPY") for n in range(1, 9)]
    found = credits_by_touch(credit("email", "last", 1), *yen)
    assert [row[:2] for row in found] == [("email", "EUR"), *((f"c{n}", "JPY") for n in range(8, 2, -1))]


def test_a_shop_without_clicks_has_its_last_day() -> None:
    day = {"sold_date": "2026-03-02", "currency": "EUR", "reporting_currency": "EUR", "order_count": 2, "unit_count": 3}
    rows = [{**day, "store_id": "a", "reporting_net_amount": 10}, {**day, "store_id": "b", "reporting_net_amount": 5}]
    assert answer("Last full day", {"gold.agg_orders_daily": rows}) == [("2026-03-02", "EUR", 15, 6, 4)]


def spent(channel: str, cost: float | None, revenue: float, day: str = "2026-03-02", model: str = "last") -> Row:
    """A row of gold.mart_channel_performance."""
    plain = {"activity_date": day, "channel": channel, "model": model, "currency": "EUR", "cost_amount": cost}
    return {**plain, "visit_count": 2, "order_count": 1, "revenue_amount": revenue}


def test_a_cost_without_a_rate_leaves_the_channels_cost_open_and_is_counted() -> None:
    rows = [
        spent("email", 5, 20),
        spent("email", 5, 0, day="2026-03-03"),
        spent("unknown", 7, 0),
        spent("unknown", None, 0, day="2026-03-03"),
        spent("direct", 0, 90),
        spent("email", 9, 9, model="first"),
    ]
    found = answer("What marketing cost and brought, by last touch", {"gold.mart_channel_performance": rows})
    assert found == [("email", "EUR", 10, 0, 4, 2, 20, 2), ("unknown", "EUR", None, 1, 4, 2, 0, None)]


def test_a_missing_rate_is_told_with_its_currency_its_rows_and_its_first_day() -> None:
    plain = {"line_number": 1, "reporting_currency": "EUR"}
    days = [
        ("SEK", "2026-03-02", None),
        ("SEK", "2026-03-01", None),
        ("JPY", "2026-03-03", None),
        ("EUR", "2026-02-01", 5),
    ]
    rows = [
        {**plain, "transaction_id": str(n), "currency": code, "sold_date": day, "reporting_net_amount": amount}
        for n, (code, day, amount) in enumerate(days)
    ]
    assert [row[0].split(". ")[0] for row in noted("Last full day", {"gold.fct_sales": rows})] == [
        "lines without an exchange rate from JPY into EUR: 1, the first of 2026-03-03",
        "lines without an exchange rate from SEK into EUR: 2, the first of 2026-03-01",
    ]


def test_an_order_without_a_currency_has_no_missing_rate() -> None:
    order = {"order_id": "o", "order_date": "2026-03-02", "revenue_amount": 5, "reporting_currency": "EUR"}
    rows = [order, {**order, "order_id": "p", "currency": "SEK"}, {**order, "order_id": "q", "revenue_amount": None}]
    (found,) = noted(TOUCHES, {"gold.fct_orders": rows})
    assert found[0].startswith("orders without an exchange rate from SEK into EUR: 1, the first of 2026-03-02. ")
