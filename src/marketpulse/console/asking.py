"""The form of a question: what can be chosen, and what is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from marketpulse.console.address import ALL, names
from marketpulse.console.words import COMPARED
from marketpulse.errors import MarketPulseError
from marketpulse.metrics.days import COMPARISONS
from marketpulse.metrics.metric import CURRENCY, GRAINS, Metric, parts
from marketpulse.serving.desk import Look

#: Periods that many ask for, in one word and in several.
PERIODS = {
    "7d": "7 days", "28d": "28 days", "90d": "90 days", "1y": "1 year", "wtd": "week to date",
    "mtd": "month to date", "qtd": "quarter to date", "ytd": "year to date", ALL: "all days",
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One thing to choose: what is sent, what is read, whether it is chosen."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class Form:
    """All there is to choose for the metrics of a question."""

    metrics: Sequence[Choice]
    by: Sequence[Choice]
    periods: Sequence[Choice]
    grains: Sequence[Choice]
    compares: Sequence[Choice]


def form(look: Look, asked: QueryParams) -> Form:
    """The form, as an address has filled it in."""
    chosen, by = names(asked, "metric"), names(asked, "by")
    every = look.project.metrics[0].metrics
    found = known(look, chosen)
    metrics = [Choice(name, metric.label, metric in found[:1]) for name, metric in every.items()]
    days = asked.get("days") or "28d"
    periods = [
        Choice(value, text, value == days) for value, text in (PERIODS | {days: PERIODS.get(days, days)}).items()
    ]
    grains = {"": "the whole period"} | {name: name.replace("_", " ") for name in _grains(found)}
    compares = {"": "nothing"} | {name: COMPARED[name] for name in COMPARISONS}
    return Form(
        sorted(metrics, key=lambda each: each.text),
        [Choice(name, name.replace("_", " "), name in by) for name in _shared(found)],
        periods,
        [Choice(value, text, value == asked.get("grain", "")) for value, text in grains.items()],
        [Choice(value, text, value == asked.get("compare", "")) for value, text in compares.items()],
    )


def known(look: Look, names: Sequence[str]) -> list[Metric]:
    """Those of the names that there are."""
    found = []
    for name in names:
        try:
            found.append(look.project.metrics[0].find(name))
        except MarketPulseError:
            continue
    return found


def _shared(metrics: Sequence[Metric]) -> list[str]:
    """What all are known by."""
    if not metrics:
        return []
    has_currency = any(part.currency for metric in metrics for part in parts(metric))
    shared = [name for name in metrics[0].dimensions if all(name in metric.dimensions for metric in metrics)]
    return [*shared, *([CURRENCY] if has_currency and CURRENCY not in shared else [])]


def _grains(metrics: Sequence[Metric]) -> list[str]:
    calendars = [part.calendar for metric in metrics for part in parts(metric) if part.calendar]
    return list(dict.fromkeys([*GRAINS, *(calendars[0].grains if calendars else ())]))
