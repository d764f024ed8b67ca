"""What can be asked, and what contradicts itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from marketpulse.errors import UsageError
from marketpulse.metrics.days import Period
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
        {"grain": "week", "everything": True, "compare": "previous"},
        {"top": 3},
        {"top": 3, "by": "currency", "grain": "day"},
    ],
)
def test_what_contradicts_itself_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Question.of({"metrics": ["orders"], **wrong})


@pytest.mark.parametrize(
    ("last", "grain", "within", "expected"),
    [
        ("2w", "week", "2026-03-09..2026-03-15", "2026-03-02 to 2026-03-11"),
        ("2w", "4-5-4", "2026-03-08..2026-03-14", "2026-03-01 to 2026-03-11"),
        ("2w", "4-5-4-month", "2026-03-01..2026-04-04", "2026-02-26 to 2026-03-11"),
        ("2m", "month", "2026-03-01..2026-03-31", "2026-02-01 to 2026-03-11"),
        ("2w", "month", "2026-03-01..2026-03-31", "2026-02-26 to 2026-03-11"),
        ("2d", "day", "2026-03-11..2026-03-11", "2026-03-10 to 2026-03-11"),
    ],
)
def test_a_length_in_the_grain_is_of_whole_periods_up_to_the_newest_day(
    last: str, grain: str, within: str, expected: str
) -> None:
    first, last_day = map(date.fromisoformat, within.split(".."))
    asked = Question(("orders",), span=Span(last=last), grain=grain)
    assert str(asked.period(OLDEST, NEWEST, Period(first, last_day))) == expected


def test_the_day_before_is_that_of_one_day() -> None:
    for given in ({"last": "1d"}, {"last": "3d", "grain": "day"}, {"last": "3d", "rolling": 7}):
        assert Question.of({"metrics": ["orders"], "compare": "day", **given}).period(OLDEST, NEWEST).last == NEWEST
    for given in ({"last": "3d"}, {"last": "2w", "grain": "week"}):
        with pytest.raises(UsageError, match="the day before is that of one day") as refused:
            Question.of({"metrics": ["orders"], "compare": "day", **given}).period(OLDEST, NEWEST)
        assert "--grain day" in (refused.value.hint or "")


def test_a_year_before_a_week_is_52_weeks_before() -> None:
    assert Question.of({"metrics": ["orders"], "compare": "year", "grain": "week"}).compare == "same-weekday"
    assert Question.of({"metrics": ["orders"], "compare": "year", "grain": "month"}).compare == "year"


@pytest.mark.parametrize(("grain", "told"), [("week", "--compare week"), ("quarter", "--last 4q"), ("4-5-4", "week")])
def test_nothing_is_before_all_days(grain: str, told: str) -> None:
    with pytest.raises(UsageError, match="nothing is before all the days") as refused:
        Question.of({"metrics": ["orders"], "compare": "previous", "grain": grain, "everything": True})
    assert told in (refused.value.hint or "")


def test_the_first_day_comes_first() -> None:
    with pytest.raises(UsageError, match="is after"):
        Span(first_day="2026-03-10", last_day="2026-03-09").period(OLDEST, NEWEST)


@pytest.mark.parametrize(
    ("given", "told"),
    [({"first_day": "2099-01-01"}, "from 2099-01-01 on"), ({"last_day": "1999-12-31"}, "up to 1999-12-31")],
)
def test_days_beyond_those_there_are_name_no_day_that_nobody_typed(given: dict[str, str], told: str) -> None:
    with pytest.raises(UsageError, match=f"there is no day {told}") as refused:
        Span(**given).period(OLDEST, NEWEST)
    assert refused.value.hint == f"the days there are: {OLDEST} to {NEWEST}"


def test_an_empty_word_asks_for_nothing() -> None:
    assert Question.of({"metrics": ["a"], "grain": "", "compare": "", "last": ""}) == Question(("a",))


def test_a_question_is_made_of_what_a_file_says() -> None:
    found = Question.of({"metrics": ["a", "b"], "by": ["c"], "last": "7d", "grain": None, "top": 3})
    assert found == Question(("a", "b"), ("c",), Span(last="7d"), top=3)
