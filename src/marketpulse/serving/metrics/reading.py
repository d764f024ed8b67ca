"""Queries of metrics, run: values by period, members of the dimensions and currency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlglot import exp

from marketpulse import sql
from marketpulse.metrics.compiling import compiled
from marketpulse.metrics.days import Period, end_of, starts
from marketpulse.metrics.metric import CURRENCY, GRAINS, Calendar, Metric
from marketpulse.metrics.refusing import made_of
from marketpulse.metrics.rows import PERIOD, Asked
from marketpulse.run.context import Context
from marketpulse.serving.metrics.answer import Value
from marketpulse.serving.query import Moment, stream
from marketpulse.serving.values import values


@dataclass(frozen=True)
class Key:
    """What a value is of."""

    period: date | None
    members: tuple[Any, ...]
    currency: str | None


Cells = Mapping[Key, tuple[Value, ...]]


@dataclass(frozen=True)
class Reader:
    """The warehouse as it was at one moment, asked for some metrics."""

    context: Context
    moment: Moment
    metrics: Sequence[Metric]
    _queries: dict[Asked, exp.Query] = field(default_factory=dict, compare=False, repr=False)

    def query(self, asked: Asked) -> exp.Query:
        """What the warehouse is asked, made once. Raise UsageError for what cannot be asked of one of the metrics."""
        if asked not in self._queries:
            self._queries[asked] = compiled(self.metrics, asked)
        return self._queries[asked]

    def cells(self, asked: Asked) -> Cells:
        """Values of every group that there is."""
        found: dict[Key, tuple[Value, ...]] = {}
        for row in self._rows(self.query(asked)):
            period = row.pop(PERIOD, None) if asked.grain else None
            members = tuple(row.pop(name) for name in asked.by)
            currency = row.pop(CURRENCY) if CURRENCY in row else None
            found[Key(period, members, currency)] = tuple(map(_number, row.values()))
        return found

    def buckets(self, grain: str | None, period: Period) -> list[Period]:
        """The periods of a grain that have a day in a period, each whole."""
        if grain is None:
            return [period]
        if grain in GRAINS:
            return [Period(day, end_of(day, grain)) for day in starts(period, grain)]
        calendar = next((part.calendar for part in made_of(self.metrics) if part.calendar), None)
        found = self._spans(calendar, grain) if calendar else []
        return [each for each in found if each.last >= period.first and each.first <= period.last]

    def _spans(self, calendar: Calendar, grain: str) -> list[Period]:
        """First and last day of every period of a grain of the calendar."""
        start, day = (exp.column(name, quoted=True) for name in (calendar.grains[grain], calendar.entity.key))
        ends = [
            exp.alias_(exp.Anonymous(this=name, expressions=[day.copy()]), name, quoted=True) for name in ("min", "max")
        ]
        query = exp.select(*ends).from_(calendar.entity.table).group_by(start)
        spans = [Period(row["min"], row["max"]) for row in self._rows(query)]
        return sorted(spans, key=lambda span: span.first)

    def _rows(self, query: exp.Query) -> Iterator[dict[str, Any]]:
        # The reader of people's queries is DuckDB, whatever built the tables.
        table = stream(self.context, sql.translate(query, sql.DUCKDB), moment=self.moment).read_all()
        for row in zip(*map(values, table.columns), strict=True):
            yield dict(zip(table.column_names, row, strict=True))


def _number(value: Value) -> Value:
    """A count as a whole number: engines add up whole numbers in types of their own."""
    return int(value) if isinstance(value, Decimal) and value.as_tuple().exponent == 0 else value
