"""Which days a source has, and which of them are not whole yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import cast

from sqlglot import exp

from marketpulse import sql
from marketpulse.metrics.days import Period
from marketpulse.metrics.metric import Dated, Measured
from marketpulse.names import MAINTENANCE_KEY
from marketpulse.run.context import Context
from marketpulse.serving.query import Moment, stream

#: A day at an end with less than this part of the rows of the best day of these beside it has only begun there.
_BEGUN, _BESIDE = 0.2, 28
#: A newest day with less than this part of the rows of each of so many such weekdays before it is not all there.
_PART, _WEEKDAYS = 0.5, 2
#: Why the oldest day may not be all there.
FIRST = "the first day there is, perhaps not whole"


@dataclass(frozen=True)
class Coverage:
    """Rows of each day of what metrics are `of`, and the UTC day on which their table was loaded.

    Up to the day `until`, where there is one, a day without rows is one on which nothing was; the rows that say whether
    that day is over are `beside`.
    """

    of: Dated
    rows: Mapping[date, int]
    loaded: date
    until: date | None = None
    beside: Coverage | None = None

    @cached_property
    def oldest(self) -> date | None:
        """The first day with rows."""
        return min(self.rows, default=None)

    @cached_property
    def newest(self) -> date | None:
        """The newest day with rows that is not in the future, as seen when it was loaded."""
        newest = max((day for day in self.rows if day <= self.loaded), default=max(self.rows, default=None))
        return max(newest, self.until) if newest and self.until else newest

    def has(self, day: date) -> bool:
        """Whether a day is there, with rows or without."""
        return day in self.rows or bool(self.until and self.oldest and self.oldest <= day <= self.until)

    def mark(self, day: date) -> str | None:
        """Why more of a day may come; None for a day that is over, as far as anybody can tell."""
        newest = self.newest
        if newest is None or day > newest:
            return None if self.has(day) else "not loaded"
        if day >= self.loaded:
            return "not over when loaded"
        if day != newest:
            return None
        if self.until:
            return self.beside.mark(day) if self.beside else None
        before = [self.rows.get(day - timedelta(days=back), 0) for back in range(1, _BESIDE + 1)]
        if self.rows.get(day, 0) < _BEGUN * max(before):
            return "just begun"
        alike = [count for count in before[6::7] if count]
        few = len(alike) >= _WEEKDAYS and self.rows.get(day, 0) < _PART * min(alike)
        return "less than half of any such weekday before" if few else None

    def doubt(self, day: date, alone: bool = False) -> str | None:
        """Why a day may not be compared, `alone` or as one of several; None for one that is whole.

        Nobody knows whether the first day there is began before the data did. Among others it is taken for whole
        unless it has so few rows that it cannot be.
        """
        if self.oldest is None or day < self.oldest:
            return "before the first day there is"
        after = [self.rows.get(day + timedelta(days=ahead), 0) for ahead in range(1, _BESIDE + 1)]
        if day == self.oldest and (alone or self.rows[day] < _BEGUN * max(after)):
            return FIRST
        return self.mark(day)

    def last_whole(self, period: Period) -> date | None:
        """The newest day of a period of which no more is expected."""
        days = (period.last - timedelta(days=back) for back in range(period.days))
        return next((day for day in days if self.has(day) and not self.mark(day)), None)

    def last_full(self) -> date | None:
        """The newest day of which no more is expected, else the newest there is."""
        if self.oldest is None or self.newest is None:
            return None
        return self.last_whole(Period(self.oldest, self.newest)) or self.newest


def coverage(context: Context, metric: Measured, moment: Moment) -> Coverage:
    """The days of the source of a metric, without its conditions; counted once a moment."""
    key = (Coverage, *metric.dated)
    if key not in moment.found:
        moment.found[key] = _counted(context, metric, moment)
    return cast("Coverage", moment.found[key])


def _counted(context: Context, metric: Measured, moment: Moment) -> Coverage:
    day = exp.column(metric.time or "", quoted=True)
    count = exp.alias_(exp.Anonymous(this="count", expressions=[exp.Star()]), "n")
    last = exp.Anonymous(this="max", expressions=[exp.column(metric.until or metric.time or "", quoted=True)])
    known = exp.Not(this=exp.Is(this=day.copy(), expression=exp.Null()))
    columns = (exp.alias_(day, "day"), count, exp.alias_(last, "last"))
    query = exp.select(*columns).from_(metric.source).where(known).group_by(day.copy())
    found = stream(context, sql.translate(query, sql.DUCKDB), moment=moment).read_all()
    days, counts, ends = (column.to_pylist() for column in found.columns)
    until = max(filter(None, ends), default=None) if metric.until else None
    rows, loaded = dict(zip(days, counts, strict=True)), _loaded(context, metric.source, moment)
    beside = _beside(context, metric, moment)
    end = (beside.newest if beside else None) or loaded  # a day in the future is a clock that went wrong
    return Coverage(metric.dated, rows, loaded, min(until, end) if until else None, beside)


def _beside(context: Context, metric: Measured, moment: Moment) -> Coverage | None:
    """The days of the rows that say whether the newest day is over; None where there are none."""
    source, _, time = (metric.days or "").rpartition(".")
    table = context.lake.find(source) if source else None
    if table is None or not moment.shows(table):
        return None
    return coverage(context, replace(metric, source=source, time=time, until=None, days=None), moment)


def _loaded(context: Context, source: str, moment: Moment) -> date:
    """When rows last came into what is seen of a table; rewriting the same rows is no loading."""
    table = context.lake.find(source)
    seen = moment.snapshot(table) if table and table.snapshot_id else None
    times = []
    for snapshot, milliseconds, _, summary in table.snapshots() if table else ():
        if MAINTENANCE_KEY not in summary:
            times.append(milliseconds)
        if snapshot == seen:
            break
    return datetime.fromtimestamp(times[-1] / 1000 if times else 0, UTC).date()
