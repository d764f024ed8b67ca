"""CSV as a format: which reader reads a file."""

from __future__ import annotations

from collections.abc import Iterator

from marketpulse.errors import GateError
from marketpulse.landing.encoding import encoding_of
from marketpulse.landing.format import Format
from marketpulse.landing.formats.csv.head import Head, read_head
from marketpulse.landing.formats.csv.lines import Bytes, Lines, WithoutFooter
from marketpulse.landing.formats.csv.options import CsvOptions, problems_of
from marketpulse.landing.formats.csv.patient import batches
from marketpulse.landing.formats.csv.quick import may_be_quick, read_quick
from marketpulse.landing.formats.csv.tolerant import Malformed, tolerant_rows
from marketpulse.landing.headers import snake_case
from marketpulse.landing.kinds import FIRST, other_kind
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import Records, Wanted, header_names
from marketpulse.landing.spelling import Problem

_ENCODING = "say in which encoding it is, csv.encoding: for example cp1252 (Windows) or latin-1"


class Csv(CsvOptions, Format):
    """Values between delimiters, a record a line unless a quoted value goes over several."""

    def open(self, data: OpenedFile, wanted: Wanted) -> Records:
        """See `Format.open`: quickly; patiently where the quick reader must not be trusted."""
        if data.file.size == 0:
            return Records(tuple(self.columns), iter(()))
        self._refuse_other_kinds(data)
        stream = self._stream(data)
        head = read_head(Lines(stream, data.limits), self, wanted, data.limits)
        if head.header is None and stream.damage:
            raise GateError(stream.damage, where=data.file.name, hint="land the file again")
        if head.header is None:
            return Records((), iter(()))
        names = self._names(head, wanted, data.file.name)
        if not may_be_quick(self):
            return self._patient(data, wanted, names)
        found = Records(names, iter(()), patient=lambda: self._patient(data, wanted, names))
        found.batches = read_quick(self._stream(data), head, found)
        return found

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

    def _stream(self, data: OpenedFile) -> Bytes:
        stream = data.stream(self.encoding)
        return WithoutFooter(stream, self.footer, data.limits) if self.footer else stream

    def _refuse_other_kinds(self, data: OpenedFile) -> None:
        """Raise GateError for a file that is something else: its records would be none."""
        first = data.stream().read(FIRST) or b""
        # What is said to be UTF-16 or UTF-32 has zeros, too.
        is_wide = encoding_of(first, self.encoding).startswith(("utf-16", "utf-32"))
        may_hold = () if self.header else ("JSON", "XML")
        if not is_wide and (error := other_kind(first, "CSV", data.file.name, may_hold)):
            raise error

    def _names(self, head: Head, wanted: Wanted, file: str) -> tuple[str, ...]:
        if isinstance(head.header, list):
            return header_names(head.header, wanted, file, self.names)
        reason = head.header.reason if isinstance(head.header, Malformed) else "there is none"
        hint = _ENCODING if reason.startswith("not valid ") and "CSV" not in reason else None
        raise GateError(f"the header cannot be read: {reason}", where=file, hint=hint)

    def _patient(self, data: OpenedFile, wanted: Wanted, names: tuple[str, ...]) -> Records:
        stream = self._stream(data)
        lines = Lines(stream, data.limits)
        head = read_head(lines, self, wanted, data.limits)
        rows = tolerant_rows(lines, stream, head.form, head.shape, data.limits)
        return Records(names, batches(names, rows, head))


__all__ = ["Csv"]
