"""The metrics that are made of a table: what each is, its unit, how it adds up."""

from __future__ import annotations

from marketpulse.metrics.metric import Measured, Metric, Ratio
from marketpulse.serving.catalog.facts import Entry
from marketpulse.serving.catalog.html import Html, grid, join, tag


def numbers(entry: Entry) -> Html | None:
    """A row a metric; nothing for a table that none is made of."""
    if not entry.metrics:
        return None
    rows = [[tag("code", each.name), each.description, each.unit, _adds_up(each)] for each in entry.metrics]
    heads = ["metric", "what it is", "unit", "adds up"]
    return join([tag("h4", "Metrics"), grid(heads, rows, name="metrics")])


def _adds_up(metric: Metric) -> str:
    if isinstance(metric, Ratio):
        return f"no: {metric.numerator.name} / {metric.denominator.name}"
    if not isinstance(metric, Measured) or not metric.additive:
        return "no"
    return f"not over {', '.join(metric.not_over)}" if metric.not_over else "yes"
