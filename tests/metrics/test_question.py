"""What can be asked, and what contradicts itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from marketpulse.errors import UsageError
from marketpulse.metrics.question import Question, Span

OLDEST, NEWEST = date(2026, 1, 5), date(2026, 3, 11)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ({}, "2026-02-12 to 2026-03-11"),
        ({"last": "1w"}, "2026-03-05 to 2026-03-11"),
        ({"to_date": "quarter"}, "2026-01-01 to 2026-03-11"),
        ({"month": "2025-12"}, "2025-12-01 to 2025-12-31"),
        ({"first_day": "2026-03-10"}, "2026-03-10 to 2026-03-11"),
        ({"last_day": "2026-02-01"}, "2026-01-05 to 2026-02-01"),
        ({"everything": True}, "2026-01-05 to 2026-03-11"),
    ],
)
def test_a_span_is_of_the_days_there_are(span: dict[str, Any], expected: str) -> None:
    assert str(Span(**span).period(OLDEST, NEWEST)) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"last": "1w", "month": "2026-03"},
        {"first_day": "2026-03-10", "everything": True},
        {"to_date": "fortnight"},
        {"compare": "others"},
        {"rolling": 7, "grain": "week"},
        {"metrics": []},
    ],
)
def test_what_contradicts_itself_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Question.of({"metrics": ["orders"], **wrong})


def test_the_first_day_comes_first() -> None:
    with pytest.raises(UsageError, match="is after"):
        Span(first_day="2026-03-10", last_day="2026-03-09").period(OLDEST, NEWEST)


def test_a_question_is_made_of_what_a_file_says() -> None:
    found = Question.of({"metrics": ["a", "b"], "by": ["c"], "last": "7d", "grain": None, "top": 3})
    assert found == Question(("a", "b"), ("c",), Span(last="7d"), top=3)
