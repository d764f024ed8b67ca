"""Columns: a count a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from marketpulse.console.charts.line import Spot, compact, dates
from marketpulse.console.charts.scale import BOX, scale


@dataclass(frozen=True)
class Column:
    """One column in percent of the drawing: from the left, its width, from the top, its height, and what it says."""

    left: float
    width: float
    top: float
    height: float
    words: str


@dataclass(frozen=True)
class ColumnChart:
    """Everything that is drawn; `rules` are lines across with their words, from the top in percent."""

    words: str
    columns: Sequence[Column]
    rules: Sequence[tuple[float, str]]
    dates: Sequence[tuple[float, str]]
    hatched: Sequence[Spot] = ()


def column_chart(days: Sequence[date], counts: Sequence[int], noun: str) -> ColumnChart:
    """A column each day; days without one are left out."""
    held = scale(counts, most=3)
    part = 100 / len(days)
    columns = []
    for n, (day, count) in enumerate(zip(days, counts, strict=True)):
        top = held.up(count) / BOX * 100
        words = f"{day:%a %Y-%m-%d}: {count:,} {noun}"
        columns.append(
            Column(round((n + 0.1) * part, 3), round(part * 0.8, 3), round(top, 2), round(100 - top, 2), words)
        )
    rules = [(held.up(mark) / BOX * 100, compact(mark)) for mark in held.marks]
    words = f"{noun} of {len(days)} days from {days[0]} to {days[-1]}: {min(counts):,} to {max(counts):,} a day"
    return ColumnChart(words, columns, rules, dates(days))
