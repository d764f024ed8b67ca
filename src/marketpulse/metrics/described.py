"""A metric in words, for whoever is to choose one: people's lists, machines, agents."""

from __future__ import annotations

from typing import Any

from marketpulse.metrics.metric import Metric

_WORDS = (
    "name", "title", "description", "unit", "format", "better", "synonyms", "source", "time", "until", "days",
    "currency", "additive", "not_over", "target", "alert",
)  # fmt: skip


def described(metric: Metric) -> dict[str, Any]:
    """What is said of it, without what is not; the names of its dimensions, of a ratio the names of its sides."""
    found = {name: value for name in _WORDS if (value := getattr(metric, name, None)) not in (None, "", ())}
    ratio = {name: side.name for name in ("numerator", "denominator") if (side := getattr(metric, name, None))}
    return {**found, **ratio, "dimensions": list(metric.dimensions)}


def with_word(metrics: list[Metric], word: str | None) -> list[Metric]:
    """Those whose name, synonyms or description have a word, in any case."""
    wanted = (word or "").lower()
    return [each for each in metrics if wanted in " ".join((each.name, each.description, *each.synonyms)).lower()]
