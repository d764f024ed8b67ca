"""What a metric is: a number, what it is in, how it adds up, and by what it can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from sqlglot import exp

from marketpulse.errors import UsageError
from marketpulse.sql.places import Where

Unit = Literal["money", "count", "share", "duration", "number"]
#: Unit, name in SQL, of the periods that every project knows.
GRAINS = {"day": "DAY", "week": "WEEK", "month": "MONTH", "quarter": "QUARTER", "year": "YEAR"}
#: A table, the column of it that has days, the one up to whose newest day all is told, and what says if it is over.
Dated = tuple[str, str | None, str | None, str | None]
#: What an amount is in, as people ask for it, whatever the column is called.
CURRENCY = "currency"


@dataclass(frozen=True)
class Entity:
    """A table of things that a dimension is a property of, found by the column `key`.

    With `latest` it has several rows a key, and the one with the largest value there counts: one row a key, always.
    """

    name: str
    table: str
    key: str
    latest: str | None = None


@dataclass(frozen=True)
class Dimension:
    """What a metric can be grouped and filtered by: a column of its source, or of an entity found by `on`."""

    name: str
    column: str
    type: str
    entity: Entity | None = None
    on: str = ""


@dataclass(frozen=True)
class Calendar:
    """A table with a row a day, and the columns of it that say when a period of another kind began."""

    entity: Entity
    grains: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Goal:
    """A value to compare with, per period of `per` (any where None), of amounts in `currency`."""

    per: str | None = None
    currency: str | None = None
    target: float | None = None
    below: float | None = None
    above: float | None = None


@dataclass(frozen=True)
class Metric:
    """A number by its name. `format` is as spreadsheets write it (`0.0%`); `better` says which way is good."""

    name: str
    description: str
    unit: Unit
    title: str = ""
    format: str = ""
    better: Literal["up", "down"] | None = None
    synonyms: tuple[str, ...] = ()
    target: Goal | None = None
    alert: Goal | None = None
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)
    origin: Where | None = field(default=None, compare=False, repr=False)

    @property
    def label(self) -> str:
        """What people call it."""
        return self.title or self.name.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Measured(Metric):
    """A metric that is made of the rows of one gold table.

    `time` is a column of days, None for what has no days; up to the newest day in the column `until`, where one is
    named, a day without rows is one on which nothing was; whether that newest day is over say the rows of `days`, a
    table and its column of days (`layer.table.column`). `currency` is the column (or the code) of what it is in.
    It adds up over everything that `not_over` does not name where `additive`, else over nothing. `is_zero` says that
    it is 0 where there is no row: nothing was counted, and nothing is unknown.
    """

    source: str = ""
    time: str | None = None
    until: str | None = None
    days: str | None = None
    expression: exp.Expr = field(default_factory=exp.Null)
    where: exp.Expr | None = None
    currency: str | None = None
    additive: bool = False
    not_over: tuple[str, ...] = ()
    calendar: Calendar | None = None
    is_zero: bool = False

    @property
    def dated(self) -> Dated:
        """What says which of its days are there."""
        return self.source, self.time, self.until, self.days

    def adds_up_over(self, dimension: str) -> bool:
        """Whether the values of all members of a dimension, added, are the value of the whole."""
        found = self.dimensions.get(dimension)
        names = {dimension, found.on, found.column} if found else {dimension}
        names |= {self.currency} if self.currency and dimension == CURRENCY else set()
        return self.additive and not names & set(self.not_over)


@dataclass(frozen=True)
class Ratio(Metric):
    """A metric that is one divided by another; null where the other is zero or not there."""

    numerator: Measured = field(default_factory=lambda: Measured("", "", "number"))
    denominator: Measured = field(default_factory=lambda: Measured("", "", "number"))


def parts(metric: Metric) -> tuple[Measured, ...]:
    """The metrics of rows that a metric is made of."""
    if isinstance(metric, Ratio):
        return (metric.numerator, metric.denominator)
    return (metric,) if isinstance(metric, Measured) else ()


@dataclass(frozen=True)
class Definitions:
    """All metrics of a project by name."""

    metrics: Mapping[str, Metric] = field(default_factory=dict)

    def find(self, name: str) -> Metric:
        """A metric by its name or one of its synonyms. Raise UsageError, with a suggestion, when there is none."""
        wanted = name.strip().lower()
        for metric in self.metrics.values():
            if wanted in (metric.name, *(each.lower() for each in metric.synonyms)):
                return metric
        words = [*self.metrics, *(each.lower() for metric in self.metrics.values() for each in metric.synonyms)]
        close = get_close_matches(wanted, words, n=1)
        hint = f"did you mean {close[0]}?" if close else "marketpulse metrics lists them"
        raise UsageError(f"there is no metric {name[:80]!r}", hint=hint)
