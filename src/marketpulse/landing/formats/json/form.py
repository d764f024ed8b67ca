"""JSON as a format: lines, documents and arrays, told apart by how a file begins."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import ClassVar

import pyarrow as pa

from marketpulse.landing.encoding import unknown_encoding, wide
from marketpulse.landing.format import Format
from marketpulse.landing.formats.json.documents import read_documents
from marketpulse.landing.formats.json.kind import is_lines
from marketpulse.landing.formats.json.lines import read_lines
from marketpulse.landing.formats.json.messages import read_messages
from marketpulse.landing.formats.json.rows import NAMES
from marketpulse.landing.formats.json.source import Source
from marketpulse.landing.limits import Limits
from marketpulse.landing.messages import Messages
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.path import steps, wrong_path
from marketpulse.landing.records import Records, Wanted
from marketpulse.names import JSON_COLUMNS


class Json(Format):
    """How the files of a feed hold records."""

    title: ClassVar[str] = "JSON"
    #: Of lines one may be anything: the others are read.
    file_kinds: ClassVar[frozenset[str]] = frozenset({"JSON", "XML", "an HTML page"})
    columns_given: ClassVar[tuple[str, ...]] = JSON_COLUMNS
    json_columns: ClassVar[tuple[str, ...]] = JSON_COLUMNS
    checked: ClassVar[bool] = True

    encoding: str = "utf-8"
    records: str | None = None

    def open(self, data: OpenedFile, wanted: Wanted) -> Records:  # noqa: ARG002 - every file has the same columns
        """See `Format.open`; the columns are those that `Engine.records` checks."""
        found = Records(NAMES, iter(()), patient=lambda: self._records(data, Records(NAMES, iter(()))))
        return self._records(data, found)

    def may_be(self, first: bytes) -> Collection[str]:
        """See `Format.may_be`."""
        return self.file_kinds | wide(first, self.encoding)

    def _records(self, data: OpenedFile, found: Records) -> Records:
        found.batches = self._batches(Source(data, self.encoding), found)
        return found

    def _batches(self, source: Source, found: Records) -> Iterator[pa.RecordBatch]:
        path, limits = steps(self.records or ""), source.limits
        pieces, stream = source.open()
        head, rest = _head(pieces, limits.record)
        if is_lines(head, limits.record):
            yield from read_lines(chain([head], rest), path, limits, stream)
        else:
            yield from read_documents(head, rest, path, source, found)

    @property
    def takes_messages(self) -> bool:
        """See `Format.takes_messages`."""
        return codecs.lookup(self.encoding).name == "utf-8"

    def of_messages(self, messages: Messages, limits: Limits) -> Records:
        """See `Format.of_messages`."""
        return Records(NAMES, read_messages(messages, steps(self.records or ""), limits))

    def by_hand(self, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes | None:  # noqa: ARG002
        """See `Format.by_hand`; of a record that stood in others these are not there to write them again."""
        if self.records:
            return None
        lines = (" ".join(row[JSON_COLUMNS[0]].splitlines()) + "\n" for row in rows)
        return "".join(lines).encode(self.encoding)

    def problems(self) -> Iterator[tuple[str, str, str | None]]:
        """See `Format.problems`."""
        yield from unknown_encoding(self.encoding)
        yield from wrong_path(self.records)


def _head(pieces: Iterator[bytes], most: int) -> tuple[bytes, Iterator[bytes]]:
    """The first line and what follows it, or as much as a record may have."""
    parts: list[bytes] = []
    size, is_blank = 0, True
    for piece in pieces:
        parts.append(piece)
        size += len(piece)
        text = piece.lstrip(b" \t\r\n") if is_blank else piece
        is_blank = not text
        if b"\n" in text or size > most:
            break
    return b"".join(parts), pieces
