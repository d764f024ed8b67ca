"""Tables that fit the screen, values as people read them, and JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from rich.cells import cell_len
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from marketpulse.cells import column_texts, plain
from marketpulse.cli.terminal import Trimmed, terminal
from marketpulse.visible import visible_json

console = terminal()
#: A column of texts that is narrower than that is read by nobody.
_NARROWEST = 8


def to_json(value: Any) -> None:
    """Write any report as indented JSON to standard output."""
    sys.stdout.write(visible_json(json.dumps(plain(value), indent=2, ensure_ascii=False)) + "\n")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], right: Sequence[int] = ()) -> None:
    """Print a table; columns in `right` are numbers. One of which a cell would be cut is read downwards instead."""
    given = list(rows)
    if title:  # as wide as the screen, not as the table
        console.print(Text(title, "bold"))
    whole = [index for index, name in enumerate(columns) if index == 0 or index in right or name == "committed"]
    others = len(columns) - len(whole)
    kept = width([columns[index] for index in whole], [[row[index] for index in whole] for row in given])
    if kept + others * (_NARROWEST + 2) > console.width and not fits(columns, given):
        records(columns, given)
        return
    grid = Table(header_style="dim", box=None, pad_edge=False)
    for index, column in enumerate(columns):
        side: Literal["left", "right"] = "right" if index in right else "left"
        grid.add_column(column, justify=side, overflow="fold", no_wrap=index in whole)
    for row in in_columns(given, columns):
        grid.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    console.print(Trimmed(grid))
    console.print()


def fits(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bool:
    """Whether a table of these rows is narrow enough that no cell need be broken."""
    return width(columns, rows) <= console.width


def width(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """How many characters a line of a table of these rows takes."""
    texts = in_columns(rows, columns)
    widths = [max(len(str(c)), *(cell_len(str(row[i])) for row in texts), 0) for i, c in enumerate(columns)]
    return sum(widths) + 2 * max(len(widths) - 1, 0)


def records(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print one line a value: what is wider than the screen is read downwards."""
    wide = max(map(cell_len, columns))
    for number, row in enumerate(in_columns(list(rows), columns), start=1):
        console.print(f"[dim]row {number:,}[/]")
        for column, value in zip(columns, row, strict=True):
            name = f"  [dim]{escape(column)}[/]{' ' * (wide - cell_len(column))}  "
            line = Text.from_markup(name) + Text(str(value))
            line.rstrip()
            console.print(line, soft_wrap=True)
    console.print()


def in_columns(rows: Sequence[Sequence[Any]], columns: Sequence[str] = ()) -> list[list[str | Text]]:
    """Values as people read them below each other: numbers of a column have the same digits after the point.

    What the `columns` are called says which whole numbers are names.
    """
    if not rows:
        return []
    names = columns or [""] * len(rows[0])
    return [list(row) for row in zip(*map(_column, zip(*rows, strict=True), names), strict=True)]


def _column(values: Sequence[Any], name: str) -> list[str | Text]:
    """What is a text with a style already stays as it is."""
    texts = column_texts([None if isinstance(value, Text) else value for value in values], name)
    return [value if isinstance(value, Text) else text for value, text in zip(values, texts, strict=True)]


def bar(value: float, most: float, width: int = 20) -> str:
    """A bar of eighths of a character, `width` characters for `most`."""
    eighths = round(width * 8 * max(value, 0) / most) if most > 0 else 0
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
