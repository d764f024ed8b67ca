"""The list of metrics, for people and for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketpulse.cli.render import console, plain, table, to_json

if TYPE_CHECKING:
    from marketpulse.metrics.metric import Definitions, Metric

#: What of a metric is listed for machines.
_WORDS = (
    "name", "title", "description", "unit", "format", "better", "synonyms", "source", "time", "currency", "additive",
    "not_over", "target", "alert",
)  # fmt: skip


def listing(definitions: Definitions, word: str | None, as_json: bool) -> None:
    """Metrics whose name, synonyms or description have a word."""
    known, wanted = list(definitions.metrics.values()), (word or "").lower()
    found = [m for m in known if wanted in " ".join((m.name, m.description, *m.synonyms)).lower()]
    if as_json:
        to_json([_described(metric) for metric in found])
        return
    rows = [(metric.name, metric.unit, metric.description) for metric in found]
    table("Metrics", ("name", "unit", "what it is"), rows)
    console.print(f"{len(found)} of {len(known)} metrics")


def _described(metric: Metric) -> dict[str, Any]:
    found = {name: plain(value) for name in _WORDS if (value := getattr(metric, name, None)) not in (None, "", ())}
    ratio = {name: side.name for name in ("numerator", "denominator") if (side := getattr(metric, name, None))}
    return {**found, **ratio, "dimensions": list(metric.dimensions)}
