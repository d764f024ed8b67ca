"""Which columns are dates and times, and how they are written; day and month are never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from marketpulse.authoring.column import Column

_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_HOUR, _SIXTY = r"(?:[01]\d|2[0-3])", r"[0-5]\d"
_ISO_TIME = re.compile(
    rf"(\d{{4}}-\d{{2}}-\d{{2}})[T ]{_HOUR}:{_SIXTY}(:{_SIXTY}([.]\d{{1,9}})?)?"
    r"(?P<offset>Z| ?UTC| ?[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_DAY = re.compile(
    r"(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})"
    rf"(?:(?P<between>[T ])(?P<time>(?:\d|{_HOUR}):{_SIXTY}(?::{_SIXTY})?))?",
    re.ASCII,
)
_COMPACT = re.compile(r"(19|20)\d{6}", re.ASCII)
_DATED = re.compile(r"(^|_)(date|day|datum|tag|on|at|fecha|data)(_|$)|datum$|date$")
_NO_ZONE = "says no time zone and is taken for UTC: say timezone: in the source if it is the clock of a place"


def guess_moment(column: Column, can_say: bool) -> bool:
    """Say whether a column is dates or times; False where it is neither. A source `can_say` patterns or not."""
    values = [value.strip() for value in column.sure]
    if not values:
        return False
    if all(map(_is_iso_day, values)):
        column.type, column.why = "date", "days, yyyy-MM-dd"
        return True
    if all(_is_iso_time(value) for value in values):
        return _iso_times(column, values)
    if all(map(_COMPACT.fullmatch, values)) and _DATED.search(column.name):
        return _written(column, "yyyyMMdd", can_say) if all(_is_day(v[:4], v[4:6], v[6:]) for v in values) else False
    return _other(column, values, can_say)


def _iso_times(column: Column, values: Sequence[str]) -> bool:
    column.type, column.why = "timestamp", "times as SQL writes them"
    offsets = [found["offset"] for value in values if (found := _ISO_TIME.fullmatch(value))]
    if not all(offsets):
        column.asks.append(_NO_ZONE)
    return True


def _other(column: Column, values: Sequence[str], can_say: bool) -> bool:
    """Days in an order of a country: which part is the day is said by a part above twelve, or by nobody."""
    found = [_DAY.fullmatch(value) for value in values]
    parts = [match for match in found if match]
    if len(parts) < len(values) or len({(m[2], bool(m["time"])) for m in parts}) > 1:
        return False
    if all(len(match[1]) == 4 for match in parts):
        orders = ["yMd"] if all(_is_day(match[1], match[3], match[4]) for match in parts) else []
    elif all(len(match[1]) <= 2 and len(match[4]) == 4 for match in parts):
        orders = [order for order in ("dMy", "Mdy") if all(_fits(match, order) for match in parts)]
    else:
        column.doubts.append(f"looks like a date with a year of two digits ({values[0]}): {_where('date', can_say)}")
        return True
    if len(orders) == 1:
        return _written(column, _pattern(parts, orders[0]), can_say)
    if orders:
        first, second = (_pattern(parts, order) for order in orders)
        told = f"is {values[0]!r} {first} or {second}? No value of the sample has a part above 12 to say it"
        column.doubts.append(f"{told}: {_where('timestamp' if parts[0]['time'] else 'date', can_say)}")
    return bool(orders)


def _where(field: str, can_say: bool) -> str:
    """Where a person says how days are written."""
    return f"say {field}: in the source" if can_say else "read it in the SQL"


def _fits(match: re.Match[str], order: str) -> bool:
    day, month = (match[1], match[3]) if order == "dMy" else (match[3], match[1])
    return _is_day(match[4], month, day)


def _pattern(parts: Sequence[re.Match[str]], order: str) -> str:
    """The pattern that Spark's letters write: single letters where a part has one digit somewhere."""
    mark = parts[0][2]
    widths = {place: min(len(match[place]) for match in parts) for place in (1, 3, 4)}
    places = {"dMy": (("d", 1), ("M", 3), ("y", 4)), "Mdy": (("M", 1), ("d", 3), ("y", 4)),
              "yMd": (("y", 1), ("M", 3), ("d", 4))}[order]  # fmt: skip
    day = mark.join("yyyy" if letter == "y" else letter * min(widths[place], 2) for letter, place in places)
    times = [match["time"] for match in parts if match["time"]]
    if not times:
        return day
    hour = "HH" if all(time[2] == ":" for time in times) else "H"
    seconds = ":ss" if all(time.count(":") == 2 for time in times) else ""
    between = "'T'" if parts[0]["between"] == "T" else " "
    return f"{day}{between}{hour}:mm{seconds}"


def _written(column: Column, pattern: str, can_say: bool) -> bool:
    kind = "timestamp" if "H" in pattern else "date"
    if not can_say:
        what = f"looks like a {kind} written as {pattern}, which this format cannot say: read it in the SQL"
        column.doubts.append(what)
        return True
    column.type, column.pattern, column.why = kind, pattern, f"written as {pattern}"
    if kind == "timestamp":
        column.asks.append(_NO_ZONE)
    return True


def _is_iso_day(value: str) -> bool:
    found = _ISO_DAY.fullmatch(value)
    return bool(found and _is_day(*found.groups()))


def _is_iso_time(value: str) -> bool:
    found = _ISO_TIME.fullmatch(value)
    return bool(found and _is_iso_day(found[1]))


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True
