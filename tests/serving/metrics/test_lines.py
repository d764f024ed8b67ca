"""Cells as lines: what there is of no currency where others have one, and which come first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from marketpulse.metrics.days import Period
from marketpulse.metrics.metric import Measured, Ratio
from marketpulse.metrics.question import Question
from marketpulse.serving.metrics.coverage import Coverage
from marketpulse.serving.metrics.lines import Found, Whole, laid_out
from marketpulse.serving.metrics.reading import Cells, Key

DAY, BEFORE = date(2026, 3, 4), date(2026, 3, 3)
ORDERS = Measured("orders", "Orders.", "count", source="gold.s", time="day", additive=True, is_zero=True)
NET = Measured("net", "Net.", "money", source="gold.s", time="day", currency="currency", additive=True)


def currencies(cells: Cells, before: Cells) -> list[str | None]:
    """Of the lines of a day beside the day before."""
    period, sooner = Period(DAY, DAY), Period(BEFORE, BEFORE)
    question = Question.of({"metrics": ("orders", "net"), "compare": "previous"})
    whole = Whole((ORDERS, NET), question, period, [Coverage(("gold.s", "day", None, None), {DAY: 2}, DAY)])
    return [line.currency for line in laid_out(whole, Found(cells, before), sooner)]


def test_days_without_rows_add_no_line_of_no_currency() -> None:
    cells, nothing = {Key(None, (), "EUR"): (2, 5.0), Key(None, (), "USD"): (1, 7.0)}, {Key(None, (), None): (0, None)}
    assert currencies(cells, nothing) == ["EUR", "USD"]
    assert currencies(nothing, nothing) == [None]


def test_what_is_of_no_currency_has_a_line_of_its_own() -> None:
    cells = {Key(None, (), "EUR"): (2, 5.0), Key(None, (), None): (1, None)}
    assert currencies(cells, {}) == ["EUR", None]


def ordered(cells: Cells, before: Cells | None = None, **asked: Any) -> list[tuple[Any, ...]]:
    """Lines of two metrics as (period, members…, currency)."""
    metrics = [Measured(name, "", "money", source="gold.t", currency="currency") for name in ("revenue", "cost")]
    question = Question.of({"metrics": ["revenue", "cost"], **asked})
    found = laid_out(Whole(metrics, question, None, []), Found(cells, before or {}), None)
    return [(*([line.period.day] if line.period else []), *line.members, line.currency) for line in found]


def test_the_largest_come_first_and_lines_of_nothing_last() -> None:
    cells: Cells = {Key(None, (channel,), "GBP"): (0, None) for channel in ("ads", "mail", "shop")}
    cells |= {Key(None, ("ads",), "EUR"): (7, 1), Key(None, ("mail",), "EUR"): (9, 1)}
    cells |= {
        Key(None, ("ads",), "USD"): (90, 1),
        Key(None, ("mail",), "USD"): (10, 0),
        Key(None, ("x",), "USD"): (0, 0),
    }
    assert ordered(cells, by=["channel"]) == [
        ("ads", "USD"), ("mail", "USD"), ("mail", "EUR"), ("ads", "EUR"),
        ("x", "USD"), ("ads", "GBP"), ("mail", "GBP"), ("shop", "GBP"),
    ]  # fmt: skip


def test_a_line_that_had_something_before_is_not_of_nothing() -> None:
    cells: Cells = {
        Key(None, ("a",), "USD"): (0, 0),
        Key(None, ("b",), "USD"): (0, 0),
        Key(None, ("c",), "EUR"): (0, 4),
    }
    before: Cells = {Key(None, ("b",), "USD"): (3, 0)}
    assert ordered(cells, before, by=["channel"]) == [("c", "EUR"), ("b", "USD"), ("a", "USD")]


def test_of_lines_with_one_value_the_next_metric_says_which_comes_first() -> None:
    cells: Cells = {Key(None, (each,), "USD"): (5, cost) for each, cost in (("a", 1), ("b", None), ("c", 7), ("d", 1))}
    assert [line[0] for line in ordered(cells, by=["channel"])] == ["c", "a", "d", "b"]


def test_currencies_have_one_order_on_every_day() -> None:
    cells: Cells = {Key(date(2026, 3, 1), (), "EUR"): (5, 0), Key(date(2026, 3, 1), (), "USD"): (0, 0)}
    cells |= {Key(date(2026, 3, 2), (), "EUR"): (5, 0), Key(date(2026, 3, 2), (), "USD"): (50, 0)}
    assert ordered(cells, grain="day") == [(1, "USD"), (1, "EUR"), (2, "USD"), (2, "EUR")]


def test_parts_by_currency_are_of_all_for_a_count_and_of_its_own_for_an_amount() -> None:
    counted = Measured("counted", "", "count", source="gold.t", currency="currency", additive=True)
    whole: Cells = {Key(None, (), "EUR"): (3, 50.0, 8), Key(None, (), "USD"): (1, 80.0, 8)}
    for by, shares in (
        (["currency"], {"EUR": (0.75, 1, 1), "USD": (0.25, 1, 1)}),
        ([], {"EUR": (1, 1, 1), "USD": (1, 1, 1)}),
    ):
        question = Question.of({"metrics": ["counted", "net", "orders"], "by": by, "share": True})
        found = laid_out(Whole((counted, NET, ORDERS), question, None, []), Found(whole, whole=whole), None)
        assert {line.currency: line.shares for line in found} == shares


def test_what_is_no_more_stands_in_the_period_beside_which_it_was() -> None:
    cells: Cells = {Key(DAY, ("web",), None): (2, None)}
    before: Cells = {
        Key(BEFORE, ("shop",), None): (5, None), Key(BEFORE, ("none",), None): (0, 0),
        Key(DAY, ("none",), None): (7, 7),
    }  # fmt: skip
    now, then = Period(DAY, DAY), Period(BEFORE, BEFORE)
    question = Question.of({"metrics": ["orders", "net"], "by": ["channel"], "grain": "day", "compare": "day"})
    whole = Whole((ORDERS, NET), question, now, [])
    found = laid_out(whole, Found(cells, before, {}, {}, [now], [then], {DAY: BEFORE}), then)
    assert [(line.period, *line.members, line.before[0]) for line in found] == [(DAY, "web", None), (DAY, "shop", 5)]


@pytest.mark.parametrize(("there", "value"), [(DAY, 0.0), (BEFORE, None)])
def test_nothing_of_a_source_that_did_not_come_is_not_0_of_another(there: date, value: float | None) -> None:
    each = Ratio("each", "", "share", numerator=replace(ORDERS, source="gold.late"), denominator=ORDERS)
    covered = [
        Coverage(("gold.s", "day", None, None), {DAY: 2}, DAY),
        Coverage(("gold.late", "day", None, None), {there: 2}, DAY),
    ]
    whole = Whole((each,), Question.of({"metrics": ["each"]}), Period(DAY, DAY), covered)
    (line,) = laid_out(whole, Found({Key(None, (), None): (0.0,)}), None)
    assert line.values == (value,)
