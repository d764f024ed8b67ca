"""Answers of metrics on a screen of 80 columns, and as files."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from marketpulse.cells import member
from marketpulse.cli.problems import problem
from marketpulse.cli.render import bar, console, records, table, to_json, width
from marketpulse.metrics.metric import CURRENCY
from marketpulse.metrics.showing import change_written, written

if TYPE_CHECKING:
    from marketpulse.metrics.metric import Metric
    from marketpulse.serving.metrics import Answer, Line

_WIDEST_BAR, _NARROWEST_BAR, _MOST_LINES, _MOST_MARKS = 30, 6, 1_000, 5


def show(answer: Answer, as_json: bool, show_sql: bool = False) -> None:
    """The answer as a table with bars, and what must be known beside it."""
    if as_json:
        to_json(answer.plain())
        return
    lines = answer.lines[:_MOST_LINES]
    columns, rows = _columns(answer), list(_rows(answer, lines))
    room = console.width - width(columns, rows) - 2
    if room < -2:
        records(columns, rows)
    else:
        right = list(range(len(_names(answer)), len(columns)))
        if room >= _NARROWEST_BAR and any(line.values[0] for line in lines):
            bars = _bars(lines, min(room, _WIDEST_BAR))
            columns, rows = [*columns, ""], [[*row, drawn] for row, drawn in zip(rows, bars, strict=True)]
        table(answer.title, columns, rows, right)
    _beside(answer, lines)
    if show_sql:
        sys.stdout.write(answer.query + ";\n")


def write(answer: Answer, output: Path) -> None:
    """The rows of the answer as a file; notes and alerts, which stand in no row, are told beside it.

    Raise UsageError for a file whose name does not say which kind it is.
    """
    from marketpulse.cli.results import form_of
    from marketpulse.cli.results import write as write_rows

    write_rows(answer.table().to_reader(), form_of(output, None), output)
    _noted(answer)


def _names(answer: Answer) -> list[str]:
    """Columns that say what a line is of."""
    period = [answer.question.cut] if answer.question.cut else []
    has_currency = any(line.currency for line in answer.lines)
    return [*period, *(name for name in answer.question.by if name != CURRENCY), *([CURRENCY] if has_currency else [])]


def _columns(answer: Answer) -> list[str]:
    found = _names(answer)
    for metric in answer.metrics:
        found.append(metric.name)
        found += ["before", "change"] if answer.compared else []
        found += [f"{metric.name}_share" if len(answer.metrics) > 1 else "share"] if answer.question.share else []
    return found


def _rows(answer: Answer, lines: Sequence[Line]) -> Iterator[list[Any]]:
    marked = any(map(answer.doubt, lines))
    for line in lines:
        yield _cells(answer, line, ("*" if answer.doubt(line) else " ") if marked else "")


def _cells(answer: Answer, line: Line, mark: str) -> list[Any]:
    found: list[Any] = [str(line.period or "–")] if answer.question.cut else []
    found += [member(each) for each in line.members]
    found += [line.currency or ""] if CURRENCY in _names(answer) else []
    for index, metric in enumerate(answer.metrics):
        found.append(written(metric, line.values[index]) + mark)
        if answer.compared:
            found += [written(metric, line.before[index]), _coloured(metric, line.changes[index])]
        found += [change_written(line.shares[index]).removeprefix("+")] if answer.question.share else []
    return found


def _coloured(metric: Metric, change: float | None) -> Text:
    if not change or metric.better is None:
        return Text(change_written(change))
    return Text(change_written(change), style="green" if (change > 0) == (metric.better == "up") else "red")


def _bars(lines: Sequence[Line], room: int) -> list[str]:
    """A bar for the first metric of each line; amounts are as long as others of their currency."""
    most: dict[str | None, float] = {}
    for line in lines:
        most[line.currency] = max(most.get(line.currency, 0.0), float(line.values[0] or 0))
    return [bar(float(line.values[0] or 0), most[line.currency], room) for line in lines]


def _beside(answer: Answer, lines: Sequence[Line]) -> None:
    marks = answer.doubts(lines)
    for mark in marks[:_MOST_MARKS]:
        console.print(f"* {mark}", style="dim", markup=False)
    if len(marks) > _MOST_MARKS:
        console.print(f"* and {len(marks) - _MOST_MARKS} more", style="dim", markup=False)
    for metric in answer.metrics:
        if metric.target and metric.target.target is not None:
            per = f" a {metric.target.per}" if metric.target.per else ""
            told = f"target of {metric.label}: {written(metric, metric.target.target)}{per}"
            console.print(told, style="dim", markup=False)
    _noted(answer)
    if len(answer.lines) > len(lines):
        console.print(f"[dim]the first {len(lines):,} of {len(answer.lines):,} lines[/]")


def _noted(answer: Answer) -> None:
    for note in answer.notes:
        problem("alert" if note.startswith("alert: ") else "note", note.removeprefix("alert: "), None)
