"""A metric as a table of days, for tools that ask by SQL and add rows up themselves.

What adds up has its own dimensions as well; what does not is computed for the day and nothing smaller, since whoever
sums a view sums its rows.
"""

from __future__ import annotations

from sqlglot import exp

from marketpulse.metrics.compiling import compiled, is_apart
from marketpulse.metrics.metric import Measured, Metric, parts
from marketpulse.metrics.rows import Asked


def by_day(metric: Metric) -> exp.Query:
    """A row a day and currency: `period`, dimensions, `currency`, the metric. Raise UsageError where that cannot be."""
    grain = "day" if all(part.time for part in parts(metric)) else None
    adds_up = isinstance(metric, Measured) and metric.additive
    by = tuple(name for name, each in metric.dimensions.items() if adds_up and each.entity is None)
    return compiled([metric], Asked(grain=grain, by=by, apart="currency" not in by and is_apart([metric], by)))
