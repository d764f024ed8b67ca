"""CSV as a format: which reader reads a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import ClassVar

from marketpulse.errors import GateError
from marketpulse.landing.encoding import wide
from marketpulse.landing.format import Format
from marketpulse.landing.formats.csv.footer import doubted_footer
from marketpulse.landing.formats.csv.head import Head, read_head
from marketpulse.landing.formats.csv.lines import Bytes, Lines, WithoutFooter
from marketpulse.landing.formats.csv.options import CsvOptions, problems_of
from marketpulse.landing.formats.csv.parted import other_delimiter
from marketpulse.landing.formats.csv.patient import batches
from marketpulse.landing.formats.csv.quick import may_be_quick, read_quick
from marketpulse.landing.formats.csv.tolerant import Malformed, tolerant_rows
from marketpulse.landing.headers import snake_case
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import Records, Wanted, header_names
from marketpulse.landing.spelling import Problem

_ENCODING = "say in which encoding it is, csv.encoding: for example cp1252 (Windows) or latin-1"


class Csv(CsvOptions, Format):
    """Values between delimiters, a record a line unless a quoted value goes over several."""

    title: ClassVar[str] = "CSV"

    def open(self, data: OpenedFile, wanted: Wanted) -> Records:
        """See `Format.open`: quickly; patiently where the quick reader must not be trusted."""
        if data.file.size == 0:
            return Records(tuple(self.columns), iter(()))
        stream = self._stream(data)
        head = read_head(Lines(stream, data.limits), self, wanted, data.limits)
        if head.header is None:
            return self._nothing(stream.damage, data.file.name)
        names = self._names(head, wanted, data.file.name)
        said = tuple(head.header) if isinstance(head.header, list) else ()
        if not may_be_quick(self):
            found = self._patient(data, wanted, names)
            found.headers = said
            return found
        found = Records(names, iter(()), patient=lambda: self._patient(data, wanted, names), headers=said)
        stream = self._stream(data)
        found.batches = read_quick(stream, head, found)
        found.doubts = lambda: _doubts(stream, head, names, wanted, data.file.name)
        return found

    def may_be(self, first: bytes) -> Collection[str]:
        """See `Format.may_be`: without a header, a first value may be anything that is a text."""
        return wide(first, self.encoding) | (set() if self.header else {"JSON", "XML"})

    def known_columns(self) -> tuple[str, ...]:
        """See `Format.known_columns`."""
        return tuple(map(snake_case, self.columns))

    def every_column(self) -> tuple[str, ...] | None:
        """See `Format.every_column`."""
        return None if self.header else self.known_columns()

    def called(self) -> Iterator[tuple[str, str]]:
        """See `Format.called`."""
        for header, names in self.names.items():
            yield from ((header, name) for name in ([names] if isinstance(names, str) else names))
        yield from ((name, snake_case(name)) for name in self.columns if snake_case(name) != name)

    def problems(self) -> Iterator[Problem]:
        """See `Format.problems`."""
        return problems_of(self)

    def by_hand(self, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes | None:
        """See `Format.by_hand`."""
        text = io.StringIO()
        doubled = self.escape is None
        writer = csv.writer(text, delimiter=self.delimiter, quotechar=self.quote, escapechar=self.escape,
                            doublequote=doubled, lineterminator="\n")  # fmt: skip
        names = self.columns or columns
        nothing = "" if "" in self.nulls or not self.nulls else self.nulls[0]
        around = [["by hand"]]
        writer.writerows(around * self.skip)
        writer.writerows([names] if self.header else [])
        writer.writerows([row.get(name) or nothing for name in names] for row in rows)
        writer.writerows(around * self.footer)
        return text.getvalue().encode(self.encoding)

    def _stream(self, data: OpenedFile) -> Bytes:
        stream = data.stream(self.encoding)
        return WithoutFooter(stream, self.footer, data.limits) if self.footer else stream

    def _nothing(self, damage: str | None, file: str) -> Records:
        """No records of an empty file. Raise GateError when it ends before its header for another reason."""
        if damage:
            raise GateError(damage, where=file, hint="land the file again")
        if self.skip or self.footer:
            told = "nothing is left of it without the lines that csv.skip and csv.footer leave out"
            raise GateError(told, where=file, hint="land the file whole, or say fewer lines")
        return Records((), iter(()))

    def _names(self, head: Head, wanted: Wanted, file: str) -> tuple[str, ...]:
        if isinstance(head.header, list):
            try:
                return header_names(head.header, wanted, file, self.names)
            except GateError as error:
                hint = other_delimiter(head.header, head.form.delimiter) or error.hint
                raise GateError(error.message, where=error.where, hint=hint) from None
        reason = head.header.reason if isinstance(head.header, Malformed) else "there is none"
        hint = _ENCODING if reason.startswith("not valid ") and "CSV" not in reason else None
        raise GateError(f"the header cannot be read: {reason}", where=file, hint=hint)

    def _patient(self, data: OpenedFile, wanted: Wanted, names: tuple[str, ...]) -> Records:
        stream = self._stream(data)
        lines = Lines(stream, data.limits)
        head = read_head(lines, self, wanted, data.limits)
        rows = tolerant_rows(lines, stream, head.form, head.shape, data.limits)
        found = Records(names, batches(names, rows, head))
        found.doubts = lambda: _doubts(stream, head, names, wanted, data.file.name)
        return found


def _doubts(stream: Bytes, head: Head, names: tuple[str, ...], wanted: Wanted, file: str) -> list[GateError]:
    return doubted_footer(stream.dropped, head, names, wanted, file) if isinstance(stream, WithoutFooter) else []


__all__ = ["Csv"]
