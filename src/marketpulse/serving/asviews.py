"""Metrics as views that SQL of people can read: `metrics.<name>`, a row a day and currency.

A view is over whole tables, so its numbers are those of `marketpulse metric`, whoever asks: no personal column is a
dimension. The whole tables stand in schemas of the engine that no query of a person may name (`engines.syntax`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlglot import exp

from marketpulse import sql
from marketpulse.errors import UsageError
from marketpulse.metrics.daily import by_day
from marketpulse.metrics.metric import Metric

SCHEMA = "metrics"
#: Before the layer's name: the schema of its whole tables.
WHOLE = "whole_"
_WORD = re.compile(r"\w+")
_NAMED = re.compile(rf"\b{SCHEMA}\b", re.IGNORECASE)


@dataclass(frozen=True)
class View:
    """A metric, its query in the engine's SQL, and the tables of the warehouse that it reads, as `<layer>.<table>`."""

    metric: Metric
    query: str
    reads: frozenset[str]

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{SCHEMA}.{self.metric.name}"


def named(metrics: Iterable[Metric], text: str) -> list[Metric]:
    """Those that a query may name."""
    words = {*_WORD.findall(text.lower())}
    return [metric for metric in metrics if metric.name.lower() in words]


def may_name(text: str) -> bool:
    """Whether a query may read a metric at all."""
    return _NAMED.search(text) is not None


def ready(found: Iterable[View], tables: Collection[str]) -> list[View]:
    """Those whose tables are there."""
    return [view for view in found if view.reads <= {*tables}]


def as_view(metric: Metric) -> View | None:
    """A metric as a table of days; None for one that cannot be."""
    try:
        tree = by_day(metric).copy()
    except UsageError:
        return None
    tables = [table for table in tree.find_all(exp.Table) if table.db]
    reads = frozenset(f"{table.db}.{table.name}" for table in tables)
    for table in tables:
        table.set("db", exp.to_identifier(f"{WHOLE}{table.db}"))
    return View(metric, sql.translate(tree, sql.DUCKDB), reads)
