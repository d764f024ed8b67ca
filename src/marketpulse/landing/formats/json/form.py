"""JSON as a format: lines, documents and arrays, told apart by how a file begins."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import ClassVar

import pyarrow as pa

from marketpulse.landing.encoding import unknown_encoding, wide
from marketpulse.landing.format import Format
from marketpulse.landing.formats.json.documents import read_documents
from marketpulse.landing.formats.json.kind import is_lines
from marketpulse.landing.formats.json.lines import read_lines
from marketpulse.landing.formats.json.rows import NAMES
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.path import steps, wrong_path
from marketpulse.landing.records import Records, Wanted
from marketpulse.landing.stream import ByteStream
from marketpulse.names import JSON_COLUMNS

_BOM = b"\xef\xbb\xbf"


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
        return Records(NAMES, self._batches(data))

    def may_be(self, first: bytes) -> Collection[str]:
        """See `Format.may_be`."""
        return self.file_kinds | wide(first, self.encoding)

    def _batches(self, data: OpenedFile) -> Iterator[pa.RecordBatch]:
        path = steps(self.records or "")

        def reopen() -> tuple[Iterator[bytes], ByteStream]:
            stream = data.stream(self.encoding)
            return _unmarked(stream.blocks()), stream

        pieces, stream = reopen()
        head, rest = _head(pieces, data.limits.record)
        if is_lines(head, data.limits.record):
            yield from read_lines(chain([head], rest), path, data.limits, stream)
        else:
            yield from read_documents(head, rest, path, data.limits, stream, reopen)

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


def _unmarked(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The bytes without a byte order mark."""
    first = b""
    for block in blocks:
        first += block
        if len(first) >= len(_BOM):
            break
    yield first.removeprefix(_BOM)
    yield from blocks


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
