"""Parquet as a format: a file is read in pieces that are small as text, however small they are on the disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from marketpulse.errors import GateError
from marketpulse.landing.format import Format
from marketpulse.landing.formats.parquet.lists import unlisted
from marketpulse.landing.formats.parquet.pages import examine
from marketpulse.landing.formats.parquet.texts import in_words
from marketpulse.landing.formats.parquet.weights import row_weights
from marketpulse.landing.limits import Limits
from marketpulse.landing.numbering import Numbers
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.path import steps, wrong_path
from marketpulse.landing.records import Records, Wanted, header_names, malformed

#: Bytes of a column that are taken from a file at once: without it all that a group of rows has of the column.
_BUFFER = 1 << 20
#: Bytes of text that are made at once.
_PIECE = 32 << 20


class Parquet(Format):
    """Parquet says by itself all that is needed, but which of its lists are records."""

    title: ClassVar[str] = "Parquet"
    file_kinds: ClassVar[frozenset[str]] = frozenset({"a Parquet file"})

    records: str | None = None

    def open(self, data: OpenedFile, wanted: Wanted) -> Records:
        """See `Format.open`."""
        name = data.file.name
        try:
            footer = pq.read_metadata(data.bytes())
            said = tuple(footer.schema.to_arrow_schema().names)
            names = header_names(said, wanted, name)
            rows = examine(footer, data.bytes(), data.limits)
            shared = _with_dictionary(footer)
            how = {"buffer_size": _BUFFER, "pre_buffer": False, "page_checksum_verification": True}
            reader = pq.ParquetFile(data.bytes(), metadata=footer, read_dictionary=shared, **how)
        except (pa.ArrowException, OSError) as error:
            raise GateError(f"not a Parquet file: {error}", where=name, hint="land the file again") from None
        is_nested = any("." in column for column in shared)
        batches = _batches(reader, names, rows, data.limits, steps(self.records or ""), is_nested)
        return Records(names, batches, headers=said)

    def problems(self) -> Iterator[tuple[str, str, str | None]]:
        """See `Format.problems`."""
        yield from wrong_path(self.records)


def _with_dictionary(footer: pq.FileMetaData) -> list[str]:
    """Columns of texts that are written once and named many times: they are not to be unpacked."""
    groups = (footer.row_group(number) for number in range(footer.num_row_groups))
    chunks = (group.column(place) for group in groups for place in range(footer.num_columns))
    found = {c.path_in_schema for c in chunks if c.physical_type == "BYTE_ARRAY" and c.has_dictionary_page}
    return sorted(found)


def _batches(
    reader: pq.ParquetFile,
    names: tuple[str, ...],
    rows: int,
    limits: Limits,
    path: tuple[str, ...],
    is_nested: bool = False,
) -> Iterator[pa.RecordBatch]:
    done, left = 0, limits.unpacked
    place = _place(reader.schema_arrow.names, names, path)
    for found in _read(reader, rows, is_nested):
        weights = row_weights(found)
        left -= int(weights.sum())
        if left < 0:
            raise limits.too_large
        numbers = Numbers(done, found.num_rows)
        kept = np.flatnonzero(weights <= limits.record)
        fitting = found if len(kept) == found.num_rows else found.take(pa.array(kept))
        for begin, end in _pieces(weights[kept]):
            piece = fitting.slice(begin, end - begin)
            if place is None:
                yield from in_words(names, piece, numbers.of_texts()[kept[begin:end]])
                continue
            for each, of, items in unlisted(piece, place, path[1:], limits):
                yield from in_words(names, each, numbers.of_records(kept[begin + of]), items)
        yield from _long(names, weights, numbers, limits)  # last: what lists hold decides on the numbers
        done = numbers.last


def _read(reader: pq.ParquetFile, rows: int, is_nested: bool) -> Iterator[pa.RecordBatch]:
    """Rows, so many at once; a group at a time where texts inside of lists or structs are in dictionaries.

    The library cannot put the dictionaries of several groups together there.
    """
    if not is_nested:
        yield from reader.iter_batches(rows)
        return
    for number in range(reader.num_row_groups):
        yield from reader.iter_batches(rows, row_groups=[number])


def _place(columns: Sequence[str], names: tuple[str, ...], path: tuple[str, ...]) -> int | None:
    """The column that a path begins with, by its own name or that of bronze; None when the file has none."""
    for known in (list(columns), list(names)):
        if path and path[0] in known:
            return known.index(path[0])
    return None


def _long(
    names: tuple[str, ...], weights: NDArray[np.int64], numbers: Numbers, limits: Limits
) -> Iterator[pa.RecordBatch]:
    """Rows that are too long are only told."""
    if len(long := np.flatnonzero(weights > limits.record)):
        told = [(int(numbers.of_texts()[row]), limits.too_long(int(weights[row])), b"") for row in long]
        yield malformed(names, told)


def _pieces(weights: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """From which row to which are some that are not too much as text."""
    borders = np.flatnonzero(np.diff(np.cumsum(weights) // _PIECE)) + 1
    for begin, end in zip([0, *borders.tolist()], [*borders.tolist(), len(weights)], strict=True):
        if begin < end:
            yield begin, end
