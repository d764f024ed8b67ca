"""Days and periods: what `28d`, `2026-03` or month to date is, and which days each is compared with."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from marketpulse.errors import UsageError

#: What a period is compared with.
COMPARISONS = ("previous", "day", "week", "month", "year", "same-weekday")
_UNITS = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}
#: A letter or the whole word: any other word that begins with it (10 decades, 5 minutes) would be a wrong number.
_LENGTH = re.compile(r"([1-9][0-9]{0,3}) ?(?:([dwmqy])|(day|week|month|quarter|year)s?)", re.ASCII)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
#: Years that a period may have, and those in which its days may be: more are a slip, and have no day before them.
_YEARS, _FIRST_YEAR, _LAST_YEAR = 100, 1900, 2200
_LONGEST = {unit: _YEARS * of for unit, of in {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}.items()}
#: How many days earlier; a year of whole weeks is the same weekday of the year before.
_DAYS = {"day": 1, "week": 7, "same-weekday": 364}


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both of them in it.

    `to_date` is the unit that they begin with; of the last of so many `units` there are the first days.
    """

    first: date
    last: date
    to_date: str | None = None
    units: int = 1

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.last - self.first).days + 1

    def within(self, whole: Period) -> Period:
        """Its days that are in another one."""
        return Period(max(self.first, whole.first), min(self.last, whole.last))

    def __str__(self) -> str:
        """As people read it."""
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"


def start_of(day: date, grain: str) -> date:
    """First day of the week (Monday), month, quarter or year of a day; the day itself for any other grain."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain in _MONTHS:
        months = _MONTHS[grain]
        return date(day.year, (day.month - 1) // months * months + 1, 1)
    return day


def end_of(day: date, grain: str) -> date:
    """Last day of the week, month, quarter or year of a day; the day itself for any other grain."""
    if grain == "week":
        return start_of(day, grain) + timedelta(days=6)
    return add_months(start_of(day, grain), _MONTHS[grain]) - timedelta(days=1) if grain in _MONTHS else day


def starts(period: Period, grain: str) -> Iterator[date]:
    """First days of the weeks, months … that have a day in a period."""
    day = start_of(period.first, grain)
    while day <= period.last:
        yield day
        day = end_of(day, grain) + timedelta(days=1)


def add_months(day: date, count: int) -> date:
    """The same day of another month, or its last day where it is shorter.

    >>> add_months(date(2024, 3, 31), -1)
    datetime.date(2024, 2, 29)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def length(text: str) -> tuple[int, str]:
    """How many of which unit `28d`, `4w` or `3m` is. Raise UsageError for what is no length."""
    found = _LENGTH.fullmatch(text.strip().lower())
    if found is None:
        raise UsageError(f"{text[:40]!r} is no length of a period", hint="28d, 4w, 3m, 2q or 1y")
    count, unit = int(found[1]), found[3] or _UNITS[found[2]]
    if count > _LONGEST[unit]:
        raise UsageError(f"{text[:40]!r} is longer than {_YEARS} years", hint="--all is every day there is")
    return count, unit


def back(text: str, last: date) -> Period:
    """The days of a length such as `28d`, `4w` or `3m` that end on a day. Raise UsageError for what is none."""
    count, unit = length(text)
    return Period(_later(last, unit, -count) + timedelta(days=1), last)


def units_to(count: int, within: Period, unit: str, last: date) -> Period:
    """So many weeks, months … up to a day: `within` is the whole one that it is in.

    >>> str(units_to(3, month_of("2026-03"), "month", date(2026, 3, 11)))
    '2026-01-01 to 2026-03-11'
    """
    return Period(_later(within.first, unit, 1 - count), last, unit, count)


def month_of(text: str) -> Period:
    """A whole month, `2026-03`. Raise UsageError for what is none."""
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})", text)
    try:
        first = date(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        first = None
    if first is None or not _FIRST_YEAR <= first.year < _LAST_YEAR:
        raise UsageError(f"{text[:40]!r} is no month", hint="for example 2026-03")
    return Period(first, end_of(first, "month"))


def day_of(text: str) -> date:
    """A day, `2026-03-08`. Raise UsageError for what is none."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not _FIRST_YEAR <= found.year < _LAST_YEAR:
        raise UsageError(f"{text[:40]!r} is no day", hint=f"for example 2026-03-08, from {_FIRST_YEAR} on")
    return found


def compared(period: Period, how: str) -> Period:
    """The days that a period is compared with: those before it, or as many a week, a month, a year before.

    Whole months are compared with whole months, days to date with as many days of the unit before, of a year with those
    up to the same date.

    >>> str(compared(month_of("2026-03"), "previous"))
    '2026-02-01 to 2026-02-28'
    """
    if how == "previous" and not period.to_date and not _whole_months(period):
        return Period(period.first - timedelta(days=period.days), period.first - timedelta(days=1))
    first = moved(period.first, how, period)
    if _whole_months(period) and how in ("previous", "month", "year"):
        return Period(first, end_of(moved(period.last.replace(day=1), how, period), "month"))
    last = moved(period.last, how, period)
    if period.to_date and period.to_date != "year" and how == "previous":
        newest, beside = (_later(day, period.to_date, period.units - 1) for day in (period.first, first))
        end = _later(beside, period.to_date, 1) - timedelta(days=1)
        last = min(beside + (period.last - newest), end)
    return Period(first, last, period.to_date, period.units)


def moved(day: date, how: str, period: Period) -> date:
    """The day that a day of a period is compared with."""
    if how in ("month", "year"):
        return add_months(day, -_MONTHS[how])
    if how == "previous":
        if period.to_date:
            return _later(day, period.to_date, -period.units)
        months = _whole_months(period)
        return add_months(day, -months) if months else day - timedelta(days=period.days)
    return day - timedelta(days=_DAYS[how])


def goes_by_date(period: Period, how: str) -> bool:
    """Whether a day is compared with the one of the same date, not with the one so many days before."""
    by_months = period.to_date in ("month", "year") or (_whole_months(period) > 0 and period.to_date is None)
    return how in ("month", "year") or (how == "previous" and by_months)


def is_of_months(period: Period) -> bool:
    """Whether a period is whole months, of which one may have more days than another."""
    return _whole_months(period) > 0


def _later(day: date, unit: str, count: int) -> date:
    """The day so many units later; of months the same date, or the last one of a short month."""
    if unit in _MONTHS:
        return add_months(day, count * _MONTHS[unit])
    return day + timedelta(days=count * _DAYS[unit])


def _whole_months(period: Period) -> int:
    """How many months a period is, 0 where it is not whole ones."""
    if period.to_date == "week" or period.first.day != 1 or period.last != end_of(period.last, "month"):
        return 0
    return (period.last.year - period.first.year) * 12 + period.last.month - period.first.month + 1
