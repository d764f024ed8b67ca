"""Numbered records of one file: a stream of Arrow batches, one row a record, all text.

Each batch has the file's columns, `_source_row` (1 is the first record), `_item` (its place in an array), and `_error`
and `_malformed` for what cannot be read. Nothing is dropped.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from marketpulse.errors import GateError
from marketpulse.landing.headers import Given, column_names
from marketpulse.landing.limits import LONGEST_NAME, MOST_COLUMNS
from marketpulse.names import ERROR, ITEM, MALFORMED, SOURCE_ROW

#: Rows of a batch, where a reader may choose.
BATCH_ROWS = 50_000


@dataclass(frozen=True)
class Wanted:
    """What a feed asks of its files: columns without which one is no use. `where` is the file that says so."""

    required: tuple[str, ...] = ()
    where: str = "the source"


@dataclass
class Records:
    """One file, opened: its column names and its batches (read once).

    A quick reader may find on the way that it must not be trusted: then the stream ends or fails, `doubted` is set, and
    `patient` reads the file anew. When the file turns out to be unreadable, the stream fails and `failure` says why.
    `headers` are what the columns are called in the file, where it names them. `doubts` are warnings, once it is read.
    """

    names: tuple[str, ...]
    batches: Iterator[pa.RecordBatch]
    patient: Callable[[], Records] | None = None
    doubted: bool = False
    failure: Exception | None = None
    headers: tuple[str, ...] = ()
    doubts: Callable[[], list[GateError]] = list

    def stream(self) -> pa.RecordBatchReader:
        """All records as one Arrow stream."""
        return pa.RecordBatchReader.from_batches(_schema(self.names), self._watched())

    def _watched(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self.batches
        except Exception as error:  # whatever a file does to its reader is told of that file
            self.failure = error
            raise


def _schema(names: tuple[str, ...]) -> pa.Schema:
    texts = [(name, pa.string()) for name in names]
    numbers = [(SOURCE_ROW, pa.int64()), (ITEM, pa.int64())]
    return pa.schema([*texts, *numbers, (ERROR, pa.string()), (MALFORMED, pa.string())])


def batch(
    names: tuple[str, ...], columns: Sequence[pa.Array], rows: pa.Array, items: pa.Array | None = None
) -> pa.RecordBatch:
    """Records that could be read; `rows` are their numbers, `items` their places in the array they are taken from."""
    items = pa.nulls(len(rows), pa.int64()) if items is None else items
    empty = pa.nulls(len(rows), pa.string())
    return pa.RecordBatch.from_arrays([*columns, rows, items, empty, empty], schema=_schema(names))


def malformed(
    names: tuple[str, ...], found: list[tuple[int, str, bytes]], known: Sequence[pa.Array] = ()
) -> pa.RecordBatch:
    """Records that could not be read: (record number, reason, bytes) each; `known` are the last of their columns."""
    rows, reasons, texts = zip(*found, strict=True)
    nothing = [pa.nulls(len(rows), pa.string())] * (len(names) - len(known))
    tail = [pa.array(reasons), pa.array([lossless(t) for t in texts])]
    numbers = [pa.array(rows, pa.int64()), pa.nulls(len(rows), pa.int64())]
    return pa.RecordBatch.from_arrays([*nothing, *known, *numbers, *tail], schema=_schema(names))


def lossless(data: bytes) -> str:
    """The text, or, when the bytes are no UTF-8, `base64:` and the bytes in base64."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(data).decode("ascii")


def is_text(data: bytes) -> bool:
    """Whether the bytes are UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def header_names(header: Sequence[str], wanted: Wanted, file: str, given: Given | None = None) -> tuple[str, ...]:
    """A name for each column of a header; GateError for two of one name, a lack of a required one, or no header.

    `given` are names that the feed gives itself (see `column_names`).
    """
    if len(header) > MOST_COLUMNS:
        what = f"the header has {len(header):,} columns, more than {MOST_COLUMNS:,}"
        raise GateError(what, where=file, hint="land a file that lines stand in, not one whose lines are columns")
    if (longest := max(map(len, header), default=0)) > LONGEST_NAME:
        what = f"the name of a column has {longest:,} characters, more than {LONGEST_NAME:,}"
        raise GateError(what, where=file, hint="land a file whose first line names its columns")
    names = column_names(header, given, file)
    missing = [name for name in wanted.required if name not in names]
    if missing:
        several = len(missing) > 1
        raise GateError(
            f"the required column{'s' * several} {', '.join(missing)} {'are' if several else 'is'} missing",
            where=file,
            hint=f"the file has {', '.join(names)}; land it again, or change {wanted.where}",
        )
    return names
