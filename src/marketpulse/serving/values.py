"""Values of a column in Python: days and moments that its calendar does not have are texts, as Postgres writes them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from marketpulse.errors import UsageError

#: Days and microseconds by which DuckDB says that one is never over; their negatives were always over.
ENDLESS_DAYS, ENDLESS_MICROSECONDS = 2**31 - 1, 2**63 - 1
_DAY = 86_400_000_000
_UNITS = {"s": (1_000_000, 1), "ms": (1_000, 1), "us": (1, 1), "ns": (1, 1_000)}


def values(column: pa.Array | pa.ChunkedArray) -> list[Any]:
    """The values of a column; `infinity`, the year 10000 and the day before the year 1 are texts."""
    try:
        return list(column.to_pylist())
    except (OverflowError, ValueError):
        return [_value(each) for each in column]


def named(batch: pa.RecordBatch | pa.Table) -> list[dict[str, Any]]:
    """Rows by the names of their columns. Raise UsageError where two have one name: one of them would be lost."""
    names = batch.schema.names
    if len({*names}) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UsageError(f"two columns are called {twice[:60]}", hint="name them apart: x as a, y as b")
    return [dict(zip(names, row, strict=True)) for row in zip(*map(values, batch.columns), strict=True)]


def _value(given: pa.Scalar) -> Any:
    try:
        return given.as_py()
    except (OverflowError, ValueError):
        kind = given.type
    if pa.types.is_struct(kind):
        return {field.name: _value(given[field.name]) for field in kind}
    if pa.types.is_nested(kind):
        return [_value(each) for each in given.values]
    if pa.types.is_date32(kind):
        return far_day(given.value)
    times, parts = _UNITS[kind.unit]
    return far_moment(given.value * times // parts)


def far_day(days: int) -> str:
    """A day by its number, from 1970 on.

    >>> far_day(2**31 - 1), far_day(-719_163), far_day(11_016_100)
    ('infinity', '0001-12-31 BC', '32131-01-22')
    """
    if abs(days) == ENDLESS_DAYS:
        return "infinity" if days > 0 else "-infinity"
    day, era = _civil(days)
    return day + era


def far_moment(microseconds: int) -> str:
    """A moment by its number of microseconds, from 1970 on.

    >>> far_moment(-(2**63 - 1)), far_moment(-62_167_219_200_000_001)
    ('-infinity', '0002-12-31 23:59:59.999999 BC')
    """
    if abs(microseconds) == ENDLESS_MICROSECONDS:
        return "infinity" if microseconds > 0 else "-infinity"
    days, rest = divmod(microseconds, _DAY)
    day, era = _civil(days)
    second, part = divmod(rest, 1_000_000)
    clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    return f"{day} {clock}{f'.{part:06d}' if part else ''}{era}"


def _civil(days: int) -> tuple[str, str]:
    """Year, month and day of the Gregorian calendar, before and after it was, and whether it is before Christ.

    Source: `civil_from_days` of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    """
    era, of_era = divmod(days + 719_468, 146_097)
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    found = year + era * 400 + (month <= 2)
    day = of_year - (153 * shifted + 2) // 5 + 1
    return f"{found if found > 0 else 1 - found:04d}-{month:02d}-{day:02d}", "" if found > 0 else " BC"
