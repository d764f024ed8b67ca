"""Dates and times. A timestamp has no zone: it is UTC on every engine."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp

from marketpulse.sql.function import UnsupportedError, literal, made, quoted, row

_UNITS = {
    "microsecond": 1, "millisecond": 1_000, "second": 1_000_000, "minute": 60_000_000,
    "hour": 3_600_000_000, "day": 86_400_000_000, "week": 604_800_000_000,
}  # fmt: skip
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_TRUNC = {
    "year": "year", "yyyy": "year", "yy": "year", "quarter": "quarter", "month": "month", "mm": "month",
    "mon": "month", "week": "week",
}  # fmt: skip
_TRUNC_TIME = {**_TRUNC, "day": "day", "dd": "day", "hour": "hour", "minute": "minute", "second": "second"}
#: Java's pattern letters -> (strftime, strptime's text as a regular expression).
_PATTERN = {
    "yyyy": ("%Y", r"\d{4}"), "MM": ("%m", r"\d{2}"), "dd": ("%d", r"\d{2}"), "HH": ("%H", r"\d{2}"),
    "mm": ("%M", r"\d{2}"), "ss": ("%S", r"\d{2}"), "SSS": ("%g", r"\d{3}"),
}  # fmt: skip
_LETTERS = re.compile(r"'([^']*)'|([A-Za-z])\2*|([^A-Za-z']+)")
TIMESTAMP = "cast({} as timestamp)"


def _difference(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    """Whole units that passed, as Spark counts; DuckDB's date_diff counts boundaries."""
    if len(texts) == 2:
        return f"cast(date_diff('day', cast({texts[1]} as date), cast({texts[0]} as date)) as int)"
    unit = arguments[0].name.lower()
    start, end = (TIMESTAMP.format(text) for text in texts[1:])
    if unit in _UNITS:
        # Subtraction first: integer division of each end would count boundaries again.
        return f"((epoch_us({end}) - epoch_us({start})) // {_UNITS[unit]})"
    if unit in _MONTHS:
        return _months(start, end, _MONTHS[unit])
    raise UnsupportedError(f"unit {unit} of timestampdiff is not known", f"units: {', '.join([*_UNITS, *_MONTHS])}")


def _months(start: str, end: str, size: int) -> str:
    """Months that passed. DuckDB lets the last day of a month stand for any later day; Spark does not."""
    months = f"((year({end}) - year({start})) * 12 + month({end}) - month({start}))"
    rest = "(epoch_us({0}) - epoch_us(date_trunc('month', {0})))"
    late, early = rest.format(end), rest.format(start)
    whole = (
        f"case when {months} > 0 and {late} < {early} then {months} - 1 "
        f"when {months} < 0 and {late} > {early} then {months} + 1 else {months} end"
    )
    return f"(({whole}) // {size})"


