"""What of a question is refused before a table is looked at."""

from __future__ import annotations

import pytest

from marketpulse.errors import UsageError
from marketpulse.metrics.metric import Calendar, Entity, Measured
from marketpulse.metrics.question import Question
from marketpulse.metrics.refusing import condition_of, refuse

WEEKS = Calendar(Entity("calendar", "gold.dim_date", "day"), {"4-5-4": "week_start"})
ORDERS = Measured("orders", "Orders.", "count", source="gold.s", time="day", calendar=WEEKS)


@pytest.mark.parametrize("grain", ["day", "year", "4-5-4"])
def test_a_grain_is_everybodys_or_of_the_calendar(grain: str) -> None:
    refuse(Question(("orders",), grain=grain), [ORDERS])


@pytest.mark.parametrize(
    ("grain", "hint"),
    [
        ("Day", "did you mean day?"),
        ("4-5-5", "did you mean 4-5-4?"),
        ("fiscal", "one of day, week, month, quarter, year, 4-5-4"),
    ],
)
def test_any_other_grain_is_told_with_what_is_nearly_it(grain: str, hint: str) -> None:
    with pytest.raises(UsageError, match=f"there is no grain '{grain}'") as refused:
        refuse(Question(("orders",), grain=grain), [ORDERS])
    assert refused.value.hint == hint


@pytest.mark.parametrize("condition", ["", "  "])
def test_an_empty_condition_is_none(condition: str) -> None:
    with pytest.raises(UsageError, match="the condition is empty"):
        condition_of(Question(("orders",), where=condition), [ORDERS])
