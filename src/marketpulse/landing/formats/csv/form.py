"""CSV as a format: which reader reads a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pyarrow as pa

from marketpulse.errors import GateError
from marketpulse.landing.encoding import unknown_encoding
from marketpulse.landing.format import Format
from marketpulse.landing.formats.csv.options import CsvOptions
from marketpulse.landing.formats.csv.plain import read_plain
from marketpulse.landing.formats.csv.quick import read_quick
from marketpulse.landing.formats.csv.tolerant import Malformed, Plain, tolerant_rows
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import BATCH_ROWS, Records, Wanted, batch, header_names, malformed, snake_case
from marketpulse.names import ERROR, LINEAGE, MALFORMED


class Csv(CsvOptions, Format):
    """Values between delimiters, a record a line unless a quoted value goes over several."""

    def open(self, data: OpenedFile, wanted: Wanted) -> Records:
        """See `Format.open`: quickly; patiently where the quick reader must not be trusted."""
        if data.file.size == 0:
            return Records(tuple(self.columns), iter(()))
        header = self._header(data)
        if not header or len(set(header)) != len(header):
            return self._patient(data, wanted)
        names = header_names(header, wanted, data.file.name)
        found = Records(names, iter(()), patient=lambda: self._patient(data, wanted))
        found.batches = read_quick(data.stream(self.encoding), header, self, found)
        return found

    def known_columns(self) -> tuple[str, ...]:
        """See `Format.known_columns`."""
        return tuple(map(snake_case, self.columns))

    def every_column(self) -> tuple[str, ...] | None:
        """See `Format.every_column`."""
        return None if self.header else self.known_columns()

    def problems(self) -> Iterator[tuple[str, str, str | None]]:
        """See `Format.problems`."""
        if not self.header and not self.columns:
            yield "columns", "a CSV without a header needs its column names", "list them in csv.columns"
        if self.header and self.columns:
            yield "columns", "the files name their columns themselves", "take it out, or say header: false"
        for name in self.columns:
            if name.strip().lower() in {ERROR, MALFORMED, *LINEAGE}:
                yield "columns", f"{name} is a column of the platform", f"{snake_case(name)} can be one of a feed"
        known = self.known_columns()
        if twice := sorted({name for name in known if known.count(name) > 1}):
            yield "columns", f"two columns are called {', '.join(twice)}", "rename one of them"
        for option, mark in (("delimiter", self.delimiter), ("quote", self.quote)):
            if not mark.isascii() or mark in "\r\n\0":
                yield option, f"{mark!r} cannot part values", "one ASCII character that ends no line"
        if self.delimiter == self.quote:
            yield "quote", "delimiter and quote are the same", "choose two"
        yield from unknown_encoding(self.encoding)

    def _header(self, data: OpenedFile) -> list[str]:
        if not self.header:
            return list(self.columns)
        first = next(tolerant_rows(data.stream(self.encoding), self, data.limits, as_written=True), [])
        return [name or "" for name in first] if isinstance(first, list) else []

    def _patient(self, data: OpenedFile, wanted: Wanted) -> Records:
        name = data.file.name
        rows = tolerant_rows(data.stream(self.encoding), self, data.limits)
        header = cast("list[str | None] | Malformed | None", next(rows, None)) if self.header else list(self.columns)
        if header is None:
            return Records((), iter(()))
        if isinstance(header, Malformed):
            raise GateError(f"the header cannot be read: {header.reason}", where=name)
        names = header_names([column or "" for column in header], wanted, name)
        return Records(names, _batches(names, rows, self))


def _batches(
    names: tuple[str, ...], rows: Iterator[list[str | None] | Malformed | Plain], form: CsvOptions
) -> Iterator[pa.RecordBatch]:
    """Batches of the rows that fit the header; the rest with their reason."""
    good: list[list[str | None]] = []
    numbers: list[int] = []
    bad: list[tuple[int, str, bytes]] = []
    number = 0
    for row in rows:
        if isinstance(row, Plain):
            found = read_plain(row.lines, len(names), form)
            yield batch(names, found.columns, pa.array(found.numbers + number))
            bad += [(number + place, line.reason, line.text) for place, line in found.bad]
            number += found.count
            continue
        number += 1
        if isinstance(row, Malformed):
            bad.append((number, row.reason, row.text))
        elif len(row) != len(names):
            bad.append((number, f"{len(row)} columns instead of {len(names)}", ",".join(v or "" for v in row).encode()))
        else:
            good.append(row)
            numbers.append(number)
        if len(good) >= BATCH_ROWS:
            yield _together(names, good, numbers)
            good, numbers = [], []
    if good:
        yield _together(names, good, numbers)
    if bad:
        yield malformed(names, bad)


def _together(names: tuple[str, ...], rows: list[list[str | None]], numbers: list[int]) -> pa.RecordBatch:
    return batch(names, [pa.array(column, pa.string()) for column in zip(*rows, strict=True)], pa.array(numbers))
