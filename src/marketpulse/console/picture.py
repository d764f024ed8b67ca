"""An answer as a picture: lines over time, a heat map of many members, or bars beside the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from marketpulse.cells import member
from marketpulse.console.charts.heat import Cell, heat
from marketpulse.console.charts.line import LineChart, Series, line_chart
from marketpulse.metrics.metric import Metric
from marketpulse.metrics.showing import written
from marketpulse.serving.metrics import Answer, Line
from marketpulse.serving.metrics.answer import Value

#: Lines that can be told from each other, rows and columns of a heat map.
_MOST_LINES, _MOST_ROWS, _MOST_COLUMNS = 6, 40, 62
#: Lines of the same members by their period.
_Groups = dict[tuple[Any, ...], dict[date, Line]]


@dataclass(frozen=True)
class Picture:
    """One chart of one metric: lines, or a heat map of `rows` by `days`."""

    title: str
    lines: LineChart | None = None
    rows: list[tuple[str, list[Cell]]] = field(default_factory=list)
    days: list[date] = field(default_factory=list)


def pictures(answer: Answer) -> list[Picture]:
    """A picture each metric that has periods; none for an answer of one period, whose table has bars."""
    periods = sorted({line.period for line in answer.lines if line.period})
    if not answer.question.cut or len(periods) < 2:
        return []
    currencies = list(dict.fromkeys(line.currency for line in answer.lines))
    return [
        _picture(replace(answer, lines=tuple(line for line in answer.lines if line.currency == each)), index, periods)
        for index in range(len(answer.metrics))
        for each in currencies  # amounts of two do not stand on one scale
    ]


def _picture(answer: Answer, index: int, periods: list[date]) -> Picture:
    metric = answer.metrics[index]
    currency = answer.lines[0].currency if metric.unit == "money" or answer.question.by else None
    title = f"{metric.label}, {currency}" if currency else metric.label
    groups = _groups(answer)
    if len(groups) > _MOST_LINES and len(periods) <= _MOST_COLUMNS:
        return Picture(title, rows=_heat(groups, index, metric, periods), days=periods)
    marks = [
        next((why for g in groups.values() if day in g and (why := answer.doubt(g[day]))), None) for day in periods
    ]
    series: list[Series] = []
    for members, lines in list(groups.items())[:_MOST_LINES]:
        found = [lines[day].values[index] if day in lines else None for day in periods]
        series.append(_series(_name(members) or metric.label, found, metric))
    if answer.compared and len(groups) == 1:
        (lines,) = groups.values()
        before = [lines[day].before[index] if day in lines else None for day in periods]
        if any(value is not None for value in before):
            series.insert(0, _series(f"before, {answer.compared}", before, metric, is_before=True))
    words = f"{title}, {len(periods)} periods from {periods[0]} to {periods[-1]}; the values are in the table"
    return Picture(title, line_chart(periods, marks, series, words))


def _groups(answer: Answer) -> _Groups:
    """Lines of each group of members by their period, the largest group first."""
    found: _Groups = {}
    for line in answer.lines:
        if line.period:
            found.setdefault(line.members, {})[line.period] = line
    sizes = {each: sum(float(line.values[0] or 0) for line in lines.values()) for each, lines in found.items()}
    return {each: found[each] for each in sorted(found, key=lambda each: -sizes[each])}


def _name(members: tuple[Any, ...]) -> str:
    return ", ".join(map(member, members))


def _series(name: str, found: Sequence[Value], metric: Metric, is_before: bool = False) -> Series:
    values = [None if value is None else float(value) for value in found]
    return Series(name, values, [written(metric, value) for value in found], is_before)


def _heat(groups: _Groups, index: int, metric: Metric, periods: list[date]) -> list[tuple[str, list[Cell]]]:
    kept = list(groups)[:_MOST_ROWS]
    found = [[groups[each][day].values[index] if day in groups[each] else None for day in periods] for each in kept]
    numbers = [[None if value is None else float(value) for value in row] for row in found]
    cells = heat(numbers, [[written(metric, value) for value in row] for row in found])
    return list(zip(map(_name, kept), cells, strict=True))
