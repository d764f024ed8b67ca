"""Lines over time: one or several numbers, what they are compared with, and days that may not be whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from marketpulse.console.charts.scale import BOX, across, areas, paths, scale

#: Words below a chart that still stand beside each other on a phone.
_MOST_WORDS = 5
#: Reasons that are told below it.
_MOST_REASONS = 3


@dataclass(frozen=True)
class Series:
    """A number over time: its name, a value a period, the same as text; `is_before` is what another is beside."""

    name: str
    values: Sequence[float | None]
    texts: Sequence[str]
    is_before: bool = False


@dataclass(frozen=True)
class Path:
    """One drawn line: its number among the colours, its shape, the area below it where it stands alone."""

    name: str
    colour: int
    line: str
    area: str
    is_before: bool


@dataclass(frozen=True)
class Spot:
    """A part of the chart from left to right, in percent, and what it says."""

    left: float
    width: float
    words: str = ""


@dataclass(frozen=True)
class LineChart:
    """Everything that is drawn. `rules` are lines across with their words, from the top in percent."""

    words: str
    paths: Sequence[Path]
    rules: Sequence[tuple[float, str]]
    dates: Sequence[tuple[float, str]]
    hatched: Sequence[Spot]
    spots: Sequence[Spot]

    @property
    def why(self) -> str:
        """Why not all of what is hatched may be there: each reason once, as the table tells it."""
        told = list(dict.fromkeys(spot.words for spot in self.hatched))
        more = [f"and {len(told) - _MOST_REASONS} more reasons"] if len(told) > _MOST_REASONS else []
        return "; ".join([*told[:_MOST_REASONS], *more])


def line_chart(days: Sequence[date], marks: Sequence[str | None], series: Sequence[Series], words: str) -> LineChart:
    """The chart of at least two periods, which begin on `days`; `marks` say why one may not be whole."""
    held = scale(value for each in series for value in each.values if value is not None)
    xs = across(len(days))
    alone = sum(not each.is_before for each in series) == 1
    drawn: list[Path] = []
    for each in series:
        ys = [None if value is None else held.up(value) for value in each.values]
        colour = 0 if each.is_before and alone else len([path for path in drawn if not path.is_before])
        area = areas(xs, ys, held.up(max(held.low, 0.0))) if alone and not each.is_before else ""
        drawn.append(Path(each.name, colour, paths(xs, ys), area, each.is_before))
    rules = [(held.up(mark) / BOX * 100, compact(mark)) for mark in held.marks]
    part = 100 / len(days)
    hatched = [Spot(round(n * part, 3), round(part, 3), mark) for n, mark in enumerate(marks) if mark]
    spots = [Spot(round(n * part, 3), round(part, 3), _said(n, days, marks, series)) for n in range(len(days))]
    return LineChart(words, drawn, rules, dates(days), hatched, spots)


def _said(n: int, days: Sequence[date], marks: Sequence[str | None], series: Sequence[Series]) -> str:
    """What somebody reads who points at a period."""
    named = [f"{each.name}: {each.texts[n]}" if len(series) > 1 else each.texts[n] for each in series]
    return "\n".join([f"{days[n]:%a %Y-%m-%d}", *named, *([str(marks[n])] if marks[n] else [])])


def dates(days: Sequence[date]) -> list[tuple[float, str]]:
    """Words below a chart, each with its place from the left in percent."""
    step = -(-len(days) // _MOST_WORDS)
    is_long = (days[-1] - days[0]).days > 400
    form = "%b %Y" if is_long else "%b"
    found = []
    for n in range(0, len(days), step):
        text = f"{days[n]:{form}}" if is_long else f"{days[n].day} {days[n]:{form}}"
        found.append((round((n + 0.5) * 100 / len(days), 2), text))
    return found


def compact(value: float) -> str:
    """A round number in few letters.

    >>> [compact(each) for each in (0.0, 0.25, 1500.0, 250000.0, 12000000.0)]
    ['0', '0.25', '1.5k', '250k', '12M']
    """
    for least, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= least:
            return f"{value / least:g}{letter}"
    return f"{value:g}"
