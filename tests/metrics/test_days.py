"""Days and periods, and what each is compared with."""

from __future__ import annotations

from datetime import date

import pytest

from marketpulse.errors import UsageError
from marketpulse.metrics.days import Period, back, compared, day_of, end_of, month_of, start_of, starts, units_to

D = date.fromisoformat


def period(text: str, to_date: str | None = None) -> Period:
    first, last = text.split("..")
    return Period(D(first), D(last), to_date)


@pytest.mark.parametrize(
    ("length", "first"),
    [
        ("1d", "2026-03-31"),
        ("28d", "2026-03-04"),
        ("4w", "2026-03-04"),
        ("2 Weeks", "2026-03-18"),
        ("1m", "2026-03-01"),
        ("1 year", "2025-04-01"),
    ],
)
def test_a_length_goes_back_from_the_last_day(length: str, first: str) -> None:
    assert back(length, D("2026-03-31")) == Period(D(first), D("2026-03-31"))


@pytest.mark.parametrize(
    "wrong",
    ["", "0d", "-1d", "28", "d", "2 fortnights", "9 decades", "5min", "3mo", "２d", "99999d", "9999y", "101y"],
)
def test_what_is_no_length_is_refused(wrong: str) -> None:
    with pytest.raises(UsageError):
        back(wrong, D("2026-03-31"))


@pytest.mark.parametrize(
    ("call", "wrong"),
    [(month_of, "2026-13"), (month_of, "March"), (day_of, "2026-02-30"), (day_of, "0001-01-01"), (month_of, "9999-12")],
)
def test_what_is_no_month_and_no_day_is_refused(call: object, wrong: str) -> None:
    with pytest.raises(UsageError, match="is no"):
        call(wrong)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("days", "how", "expected"),
    [
        ("2026-03-08..2026-03-08", "previous", "2026-03-07..2026-03-07"),
        ("2026-03-04..2026-03-31", "previous", "2026-02-04..2026-03-03"),
        ("2026-03-01..2026-03-31", "previous", "2026-02-01..2026-02-28"),
        ("2026-01-01..2026-03-31", "previous", "2025-10-01..2025-12-31"),
        ("2026-02-01..2026-02-28", "month", "2026-01-01..2026-01-31"),
        ("2024-02-01..2024-02-29", "year", "2023-02-01..2023-02-28"),
        ("2026-03-30..2026-03-31", "month", "2026-02-28..2026-02-28"),
        ("2026-03-08..2026-03-14", "week", "2026-03-01..2026-03-07"),
        ("2026-03-08..2026-03-08", "same-weekday", "2025-03-09..2025-03-09"),
        ("2026-03-01..2026-03-01", "day", "2026-02-28..2026-02-28"),
        ("2026-03-08..2026-03-10", "year", "2025-03-08..2025-03-10"),
    ],
)
def test_what_days_are_compared_with(days: str, how: str, expected: str) -> None:
    assert compared(period(days), how) == period(expected)


@pytest.mark.parametrize(
    ("unit", "days", "expected"),
    [
        ("week", "2026-03-09..2026-03-11", "2026-03-02..2026-03-04"),
        ("month", "2026-03-01..2026-03-11", "2026-02-01..2026-02-11"),
        ("month", "2026-03-01..2026-03-30", "2026-02-01..2026-02-28"),
        ("quarter", "2026-04-01..2026-04-03", "2026-01-01..2026-01-03"),
        ("year", "2026-01-01..2026-03-08", "2025-01-01..2025-03-08"),
        ("year", "2024-01-01..2024-03-15", "2023-01-01..2023-03-15"),
        ("year", "2025-01-01..2025-03-15", "2024-01-01..2024-03-15"),
    ],
)
def test_days_to_date_are_compared_with_as_many_of_the_unit_before(unit: str, days: str, expected: str) -> None:
    assert compared(period(days, unit), "previous") == period(expected, unit)


@pytest.mark.parametrize(
    ("count", "unit", "last", "expected", "before"),
    [
        (2, "week", "2026-03-11", "2026-03-02..2026-03-11", "2026-02-16..2026-02-25"),
        (4, "week", "2027-02-28", "2027-02-01..2027-02-28", "2027-01-04..2027-01-31"),  # a month by chance
        (3, "month", "2026-03-11", "2026-01-01..2026-03-11", "2025-10-01..2025-12-11"),
        (3, "month", "2026-03-31", "2026-01-01..2026-03-31", "2025-10-01..2025-12-31"),
        (1, "month", "2026-03-30", "2026-03-01..2026-03-30", "2026-02-01..2026-02-28"),
        (2, "quarter", "2026-05-15", "2026-01-01..2026-05-15", "2025-07-01..2025-11-14"),
        (2, "year", "2026-05-15", "2025-01-01..2026-05-15", "2023-01-01..2024-05-15"),
    ],
)
def test_so_many_weeks_and_months_are_compared_with_as_many(
    count: int, unit: str, last: str, expected: str, before: str
) -> None:
    within = Period(start_of(D(last), unit), end_of(D(last), unit))
    found = units_to(count, within, unit, D(last))
    assert (str(found), str(compared(found, "previous"))) == (str(period(expected)), str(period(before)))


def test_units_begin_and_end() -> None:
    day = D("2024-02-29")
    assert [start_of(day, grain) for grain in ("day", "week", "month", "quarter", "year")] == [
        day, D("2024-02-26"), D("2024-02-01"), D("2024-01-01"), D("2024-01-01"),
    ]  # fmt: skip
    assert end_of(day, "week") == D("2024-03-03")
    assert end_of(day, "quarter") == D("2024-03-31")
    assert list(starts(period("2024-02-29..2024-03-01"), "month")) == [D("2024-02-01"), D("2024-03-01")]
