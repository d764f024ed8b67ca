"""What stands in `metrics/*.yaml`, as pydantic models (docs/add-a-metric.md)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from marketpulse.project.odcs import NotOverModel
from marketpulse.strict import Strict

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Per = Literal["day", "week", "month", "quarter", "year"]
Code = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class TargetModel(Strict):
    """What a metric should be, in a period of `per`; an amount in a `currency`."""

    value: float = Field(allow_inf_nan=False)
    per: Per | None = None
    currency: Code | None = None


class AlertModel(Strict):
    """Values from which on somebody wants to know."""

    below: float | None = Field(default=None, allow_inf_nan=False)
    above: float | None = Field(default=None, allow_inf_nan=False)
    per: Per | None = None
    currency: Code | None = None


class RatioModel(Strict):
    """One metric divided by another."""

    numerator: str
    denominator: str


class MetricModel(Strict):
    """One metric: of rows of a table (`source`, `expression`, …), or a `ratio` of two of those."""

    name: Name
    title: str = ""
    description: str = Field(min_length=1)
    unit: Literal["money", "count", "share", "duration", "number"]
    source: str | None = None
    time: str | None = None
    until: str | None = None
    days: str | None = None
    expression: str | None = None
    where: str | None = None
    currency: str | None = None
    additive: StrictBool | NotOverModel | None = None
    ratio: RatioModel | None = None
    dimensions: list[str] | None = None
    format: Annotated[str, Field(pattern=r"^(#,##)?0(\.0{1,6})?%?$")] | None = None
    better: Literal["up", "down"] | None = None
    synonyms: list[Annotated[str, Field(min_length=2)]] = []
    target: TargetModel | None = None
    alert: AlertModel | None = None


class EntityModel(Strict):
    """A table of things: a source that has its `key` may be asked by its `columns`."""

    table: str
    key: str
    latest: str | None = None
    columns: list[str] = Field(min_length=1)


class CalendarModel(Strict):
    """A table of days: `columns` to ask by, `grains` that say when a period began."""

    table: str
    key: str
    columns: list[str] = []
    grains: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")], str] = {}


class MetricsFile(Strict):
    """One file; what stands in one may be used in all."""

    metrics: list[MetricModel] = []
    entities: dict[Name, EntityModel] = {}
    calendar: CalendarModel | None = None
