"""Cells as lines: what there is of no currency where others have one."""

from __future__ import annotations

from datetime import date

from marketpulse.metrics.days import Period
from marketpulse.metrics.metric import Measured
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
    whole = Whole((ORDERS, NET), question, period, [Coverage("gold.s", {DAY: 2}, DAY)])
    return [line.currency for line in laid_out(whole, Found(cells, before), sooner)]


def test_days_without_rows_add_no_line_of_no_currency() -> None:
    cells, nothing = {Key(None, (), "EUR"): (2, 5.0), Key(None, (), "USD"): (1, 7.0)}, {Key(None, (), None): (0, None)}
    assert currencies(cells, nothing) == ["EUR", "USD"]
    assert currencies(nothing, nothing) == [None]


def test_what_is_of_no_currency_has_a_line_of_its_own() -> None:
    cells = {Key(None, (), "EUR"): (2, 5.0), Key(None, (), None): (1, None)}
    assert currencies(cells, {}) == [None, "EUR"]
