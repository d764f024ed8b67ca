"""What a question is answered with: lines of values, what they are compared with, and what must be known beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from marketpulse.metrics.days import Period
from marketpulse.metrics.metric import CURRENCY, Metric
from marketpulse.metrics.question import Question
from marketpulse.metrics.rows import PERIOD
from marketpulse.metrics.showing import change_of

Value = int | float | Decimal | None


@dataclass(frozen=True)
class Line:
    """Values of one period, members of the dimensions and currency: one value a metric.

    `before` are those it is compared with, `shares` its parts of the whole, `mark` says why more may come.
    """

    period: date | None
    members: tuple[Any, ...]
    currency: str | None
    values: tuple[Value, ...]
    before: tuple[Value, ...] = ()
    shares: tuple[float | None, ...] = ()
    mark: str | None = None

    @property
    def changes(self) -> tuple[float | None, ...]:
        """By which part each value differs from the one before."""
        return tuple(change_of(*each) for each in zip(self.values, self.before, strict=True)) if self.before else ()


@dataclass(frozen=True)
class Answer:
    """Lines in the order in which people read them, of which days they are, and `notes` to tell beside them.

    `query` is what was asked of the warehouse, in Spark SQL as models are.
    """

    metrics: tuple[Metric, ...]
    question: Question
    lines: tuple[Line, ...]
    period: Period | None = None
    compared: Period | None = None
    notes: tuple[str, ...] = ()
    query: str = field(default="", repr=False)

    @property
    def columns(self) -> list[str]:
        """Names of what `rows` has."""
        return list(self.rows()[0]) if self.lines else []

    def rows(self) -> list[dict[str, Any]]:
        """Each line as names and values: what files, JSON and data frames are made of."""
        return [dict(self._row(line)) for line in self.lines]

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
        yield "incomplete", line.mark
