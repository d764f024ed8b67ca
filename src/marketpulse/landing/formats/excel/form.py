"""Excel as a format: a table of one sheet; the number of a record is the row that Excel shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import ClassVar

import pyarrow as pa

from marketpulse.errors import GateError
from marketpulse.landing.format import Format
from marketpulse.landing.formats.excel.options import ExcelOptions, cells, letters
from marketpulse.landing.formats.excel.sheet import Row, SheetRows
from marketpulse.landing.formats.excel.workbook import SheetPart, Workbook
from marketpulse.landing.headers import snake_case
from marketpulse.landing.kinds import OLD_OFFICE
from marketpulse.landing.limits import start
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import BATCH_ROWS, Records, Wanted, batch, header_names, malformed

#: Characters whose records become a batch.
_PIECE = 16 << 20


class Excel(ExcelOptions, Format):
    """A table in a sheet of a workbook (.xlsx, .xlsm)."""

    title: ClassVar[str] = "an Excel workbook"
    file_kinds: ClassVar[frozenset[str]] = frozenset({title, "an Excel workbook or another Office file", OLD_OFFICE})

    def open(self, data: OpenedFile, wanted: Wanted) -> Records:
        """See `Format.open`."""
        rows = self.rows(data)
        found = iter(rows)
        head = self._named() if self.columns else self._header(found)
        if not head:
            if rows.damage:
                raise GateError(rows.damage, hint="save the workbook again, and land it")
            return Records((), iter(()))
        names = header_names(list(head.values()), wanted, data.file.name)
        return Records(names, _batches(names, list(head), found, rows), headers=tuple(head.values()))

    def rows(self, data: OpenedFile) -> SheetRows:
        """The rows of its sheet, titles and header among them. Raise GateError where no one sheet is meant."""
        workbook = Workbook(data.bytes(), data.limits)
        return SheetRows(workbook, self._sheet(workbook.sheets), cells(self.range), data.limits)

    def known_columns(self) -> tuple[str, ...]:
        """See `Format.known_columns`."""
        return tuple(map(snake_case, self.columns))

    def every_column(self) -> tuple[str, ...] | None:
        """See `Format.every_column`."""
        return self.known_columns() or None

    def problems(self) -> Iterator[tuple[str, str, str | None]]:
        """See `Format.problems`."""
        try:
            found = cells(self.range)
        except ValueError as error:
            yield "range", str(error), "for example A3:F200, or B:F"
            return
        if self.header and self.columns:
            yield "columns", "the header names the columns", "take one of the two out"
        if self.header and not found.first_row <= self.header <= found.last_row:
            yield "header", f"row {self.header} does not lie in {self.range}", "say a row of the range"
        known = self.known_columns()
        if twice := sorted({name for name in known if known.count(name) > 1}):
            yield "columns", f"two columns are called {', '.join(twice)}", "rename one of them"
        if isinstance(self.sheet, int) and self.sheet < 1:
            yield "sheet", f"there is no sheet {self.sheet}", "the first one is 1"

    def _sheet(self, sheets: list[SheetPart]) -> SheetPart:
        has = "the workbook has " + ", ".join(repr(each.name) for each in sheets[:50])
        if self.sheet is None:
            seen = [each for each in sheets if each.visible] or sheets
            if len(seen) == 1:
                return seen[0]
            raise GateError(
                "the workbook has several sheets, and the feed does not say which", hint=f"{has}: say sheet"
            )
        if isinstance(self.sheet, int):
            if self.sheet <= len(sheets):
                return sheets[self.sheet - 1]
            raise GateError(f"the workbook has no sheet {self.sheet}", hint=has)
        for each in sheets:
            if each.name == self.sheet:
                return each
        raise GateError(f"the workbook has no sheet {self.sheet!r}", hint=has)

    def _named(self) -> dict[int, str]:
        first = cells(self.range).first_column
        return {first + place: name for place, name in enumerate(self.columns)}

    def _header(self, found: Iterator[Row]) -> dict[int, str]:
        """Names of the columns by their number: those of the first row, or of the row that the feed says."""
        row = next((row for row in found if self.header is None or row.number >= self.header), None)
        if row is None or (self.header and row.number > self.header):
            if self.header and row:
                raise GateError(f"row {self.header} has no header", hint="say excel.header, the row with the names")
            return {}
        if row.wrong:
            raise GateError(f"the header cannot be read: {row.wrong}", hint="say excel.header, the row with the names")
        return {column: row.values[column] for column in sorted(row.values) if row.values[column].strip()}


def _batches(
    names: tuple[str, ...], columns: list[int], found: Iterator[Row], rows: SheetRows
) -> Iterator[pa.RecordBatch]:
    good: list[list[str | None]] = []
    numbers: list[int] = []
    bad: list[tuple[int, str, bytes]] = []
    size = last = 0
    for row in found:
        last, size = row.number, size + row.size
        if wrong := row.wrong or _stray(row, columns):
            bad.append((row.number, wrong, _shown(row)))
        else:
            good.append([row.values.get(column) for column in columns])
            numbers.append(row.number)
        if len(good) + len(bad) >= BATCH_ROWS or size > _PIECE:
            yield from _together(names, good, numbers, bad)
            good, numbers, bad, size = [], [], [], 0
    if rows.damage:
        bad.append((last + 1, rows.damage, b""))
    yield from _together(names, good, numbers, bad)


def _stray(row: Row, columns: list[int]) -> str | None:
    """What of a row stands where no column has a name."""
    stray = sorted(row.values.keys() - set(columns))
    return f"it has a value in column {letters(stray[0])}, which the header does not name" if stray else None


def _shown(row: Row) -> bytes:
    """What can be read of a row, as JSON."""
    values = {letters(column): value for column, value in sorted(row.values.items())}
    return start(json.dumps(values, ensure_ascii=False).encode("utf-8", errors="replace"))


def _together(
    names: tuple[str, ...], good: list[list[str | None]], numbers: list[int], bad: list[tuple[int, str, bytes]]
) -> Iterator[pa.RecordBatch]:
    if good:
        columns = [pa.array(column, pa.string()) for column in zip(*good, strict=True)]
        yield batch(names, columns, pa.array(numbers))
    if bad:
        yield malformed(names, bad)
