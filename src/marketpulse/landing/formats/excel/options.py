"""Which sheet of a workbook, and which of its cells, are the table."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import Field

from marketpulse.strict import Strict

_RANGE = re.compile(r"([A-Z]{1,3})?([0-9]{1,7})?:([A-Z]{1,3})?([0-9]{1,7})?")
_LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


class ExcelOptions(Strict):
    """Which sheet, and which of its cells: `header` is the row with the names, `columns` name them where none does."""

    sheet: str | int | None = None
    range: str | None = None
    header: int | None = Field(default=None, ge=1)
    columns: list[str] = []


@dataclass(frozen=True)
class Cells:
    """Rows and columns, both ends included."""

    first_row: int = 1
    last_row: int = _LAST_ROW
    first_column: int = 1
    last_column: int = LAST_COLUMN


def cells(text: str | None) -> Cells:
    """The cells of a range. Raise ValueError for none.

    >>> cells("B3:F200"), cells("B:F")
    (Cells(first_row=3, last_row=200, first_column=2, last_column=6), \
Cells(first_row=1, last_row=1048576, first_column=2, last_column=6))
    """
    if text is None:
        return Cells()
    found = _RANGE.fullmatch(text.replace("$", "").upper())
    if found is None or text == ":":
        raise ValueError(f"{text!r} is no range of cells")
    rows = (int(found[2] or 1), int(found[4] or _LAST_ROW))
    columns = (column(found[1] or "A"), column(found[3]) if found[3] else LAST_COLUMN)
    if not (1 <= rows[0] <= rows[1] and columns[0] <= columns[1] <= LAST_COLUMN):
        raise ValueError(f"{text!r} is no range of cells")
    return Cells(*rows, *columns)


def column(letters: str) -> int:
    """Number of a column.

    >>> column("A"), column("AA"), column("XFD")
    (1, 27, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def letters(column: int) -> str:
    """Name of a column.

    >>> letters(1), letters(27), letters(16384)
    ('A', 'AA', 'XFD')
    """
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