def _trunc(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    unit = _unit(literal(arguments[1], "unit"), _TRUNC, "trunc")
    return f"cast(date_trunc('{unit}', cast({texts[0]} as date)) as date)"


def _date_trunc(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    unit = _unit(literal(arguments[0], "unit"), _TRUNC_TIME, "date_trunc")
    return f"date_trunc('{unit}', {TIMESTAMP.format(texts[1])})"


def _unit(unit: str, known: dict[str, str], function: str) -> str:
    if unit.lower() not in known:
        raise UnsupportedError(f"unit {unit} of {function} is not known", f"units: {', '.join(sorted(set(known)))}")
    return known[unit.lower()]


def _pattern(java: str) -> tuple[str, str]:
    """Java date pattern -> (strftime format, regular expression of exactly such texts)."""
    form, regex = "", ""
    for match in _LETTERS.finditer(java):
        word = match[0]
        if match[2] and word not in _PATTERN:
            known = " ".join(_PATTERN)
            raise UnsupportedError(f"date pattern {word} may differ between engines", f"use only {known}")
        if match[2]:
            form, regex = form + _PATTERN[word][0], regex + _PATTERN[word][1]
        else:
            text = match[1] if match[1] is not None else word
            form, regex = form + text.replace("%", "%%"), regex + re.escape(text)
    return form, regex


def _format(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    form, _ = _pattern(literal(arguments[1], "pattern"))
    return f"strftime({TIMESTAMP.format(texts[0])}, {quoted(form)})"


def _parsed(arguments: Sequence[exp.Expr], text: str) -> str:
    form, regex = _pattern(literal(arguments[1], "pattern"))
    fits = f"regexp_full_match(cast({text} as varchar), {quoted(regex)})"
    return f"try_strptime(case when {fits} then cast({text} as varchar) end, {quoted(form)})"


def _to_date(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    if len(texts) == 1:
        from marketpulse.sql.casts import cast_text

        return cast_text(arguments[0], texts[0], exp.DataType.build("date"))
    return f"cast({_parsed(arguments, texts[0])} as date)"


def _to_timestamp(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    if len(texts) == 1:
        from marketpulse.sql.casts import cast_text

        return cast_text(arguments[0], texts[0], exp.DataType.build("timestamp"))
    return _parsed(arguments, texts[0])


def _part(name: str) -> str:
    return f"cast({name}({TIMESTAMP.format('{0}')}) as int)"


DATES = {
    "add_months": row("cast(cast({0} as date) + to_months(cast({1} as int)) as date)", note="stays a date"),
    "date": made(_to_date, 1),
    "date_add": row("(cast({0} as date) + cast({1} as int))", note="stays a date"),
    "date_format": made(_format, 2, note="patterns of yyyy MM dd HH mm ss SSS", gives="text"),
    "date_sub": row("(cast({0} as date) - cast({1} as int))", note="stays a date"),
    "date_trunc": made(_date_trunc, 2, note="always a timestamp, as Spark gives"),
    "datediff": made(_difference, 2, 3, note="days with two arguments, whole units with three", gives="whole"),
    "date_diff": made(_difference, 2, note="days"),
    "day": row(_part("day"), gives="whole"),
    "dayofmonth": row(_part("day")),
    "dayofweek": row("cast(dayofweek(cast({0} as date)) + 1 as int)", note="1 is Sunday"),
    "dayofyear": row(_part("dayofyear")),
    "from_unixtime": row("strftime(make_timestamp(cast({0} as bigint) * 1000000), '%Y-%m-%d %H:%M:%S')", gives="text"),
    "hour": row(_part("hour")),
    "last_day": row("last_day(cast({0} as date))"),
    "make_date": row("try(make_date({0}, {1}, {2}))", note="null for no such day"),
    "minute": row(_part("minute")),
    "month": row(_part("month"), gives="whole"),
    "quarter": row(_part("quarter")),
    "second": row(_part("second")),
    "timestamp_micros": row("make_timestamp(cast({0} as bigint))"),
    "timestamp_millis": row("make_timestamp(cast({0} as bigint) * 1000)"),
    "timestamp_seconds": row("make_timestamp(cast(({0}) * 1000000 as bigint))"),
    "timestampdiff": made(_difference, 3, note="whole units that passed, not boundaries", gives="whole"),
    "to_date": made(_to_date, 1, 2, note="null for what is no date"),
    "to_timestamp": made(_to_timestamp, 1, 2, note="null for what is no timestamp"),
    "trunc": made(_trunc, 2, note="a date"),
    "unix_micros": row(f"epoch_us({TIMESTAMP.format('{0}')})"),
    "unix_millis": row(f"cast(floor(epoch_us({TIMESTAMP.format('{0}')}) / 1000) as bigint)", note="rounds down"),
    "unix_seconds": row(f"cast(floor(epoch_us({TIMESTAMP.format('{0}')}) / 1000000) as bigint)", note="rounds down"),
    "unix_timestamp": row(f"(epoch_us({TIMESTAMP.format('{0}')}) // 1000000)", note="of a timestamp, not of text"),
    "weekday": row("cast(isodow(cast({0} as date)) - 1 as int)", note="0 is Monday"),
    "weekofyear": row("cast(weekofyear(cast({0} as date)) as int)", note="ISO week"),
    "year": row(_part("year"), gives="whole"),
}
