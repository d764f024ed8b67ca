"""Sentences beside an answer: why an amount is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from marketpulse.metrics.days import Period
from marketpulse.metrics.metric import Measured, Metric, Ratio
from marketpulse.metrics.question import Question
from marketpulse.serving.metrics.answer import Answer, Line, Value
from marketpulse.serving.metrics.coverage import Coverage
from marketpulse.serving.metrics.telling import notes

NET = Measured("net", "Net.", "money", source="gold.s", currency="currency", additive=True)
ORDERS = Measured("orders", "Orders.", "count", source="gold.s", additive=True)
EACH = Ratio("net_for_each", "Net of an order.", "money", numerator=NET, denominator=ORDERS)


def told(metric: Metric, *values: Value) -> tuple[str, ...]:
    """Notes of a metric beside orders, a line a value."""
    question = Question.of({"metrics": (metric.name, "orders")})
    lines = tuple(Line(None, (), "EUR", (value, 1)) for value in values)
    return notes(Answer((metric, ORDERS), question, lines, None, None), [])


def test_an_amount_is_not_known_where_one_of_its_parts_is_not() -> None:
    assert told(NET, 5.0, None) == ("Net is not known in 1 line: an amount there is not (a missing rate)",)
    assert told(NET, 5.0) == ()


def test_nothing_to_divide_by_is_no_missing_rate() -> None:
    why = "there is nothing to divide by, or an amount there is not (a missing rate)"
    assert told(EACH, None, None) == (f"Net for each is not known in 2 lines: {why}",)


def test_days_that_both_sides_of_a_ratio_lack_are_told_once() -> None:
    first, last = date(2026, 3, 1), date(2026, 3, 3)
    sides = [replace(each, source=f"gold.{each.name}", time="day") for each in (NET, ORDERS)]
    each = replace(EACH, numerator=sides[0], denominator=sides[1])
    covered = [Coverage(side.dated, {first: 1, last: 1}, last) for side in sides]
    answer = Answer((each,), Question.of({"metrics": ["net_for_each"]}), (), Period(first, last))
    assert notes(answer, covered) == ("Net for each: nothing on 1 of 3 days: 2026-03-02",)
