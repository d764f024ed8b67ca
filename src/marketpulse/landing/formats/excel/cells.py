"""Values of cells as text. A date is a number that its format shows as one: days since 1900 or 1904."""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import Enum

_DAY_MS = 86_400_000
#: The last day that Excel knows, 9999-12-31.
_LAST = 2_958_466
_ZERO_1904, _ZERO, _ZERO_EARLY = date(1904, 1, 1), date(1899, 12, 30), date(1899, 12, 31)
#: Excel takes 1900 for a leap year: before the day that never was, days are one more.
_NEVER = 60
_EXACT = 10**16
_NO_LETTERS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)


class Shown(Enum):
    """What a number is shown as."""

    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    ELAPSED = "elapsed"


def shown_as(code: str) -> Shown:
    """What a format shows.

    >>> shown_as("yyyy-mm-dd"), shown_as('#,##0.00 "days"'), shown_as("h:mm"), shown_as("[h]:mm")
    (<Shown.DATE: 'date'>, <Shown.NUMBER: 'number'>, <Shown.TIME: 'time'>, <Shown.ELAPSED: 'elapsed'>)
    """
    bare = _NO_LETTERS.sub("", code).split(";")[0].lower()
    if _ELAPSED.search(bare):
        return Shown.ELAPSED
    if "general" in bare:
        return Shown.NUMBER
    if "y" in bare or "d" in bare or ("m" in bare and not ("h" in bare or "s" in bare)):
        return Shown.DATE
    return Shown.TIME if "h" in bare or "s" in bare else Shown.NUMBER


#: Formats that every workbook has without saying so; all others of them show numbers.
BUILT_IN = {
    **dict.fromkeys([14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 55), 57, 58], Shown.DATE),
    **dict.fromkeys([18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56], Shown.TIME),
    46: Shown.ELAPSED,
}


def unescaped(text: str) -> str:
    r"""A text with the characters that XML cannot hold.

    >>> unescaped("a_x000D_b_x005F_x000D_")
    'a\rb_x000D_'
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def number(text: str) -> str:
    """A number as short as it may be said without loss. Raise ValueError for none.

    >>> number("12"), number("12.0"), number("0.1"), number("1.2345678901234568E+16"), number("1E-7")
    ('12', '12', '0.1', '12345678901234568', '1e-07')
    """
    if re.fullmatch(r"-?[0-9]{1,18}", text):
        return str(int(text))
    value = float(text)
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - is no number
        raise ValueError(f"{text!r} is no number")
    whole = value.is_integer() and abs(value) < 10 * _EXACT
    return str(int(value)) if whole else repr(value)


def moment(text: str, shown: Shown, from_1904: bool) -> str:
    """A date, a time or a length of time as ISO text. Raise ValueError for none.

    >>> moment("46082", Shown.DATE, False), moment("46082.5", Shown.DATE, False), moment("0.25", Shown.TIME, False)
    ('2026-03-01', '2026-03-01T12:00:00', '06:00:00')
    >>> moment("1.25", Shown.ELAPSED, False), moment("1", Shown.DATE, False), moment("0", Shown.DATE, True)
    ('30:00:00', '1900-01-01', '1904-01-01')
    """
    value = float(text)
    if not 0 <= value < _LAST:
        raise ValueError(f"{text} is no date of Excel")
    days, within = divmod(round(value * _DAY_MS), _DAY_MS)
    if shown is Shown.ELAPSED:
        return _clock(days * _DAY_MS + within)
    if days == 0 and not from_1904:  # a time without a day, however it is shown
        return _clock(within)
    day = _day(days, from_1904).isoformat()
    if shown is Shown.TIME and days == 0:
        return _clock(within)
    return f"{day}T{_clock(within)}" if within else day


def _day(days: int, from_1904: bool) -> date:
    if from_1904:
        return _ZERO_1904 + timedelta(days)
    if days == _NEVER:
        raise ValueError("1900-02-29 was no day")
    return (_ZERO if days > _NEVER else _ZERO_EARLY) + timedelta(days)


def _clock(millis: int) -> str:
    seconds, rest = divmod(millis, 1000)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{text}.{rest:03d}" if rest else text
