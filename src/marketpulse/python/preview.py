"""The first rows of a result, as text and as HTML. Whatever stands in them steers no terminal and is no markup."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from rich.cells import cell_len

from marketpulse.cells import column_texts
from marketpulse.errors import MarketPulseError
from marketpulse.metrics.showing import change_written, written
from marketpulse.serving.noted import note_of
from marketpulse.serving.values import values
from marketpulse.visible import visible

if TYPE_CHECKING:
    from marketpulse.metrics.metric import Metric

#: Rows, and characters of a value, that are shown.
_ROWS, _LONGEST = 10, 40
_TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums"
_RIGHT, _LEFT = "text-align:right;padding:2px 8px", "text-align:left;padding:2px 8px"


@dataclass(frozen=True)
class Shown:
    """One column: its name, what its values are in (a unit, else a type), and the values."""

    name: str
    unit: str
    texts: Sequence[str]
    is_number: bool


@dataclass(frozen=True)
class Preview:
    """What is shown of a result. `problem` says why there are no rows."""

    title: str
    columns: Sequence[Shown] = ()
    rows: int = 0
    more: bool = False
    notes: Sequence[str] = ()
    problem: str = ""

    @property
    def count(self) -> str:
        """How many rows are shown, and whether there are others."""
        return f"{'the first ' if self.more else ''}{self.rows:,} row{'s' * (self.rows != 1)}"


def preview(
    title: str,
    ask: Callable[[], AbstractContextManager[pa.RecordBatchReader]],
    notes: Sequence[str],
    metrics: Mapping[str, Metric],
) -> Preview:
    """Ask for the first rows. What goes wrong is told in their place: a debugger shows values, too."""
    title = visible(title)
    try:
        with ask() as batches:
            found = _first(batches)
    except MarketPulseError as error:
        return Preview(title, problem=visible(str(error)))
    head = found.slice(0, _ROWS)
    columns = [_shown(name, head.column(name), metrics) for name in head.column_names]
    hidden = note_of(found.schema)
    told = (*notes, hidden) if hidden else notes
    return Preview(title, columns, head.num_rows, found.num_rows > _ROWS, tuple(map(visible, told)))


def _first(batches: pa.RecordBatchReader) -> pa.Table:
    """One row more than is shown, as soon as they are there."""
    kept: list[pa.RecordBatch] = []
    while sum(batch.num_rows for batch in kept) <= _ROWS and (batch := next(batches, None)) is not None:
        kept.append(batch)
    return pa.Table.from_batches(kept, batches.schema).slice(0, _ROWS + 1)


def _shown(name: str, column: pa.ChunkedArray, metrics: Mapping[str, Metric]) -> Shown:
    kind, found = column.type, values(column)
    metric = metrics.get(name) or metrics.get(name.removesuffix("_before"))
    is_part = name not in metrics and name.removesuffix("_change").removesuffix("_share") in metrics
    if metric:
        texts = [written(metric, value) for value in found]
    elif is_part:
        texts = [change_written(value) for value in found]
        texts = [text.removeprefix("+") for text in texts] if name.endswith("_share") else texts
    else:
        texts = [_short(text) for text in column_texts(found, name)]
    unit = metric.unit if metric else "share" if is_part else _word(kind)
    is_number = bool(metric or is_part) or pa.types.is_integer(kind) or pa.types.is_floating(kind)
    return Shown(visible(name), unit, texts, is_number or pa.types.is_decimal(kind))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 2]} …"


def _word(kind: pa.DataType) -> str:
    """A type in the words of contracts."""
    words = {"int64": "long", "int32": "int", "bool": "boolean", "date32[day]": "date"}
    if pa.types.is_timestamp(kind):
        return "timestamp"
    return words.get(str(kind), str(kind).replace("decimal128", "decimal").replace(", ", ","))


def as_text(shown: Preview) -> str:
    """A table as wide as the terminal; columns that do not fit are named below it."""
    room = shutil.get_terminal_size().columns
    if shown.problem:
        return "\n".join([shown.title, *wrap(shown.problem, room)])
    fit, left = _fitting(shown.columns, room)
    below = [f"… and {', '.join(column.name for column in left)}"] if left else []
    below += [shown.count, *(f"note: {note}" for note in shown.notes)]
    return "\n".join([shown.title, *_lines(fit), *(line for text in below for line in wrap(text, room))])


def _width(column: Shown) -> int:
    return max(map(cell_len, (column.name, column.unit, *column.texts)))


def _fitting(columns: Sequence[Shown], room: int) -> tuple[Sequence[Shown], Sequence[Shown]]:
    """The first columns that fit, one at least, and the others."""
    used = 0
    for number, column in enumerate(columns):
        used += _width(column) + 2
        if used - 2 > room and number:
            return columns[:number], columns[number:]
    return columns, ()


def _lines(columns: Sequence[Shown]) -> Iterator[str]:
    wide = [_width(column) for column in columns]
    heads = [[column.name for column in columns], [column.unit for column in columns]]
    for row in [*heads, *map(list, zip(*(column.texts for column in columns), strict=True))]:
        yield "  ".join(_set(*cell) for cell in zip(row, columns, wide, strict=True)).rstrip()


def _set(text: str, column: Shown, width: int) -> str:
    """A text as wide as its column; some characters take two places."""
    blanks = " " * (width - cell_len(text))
    return blanks + text if column.is_number else text + blanks


def as_html(shown: Preview) -> str:
    """A table of a notebook. Every text is escaped; units stand below the names."""
    title = f"<caption style='text-align:left'>{_escaped(shown.title)}</caption>"
    if shown.problem:
        return f"<table>{title}<tr><td>{_escaped(shown.problem)}</td></tr></table>"
    head = "".join(
        f"<th style='{_side(each)}' scope='col'>{_escaped(each.name)}<br><small>{_escaped(each.unit)}</small></th>"
        for each in shown.columns
    )
    rows = "".join(f"<tr>{''.join(_cells(shown.columns, row))}</tr>" for row in range(shown.rows))
    below = "".join(f"<div><small>{_escaped(text)}</small></div>" for text in (shown.count, *shown.notes))
    table = f"<table style='{_TABLE}'>{title}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<div>{table}{below}</div>"


def _cells(columns: Sequence[Shown], row: int) -> Iterator[str]:
    for column in columns:
        yield f"<td style='{_side(column)}'>{_escaped(column.texts[row])}</td>"


def _side(column: Shown) -> str:
    return _RIGHT if column.is_number else _LEFT


def _escaped(text: Any) -> str:
    return escape(visible(str(text)))
