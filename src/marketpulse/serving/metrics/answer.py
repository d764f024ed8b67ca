"""What a question is answered with: lines of values, what they are compared with, and what must be known beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from marketpulse.lake.evolving import arrow_schema
from marketpulse.metrics.days import Period
from marketpulse.metrics.metric import CURRENCY, Metric
from marketpulse.metrics.question import Question
from marketpulse.metrics.rows import PERIOD
from marketpulse.metrics.showing import change_of
from marketpulse.serving.metrics.coverage import FIRST

Value = int | float | Decimal | None


@dataclass(frozen=True)
class Line:
    """Values of one period, members of the dimensions and currency: one value a metric.

    `before` are those it is compared with, `shares` its parts of the whole, `mark` says why more may come, `withheld`
    why no change is told of a value, where days that are compared are not whole.
    """

    period: date | None
    members: tuple[Any, ...]
    currency: str | None
    values: tuple[Value, ...]
    before: tuple[Value, ...] = ()
    shares: tuple[float | None, ...] = ()
    mark: str | None = None
    withheld: tuple[str | None, ...] = ()

    @property
    def changes(self) -> tuple[float | None, ...]:
        """By which part each value differs from the one before; None where that is not like with like."""
        if not self.before:
            return ()
        reasons = self.withheld or (None,) * len(self.values)
        each = zip(self.values, self.before, reasons, strict=True)
        return tuple(None if why else change_of(value, before) for value, before, why in each)


@dataclass(frozen=True)
class Answer:
    """Lines in the order in which people read them, of which days they are, and `notes` to tell beside them.

    `left_out` are newest days that were asked for and are not whole, where whole days are compared.
    `query` is what was asked of the warehouse, in Spark SQL as models are. `begun` is the period with the first day
    that there is at all: nobody knows whether that began before the data did.
    """

    metrics: tuple[Metric, ...]
    question: Question
    lines: tuple[Line, ...]
    period: Period | None = None
    compared: Period | None = None
    notes: tuple[str, ...] = ()
    query: str = field(default="", repr=False)
    left_out: Period | None = None
    begun: Period | None = None

    def doubt(self, line: Line) -> str | None:
        """Why a line may not be all of its period; None where nothing speaks against it."""
        if line.mark or self.begun is None or line.period != self.begun.first:
            return line.mark
        return FIRST if self.begun.first == self.begun.last else f"with {FIRST}"

    def doubts(self, lines: Sequence[Line] | None = None) -> list[str]:
        """What is to be known of these lines, or all: a sentence for each that may not be all of its period, once."""
        told = ((line, self.doubt(line)) for line in (self.lines if lines is None else lines))
        return list(dict.fromkeys(f"{line.period or self.period}: {why}" for line, why in told if why))

    def rows(self) -> list[dict[str, Any]]:
        """Each line as names and values: what JSON is made of."""
        return [dict(self._row(line)) for line in self.lines]

    def plain(self) -> dict[str, Any]:
        """All of it as names and values, for JSON: metrics, days, notes, `rows`, SQL."""
        days = {"period": self.period, "compared": self.compared}
        return {
            "metrics": [metric.name for metric in self.metrics],
            **{name: {"first": each.first, "last": each.last} if each else None for name, each in days.items()},
            "notes": self.notes,
            "rows": self.rows(),
            "sql": self.query,
        }

    def table(self) -> pa.Table:
        """The same as columns: what files and data frames are made of. Without a line it has them, and no row."""
        rows = self.rows()
        kinds = self._kinds(rows)
        columns = {name: pa.array([row[name] for row in rows], kinds[name]) for name in self.columns}
        return pa.table(columns)

    def _kinds(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, pa.DataType]:
        """The type of each column, whatever there is: answers of two days can be put below each other."""
        text, share = pa.string(), pa.float64()
        found = dict.fromkeys(self.columns, share) | {PERIOD: pa.date32(), CURRENCY: text, "incomplete": text}
        members = arrow_schema({name: self._type(name) for name in self.question.by if name != CURRENCY})
        found |= {field.name: field.type for field in members}
        for metric in self.metrics:
            names = [name for name in (metric.name, f"{metric.name}_before") if name in found]
            known = pa.array([row[name] for row in rows for name in names]).type
            kind = pa.decimal128(38, known.scale) if pa.types.is_decimal(known) else known
            found |= dict.fromkeys(names, share if pa.types.is_null(kind) else kind)
        return found

    def _type(self, dimension: str) -> str:
        return next(m.dimensions[dimension].type for m in self.metrics if dimension in m.dimensions)

    @property
    def title(self) -> str:
        """What is answered, by what, and of which days."""
        what = ", ".join(metric.label for metric in self.metrics)
        by = f" by {', '.join(self.question.by)}" if self.question.by else ""
        days = f", {self.period}" if self.period else ""
        beside = f", beside {self.compared}" if self.compared else ""
        return f"{what}{by}{days}{beside}"

    @property
    def columns(self) -> list[str]:
        """Names of what `rows` has, also where there is none."""
        members = tuple(None for name in self.question.by if name != CURRENCY)
        nothing = (None,) * len(self.metrics)
        return [name for name, _ in self._row(Line(None, members, None, nothing, nothing, nothing))]

    def _row(self, line: Line) -> Iterator[tuple[str, Any]]:
        question = self.question
        if question.cut:
            yield PERIOD, line.period
        yield from zip((name for name in question.by if name != CURRENCY), line.members, strict=True)
        if any(each.currency for each in self.lines):
            yield CURRENCY, line.currency
        for index, metric in enumerate(self.metrics):
            yield metric.name, line.values[index]
            if self.compared:
                yield f"{metric.name}_before", line.before[index]
                yield f"{metric.name}_change", line.changes[index]
            if question.share:
                yield f"{metric.name}_share", line.shares[index]
        yield "incomplete", self.doubt(line)
