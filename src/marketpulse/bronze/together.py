"""Files of one day that make one delivery: where their names say the day, a second one may be meant to replace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from marketpulse.bronze.deliveries import Deliveries
from marketpulse.project.source import Source

_MOST = 5


def together(source: Source, deliveries: Deliveries, came: Collection[str]) -> list[str]:
    """A sentence for each day of which several files count, and one `came` now.

    In folders of a day many files are the usual thing; names that say the day are usually one each.
    """
    if not came or source.terms.date is None or source.terms.each != "folder":
        return []
    days: dict[str, list[str]] = defaultdict(list)
    for name in sorted(deliveries.names()):
        days[source.occasion(name)].append(name)
    news = sorted({source.occasion(name) for name in came})
    several = [day for day in news if len(days[day]) > 1]
    return [f"{len(days[day])} files of {day.strip()} count together: {_named(days[day])}" for day in several]


def _named(names: list[str]) -> str:
    return ", ".join(names[:_MOST]) + " …" * (len(names) > _MOST)
