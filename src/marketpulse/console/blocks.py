"""What Today shows of one of the project's headlines: tiles, a list, a table or steps, by what is asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from marketpulse.cells import member
from marketpulse.console.address import of_question
from marketpulse.console.bars import lengths
from marketpulse.console.charts.heat import Cell, heat
from marketpulse.console.picture import Picture, pictures
from marketpulse.console.tiles import Chip, Tile, chip, tiles
from marketpulse.console.words import shown
from marketpulse.errors import MarketPulseError
from marketpulse.metrics.metric import CURRENCY
from marketpulse.metrics.question import Question as Asked
from marketpulse.metrics.showing import change_written, written
from marketpulse.project.headlines import Question
from marketpulse.serving.desk import Look
from marketpulse.serving.headlines import Headline, answered, notes_of
from marketpulse.serving.metrics import Answer, Line

#: Metrics that still stand beside each other as tiles.
_MOST_TILES = 4
_MOST_ROWS = 12
_MOST_HEAT = 60


@dataclass(frozen=True)
class Row:
    """A line of a table: its words, its numbers, the length of its bar in percent, and how it changed."""

    names: list[str]
    cells: list[str]
    bar: float | None = None
    change: Chip | None = None


@dataclass
class Block:
    """One question, answered. `kind` is tiles, table, steps, heat, pictures or problem; `when` says of which days."""

    title: str
    kind: str
    when: str = ""
    href: str = ""
    tiles: list[Tile] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    more: int = 0
    pictures: list[Picture] = field(default_factory=list)
    heat: list[tuple[str, list[Cell]]] = field(default_factory=list)


def block(look: Look, question: Question) -> Block:
    """The headline, answered; what is wrong with it is its own problem."""
    try:
        if question.asked is None:
            return _of_query(look, question)
        notes = notes_of(look.context, question, look.moment)
        found = _of_metrics(look, question, question.asked)
    except MarketPulseError as error:
        return Block(question.title, "problem", notes=[error.message])
    found.notes = [*notes, *found.notes]
    return found


def _of_query(look: Look, question: Question) -> Block:
    told = answered(look.context, question, look.moment)
    if told.problem:
        return Block(question.title, "problem", notes=[told.problem])
    if question.heat:
        return _heat(told)
    bars = lengths([row[told.columns.index(question.bar)] for row in told.rows]) if question.bar else []
    cells = [[shown(value) for value in row] for row in told.rows[:_MOST_ROWS]]
    rows = [Row(row[:1], row[1:], bars[n] if bars else None) for n, row in enumerate(cells)]
    more = len(told.rows) - len(rows)
    return Block(question.title, "table", "", "", [], told.columns[:1], told.columns[1:], rows, told.notes, more)


def _heat(told: Headline) -> Block:
    """The numbers of a query coloured, all of them on one scale."""
    texts = [[shown(value) for value in row] for row in told.rows[:_MOST_HEAT]]
    numbers = [[_number(value) for value in row[1:]] for row in told.rows[:_MOST_HEAT]]
    cells = heat(numbers, [row[1:] for row in texts])
    found = Block(told.title, "heat", columns=told.columns[1:], heads=told.columns[:1], notes=told.notes)
    found.heat = [(row[0], each) for row, each in zip(texts, cells, strict=True)]
    found.more = len(told.rows) - len(texts)
    return found


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else None


def _of_metrics(look: Look, question: Question, asked: Asked) -> Block:
    is_drawn = bool(asked.cut and asked.by)  # lines of many members, beside which nothing is drawn
    compared = asked.compare or (None if asked.span.everything or question.steps or is_drawn else "previous")
    try:
        beside = look.ask(replace(asked, compare=compared))
    except MarketPulseError:
        beside = look.ask(asked)
    answer = look.ask(asked) if beside.left_out else beside  # days that are not whole are told, and not compared
    told = Block(question.title, "table", _when(answer), of_question(asked), notes=_notes(answer, beside))
    if question.steps:
        return _steps(told, answer)
    if drawn := pictures(answer):
        told.kind, told.pictures = "pictures", drawn
        return told
    currencies = {line.currency for line in answer.lines}
    if not asked.by and len(answer.metrics) <= _MOST_TILES and len(answer.lines) == len(currencies) <= 2:
        told.kind, told.tiles = "tiles", tiles(look, answer, beside)
        return told
    if not asked.by and len(answer.lines) == len(currencies):
        return _transposed(told, answer)
    return _table(told, answer, beside)


def _when(answer: Answer) -> str:
    if answer.period is None:
        return "now"
    return f"all days, {answer.period}" if answer.question.span.everything else str(answer.period)


def _notes(answer: Answer, beside: Answer) -> list[str]:
    return list(dict.fromkeys([*answer.notes, *beside.notes, *answer.doubts()]))


def _steps(told: Block, answer: Answer) -> Block:
    """A line each metric, and which part of the one before it is."""
    values = answer.lines[0].values if answer.lines else ()
    bars = lengths(values)
    for metric, value, before, bar in zip(answer.metrics, values, (None, *values), bars, strict=False):
        part = change_written(float(value or 0) / float(before)).removeprefix("+") if before else ""
        told.rows.append(Row([metric.label], [written(metric, value), part], bar))
    told.kind, told.heads, told.columns = "steps", ["step"], ["count", "of the step before"]
    return told


def _transposed(told: Block, answer: Answer) -> Block:
    """A line each metric, a column each currency: several numbers of one time."""
    told.heads, told.columns = ["metric"], [line.currency or "" for line in answer.lines]
    for index, metric in enumerate(answer.metrics):
        texts = [written(metric, line.values[index]) for line in answer.lines]
        told.rows.append(Row([metric.label], texts))
    return told


def _table(told: Block, answer: Answer, beside: Answer) -> Block:
    """A line each member; the first metric is drawn, and compared where what is before it is whole."""
    lines = answer.lines[:_MOST_ROWS]
    only = _only_currency(answer)
    told.heads = [*([answer.question.cut] if answer.question.cut else []), *_names(answer)]
    told.heads += [CURRENCY] if only is None else []
    told.columns = [f"{each.label}, {only}" if only and each.unit == "money" else each.label for each in answer.metrics]
    changes = {_of(line): line.changes[0] for line in beside.lines if line.changes}
    bars = lengths([line.values[0] for line in lines], [line.currency for line in lines])
    for line, bar in zip(lines, bars, strict=True):
        changed = chip(answer.metrics[0], changes.get(_of(line)), "")
        told.rows.append(_row(answer, line, bar, only, changed))
    told.more = len(answer.lines) - len(lines)
    return told


def _of(line: Line) -> tuple[object, ...]:
    """What a line is of."""
    return line.period, line.members, line.currency


def _names(answer: Answer) -> list[str]:
    return [name for name in answer.question.by if name != CURRENCY]


def _only_currency(answer: Answer) -> str | None:
    """The currency of all lines, empty where there is none; None where there are several."""
    found = {line.currency for line in answer.lines}
    return (next(iter(found), None) or "") if len(found) < 2 else None


def _row(answer: Answer, line: Line, bar: float | None, only: str | None, changed: Chip | None) -> Row:
    names = [str(line.period)] if answer.question.cut else []
    names += [member(each) for each in line.members]
    names += [line.currency or ""] if only is None else []
    cells = [written(metric, value) for metric, value in zip(answer.metrics, line.values, strict=True)]
    return Row(names, cells, bar, changed)
