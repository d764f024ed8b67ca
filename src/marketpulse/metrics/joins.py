"""The tables of entities that a metric's source is joined with: one row a key each, so that no row counts twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlglot import exp

from marketpulse.metrics.metric import GRAINS, Entity, Measured

SOURCE = "source"


@dataclass
class Joined:
    """One entity, the column of the source that finds its rows, and what is read of it."""

    entity: Entity
    on: str
    columns: dict[str, None] = field(default_factory=dict)


def joined(metric: Measured, names: Iterable[str], grain: str | None) -> list[Joined]:
    """What the source is joined with for some dimensions and a grain."""
    found: dict[str, Joined] = {}
    for each in (metric.dimensions[name] for name in names if name in metric.dimensions):
        if each.entity:
            found.setdefault(each.entity.name, Joined(each.entity, each.on)).columns[each.column] = None
    calendar = metric.calendar
    if calendar and metric.time and grain and grain in calendar.grains and grain not in GRAINS:
        of = found.setdefault(calendar.entity.name, Joined(calendar.entity, metric.time))
        of.columns[calendar.grains[grain]] = None
    return list(found.values())


def join(query: exp.Select, other: Joined) -> exp.Select:
    """The query with the columns of an entity beside each row; a row without one keeps its place, with nulls."""
    name = other.entity.name
    key = exp.column(other.entity.key, table=name, quoted=True)
    on = exp.EQ(this=key, expression=exp.column(other.on, table=SOURCE, quoted=True))
    return query.join(rows_of(other.entity, other.columns), on=on, join_type="left", copy=False)


def rows_of(entity: Entity, columns: Iterable[str]) -> exp.Expr:
    """One row a key: the table itself, or the newest version of each."""
    if entity.latest is None:
        return exp.to_table(entity.table, alias=entity.name)
    newest = [
        exp.alias_(exp.Anonymous(this="max_by", expressions=[_column(name), _column(entity.latest)]), name, quoted=True)
        for name in columns
        if name != entity.key
    ]
    versions = exp.select(_column(entity.key), *newest).from_(entity.table).group_by(_column(entity.key))
    return versions.subquery(entity.name)


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)
