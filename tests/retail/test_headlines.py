"""The headlines of the pack: numbers are metrics, and what is not known is told beside them."""

from __future__ import annotations

from marketpulse.metrics.compiling import compiled, is_apart
from marketpulse.metrics.refusing import refuse
from marketpulse.metrics.rows import Asked
from tests.retail.lab import noted, packaged

TOUCHES = "Revenue by first and by last touch"


def test_each_asks_for_metrics_that_can_be_asked_so() -> None:
    known = packaged().metrics[0]
    for question in packaged().headlines:
        assert question.problem is None
        assert question.asked is not None, "a number is said once, by its metric"
        metrics = [known.find(name) for name in question.asked.metrics]
        refuse(question.asked, metrics)
        compiled(metrics, Asked(by=question.asked.by, apart=is_apart(metrics, question.asked.by)))


def test_there_is_a_trend_by_channel() -> None:
    asked = [question.asked for question in packaged().headlines if question.asked]
    assert [each.metrics for each in asked if each.cut and "channel" in each.by] == [("orders",)]


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
