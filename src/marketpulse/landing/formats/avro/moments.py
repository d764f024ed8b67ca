"""Dates and times of Avro, which are whole numbers, as ISO text: nothing of them is rounded."""

from __future__ import annotations

from datetime import date

_DAY_ZERO = date(1970, 1, 1).toordinal()
_UNITS = {"millis": 3, "micros": 6, "nanos": 9}


def day(value: int) -> str:
    """A date; raise ValueError or OverflowError for none of the calendar's.

    >>> day(-1)
    '1969-12-31'
    """
    return date.fromordinal(_DAY_ZERO + value).isoformat()


def time(value: int, unit: str) -> str:
    """A time of the day; raise ValueError for more than a day.

    >>> time(43_200_250, "millis")
    '12:00:00.250'
    """
    seconds, fraction = divmod(value, 10 ** _UNITS[unit])
    if not 0 <= seconds < 86_400:
        raise ValueError(f"{value} {unit} is no time of a day")
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{text}.{fraction:0{_UNITS[unit]}d}" if fraction else text


def moment(value: int, unit: str) -> str:
    """A date and a time.

    >>> moment(1_772_452_800_000, "millis")
    '2026-03-02T12:00:00'
    """
    days, within = divmod(value, 86_400 * 10 ** _UNITS[unit])
    return f"{day(days)}T{time(within, unit)}"
