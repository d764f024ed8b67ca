"""Tables that fit the screen, values as people read them, and JSON."""

from __future__ import annotations

import dataclasses
import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from marketpulse.cli.terminal import Trimmed, terminal
from marketpulse.visible import visible, visible_json

console = terminal()
#: Last words of the names of columns whose whole numbers name something, or are moments.
_NAMES = frozenset(
    {"id", "number", "nr", "no", "key", "code", "ean", "gtin", "barcode", "zip", "year"}
    | {"at", "created", "updated", "epoch", "timestamp", "ts"}
)


def to_json(value: Any) -> None:
    """Write any report as indented JSON to standard output."""
    sys.stdout.write(visible_json(json.dumps(plain(value), indent=2, ensure_ascii=False)) + "\n")


def plain(value: Any) -> Any:
    """Dataclasses, dates and decimals as what JSON knows."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (Decimal, Path)):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)  # 0.0000000000, not 0E-10
    return value


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], right: Sequence[int] = ()) -> None:
    """Print a table; columns in `right` are numbers."""
    grid = Table(header_style="dim", box=None, pad_edge=False)
    for index, column in enumerate(columns):
        is_number = index in right
        whole = index == 0 or is_number or column == "committed"
        grid.add_column(column, justify="right" if is_number else "left", overflow="fold", no_wrap=whole)
    for row in in_columns(list(rows), columns):
        grid.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    if title:  # as wide as the screen, not as the table
        console.print(Text(title, "bold"))
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
    if is_name(name):
        values = [str(value) if type(value) is int else value for value in values]
    digits = _digits([v for v in values if isinstance(v, (float, Decimal))])
    return [
        value
        if isinstance(value, Text)
        else f"{value:,.{digits}f}"
        if digits is not None and isinstance(value, (float, Decimal)) and math.isfinite(value)
        else shown(value)
        for value in values
    ]


def _digits(values: Sequence[float | Decimal]) -> int | None:
    """Digits after the point that no value of a column needs more of; None where each is written for itself.

    Decimals keep all that they have, and two at least; of doubles four digits count.
    """
    finite = [value for value in values if math.isfinite(value)]
    if all(isinstance(value, Decimal) and value == value.to_integral_value() for value in finite):
        exact = all(isinstance(value, Decimal) and value.as_tuple().exponent == 0 for value in finite)
        return None if exact else 2
    texts = [f"{v.normalize():f}" if isinstance(v, Decimal) else shown(v) for v in finite]
    if any("e" in text for text in texts):
        return None
    needed = max(len(text.partition(".")[2]) for text in texts)
    return max(needed, 2) if any(isinstance(value, Decimal) for value in finite) else needed


def is_name(column: str) -> bool:
    """Whether whole numbers of a column name something or are moments, by what it is called: nobody counts them.

    >>> [is_name(name) for name in ("order_id", "created_at", "year", "orders", "id_count")]
    [True, True, True, False, False]
    """
    return column.lower().rpartition("_")[2] in _NAMES


def called(value: Any, column: str) -> str:
    """A value of a column as people write it: a whole number that names something has no thousands separators."""
    return str(value) if type(value) is int and is_name(column) else shown(value)


def shown(value: Any) -> str:
    """A value as people write it: thousands separators, no trailing noise, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _number(value) if isinstance(value, (int, float, Decimal)) else visible(str(value))


def _number(value: int | float | Decimal) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, Decimal) and value.as_tuple().exponent != 0:
        return f"{value:,.2f}" if value == value.quantize(Decimal("0.01")) else f"{value:,f}"
    return f"{value:,}"


def bar(value: float, most: float, width: int = 20) -> str:
    """A bar of eighths of a character, `width` characters for `most`."""
    eighths = round(width * 8 * max(value, 0) / most) if most > 0 else 0
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
