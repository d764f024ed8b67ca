"""Rows of a sheet, one after the other: a row holds the cells that hold something."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from zipfile import BadZipFile

from marketpulse.landing.formats.excel.cells import Shown, moment, number, unescaped
from marketpulse.landing.formats.excel.options import Cells, column, letters
from marketpulse.landing.formats.excel.workbook import SheetPart, Workbook
from marketpulse.landing.limits import Limits
from marketpulse.landing.markup import MarkupError, Start

_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass
class Row:
    """A row of a sheet, by its number: the texts of its cells by their column, and why it cannot be read."""

    number: int
    values: dict[int, str] = field(default_factory=dict)
    wrong: str | None = None
    size: int = 0


@dataclass
class _Cell:
    """A cell while it is read."""

    column: int
    kind: str
    style: int
    parts: list[str] = field(default_factory=list)
    computed: bool = False


class SheetRows:
    """Rows of a sheet within some cells; when they are over, `damage` says what was wrong with it."""

    def __init__(self, workbook: Workbook, sheet: SheetPart, cells: Cells, limits: Limits) -> None:
        self.damage: str | None = None
        self._workbook, self._sheet, self._cells, self._limits = workbook, sheet, cells, limits

    def __iter__(self) -> Iterator[Row]:
        """The rows that hold something, in the order of the sheet."""
        try:
            for row in self._rows():
                if row.number > self._cells.last_row:
                    return
                if row.number >= self._cells.first_row and (row.values or row.wrong):
                    yield row
        except (MarkupError, BadZipFile, zlib.error, EOFError, KeyError, RuntimeError, NotImplementedError) as error:
            self.damage = f"the sheet {self._sheet.name!r} is damaged: {error}"

    def _rows(self) -> Iterator[Row]:
        row, cell, taking, spoken = Row(0), None, False, False
        for event in self._workbook.events(self._sheet.part):
            if isinstance(event, str):
                if cell and taking and not spoken and row.size <= self._limits.record:
                    cell.parts.append(event)
                    row.size += len(event)
            elif isinstance(event, Start):
                if event.name == "row":
                    row, last = _row(event.attributes, row.number), 0
                elif event.name == "c":
                    cell = _cell(event.attributes, last)
                    last = cell.column
                elif event.name == "f" and cell:
                    cell.computed = True
                taking = event.name in ("v", "t")
                spoken = spoken or event.name == "rPh"
            elif event.name == "c" and cell:
                self._take(row, cell)
                cell = None
            elif event.name == "row":
                yield row
            else:
                taking = False
                spoken = spoken and event.name != "rPh"

    def _take(self, row: Row, cell: _Cell) -> None:
        if not self._cells.first_column <= cell.column <= self._cells.last_column:
            return
        text = "".join(cell.parts)
        if cell.column in row.values:
            row.wrong = row.wrong or f"cell {letters(cell.column)}{row.number} stands there twice"
            return
        if row.size > self._limits.record:
            row.wrong = self._limits.too_long(row.size, "the row")
            return
        try:
            value = self._text(cell, text)
        except (ValueError, IndexError, OverflowError) as error:
            row.wrong = row.wrong or f"cell {letters(cell.column)}{row.number}: {error}"
            value = text
        if value:
            row.values[cell.column] = value
            row.size += len(value)

    def _text(self, cell: _Cell, text: str) -> str:
        if not text and cell.computed and cell.kind != "str":
            raise ValueError("it holds a formula that was not computed: open the workbook in Excel and save it")
        if cell.kind == "s":
            return self._workbook.texts[int(text)] if text else ""
        if cell.kind in ("str", "inlineStr"):
            return unescaped(text)
        if cell.kind == "b":
            return {"1": "true", "0": "false"}.get(text, text)
        if cell.kind != "n" or not text:
            return text
        shown = self._workbook.shown[cell.style] if cell.style < len(self._workbook.shown) else Shown.NUMBER
        return number(text) if shown is Shown.NUMBER else moment(text, shown, self._workbook.from_1904)


def _row(given: dict[str, str], last: int) -> Row:
    """A row below the one before it: two of one number could not be told apart."""
    number = _int(given.get("r"), last + 1)
    if number <= last:
        raise MarkupError(f"row {number:,} stands below row {last:,}")
    return Row(number)


def _cell(given: dict[str, str], last: int) -> _Cell:
    place = _PLACE.fullmatch(given.get("r", ""))
    return _Cell(column(place[1]) if place else last + 1, given.get("t", "n"), _int(given.get("s"), 0))


def _int(text: str | None, usual: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 8 else usual
