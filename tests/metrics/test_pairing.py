"""What stands beside a period has the same days, so much earlier; else nobody sets the two beside each other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketpulse.errors import UsageError
from marketpulse.metrics.days import COMPARISONS, Period, compared, end_of, start_of, starts
from marketpulse.metrics.pairing import paired

D = date.fromisoformat


def pairs(days: str, grain: str, how: str, to_date: str | None = None) -> dict[str, str]:
    first, _, last = days.partition("..")
    now = Period(D(first), D(last), to_date)
    then = compared(now, how)
    cut = [[Period(day, end_of(day, grain)) for day in starts(each, grain)] for each in (now, then)]
    return {str(day): str(other) for day, other in paired(grain, how, (now, then), *cut).items()}


@pytest.mark.parametrize(
    ("days", "grain", "how"),
    [
        ("2024-03-04..2024-03-31", "week", "year"),  # a week beside the one day of a week that 28 days a year ago have
        ("2024-03-02..2024-03-29", "month", "previous"),
        ("2024-03-09..2024-04-07", "week", "previous"),
        ("2024-03-01..2024-03-31", "month", "same-weekday"),
        ("2024-01-01..2024-03-31", "quarter", "month"),
        ("2024-03-01..2024-03-31", "week", "month"),
    ],
)
def test_weeks_and_months_that_do_not_fall_on_each_other_are_refused(days: str, grain: str, how: str) -> None:
    with pytest.raises(UsageError, match="cannot be set beside each other"):
        pairs(days, grain, how)


def test_what_falls_on_each_other_stands_beside_it() -> None:
    weeks = {"2024-03-04": "2023-03-06", "2024-03-11": "2023-03-13"}
    assert pairs("2024-03-04..2024-03-17", "week", "same-weekday") == weeks
    assert pairs("2024-03-06..2024-03-15", "week", "same-weekday") == weeks  # parts of weeks beside the same parts
    assert pairs("2024-02-01..2024-02-29", "month", "year") == {"2024-02-01": "2023-02-01"}
    assert pairs("2024-02-01..2024-03-31", "month", "previous") == {
        "2024-02-01": "2023-12-01", "2024-03-01": "2024-01-01",
    }  # fmt: skip
    assert pairs("2024-03-18..2024-03-31", "week", "previous") == {
        "2024-03-18": "2024-03-04", "2024-03-25": "2024-03-11",
    }  # fmt: skip
    assert pairs("2024-04-01..2024-04-07", "month", "previous", "month") == {"2024-04-01": "2024-03-01"}


def test_days_of_longer_months_and_leap_days_have_none() -> None:
    found = pairs("2024-01-01..2024-03-15", "day", "previous", "year")
    assert (found["2024-03-15"], "2024-02-29" in found) == ("2023-03-15", False)
    found = pairs("2024-03-01..2024-03-31", "day", "previous")
    assert (found["2024-03-29"], "2024-03-30" in found) == ("2024-02-29", False)
    assert pairs("2024-04-01..2024-05-15", "day", "previous", "quarter")["2024-05-15"] == "2024-02-14"


@given(
    st.dates(D("2019-01-01"), D("2029-01-01")), st.integers(0, 120), st.sampled_from(COMPARISONS),
    st.sampled_from(("week", "month", "quarter", "year")), st.sampled_from((None, "week", "month", "quarter", "year")),
)  # fmt: skip
def test_whatever_stands_beside_each_other_has_as_many_days_or_is_whole(
    last: date, days: int, how: str, grain: str, to_date: str | None
) -> None:
    now = Period(start_of(last, to_date) if to_date else last - timedelta(days=days), last, to_date)
    then = compared(now, how)
    cut = [[Period(day, end_of(day, grain)) for day in starts(each, grain)] for each in (now, then)]
    try:
        found = paired(grain, how, (now, then), *cut)
    except UsageError:
        return
    ends = {each.first: each for side in cut for each in side}
    assert set(found.values()) == {each.first for each in cut[1]}  # nothing that is compared is left out
    for one, other in found.items():
        here, there = ends[one].within(now), ends[other].within(then)
        is_whole = here == ends[one] and there == ends[other]
        assert is_whole or abs(here.days - there.days) <= 3
        assert is_whole or here.days == there.days or how in ("month", "year") or to_date
