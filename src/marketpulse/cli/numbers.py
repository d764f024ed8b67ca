"""The list of metrics, for people and for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketpulse.cli.render import console, table, to_json
from marketpulse.metrics.described import described, with_word

if TYPE_CHECKING:
    from marketpulse.metrics.metric import Definitions


def listing(definitions: Definitions, word: str | None, as_json: bool) -> None:
    """Metrics whose name, synonyms or description have a word."""
    known = list(definitions.metrics.values())
    found = with_word(known, word)
    if as_json:
        to_json([described(metric) for metric in found])
        return
    rows = [(metric.name, metric.unit, metric.description) for metric in found]
    table("Metrics", ("name", "unit", "what it is"), rows)
    console.print(f"{len(found)} of {len(known)} metrics")
