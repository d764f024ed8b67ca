"""Parquet as a format: a file is read in pieces that are small as text, however small they are on the disk."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from marketpulse.errors import GateError
from marketpulse.landing.format import Format
from marketpulse.landing.formats.parquet.pages import examine
from marketpulse.landing.formats.parquet.texts import in_words
from marketpulse.landing.formats.parquet.weights import row_weights
from marketpulse.landing.limits import Limits
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import Records, Wanted, header_names, malformed

#: Bytes of text that are made at once.
_PIECE = 32 << 20


class Parquet(Format):
    """Parquet says by itself all that is needed."""

    def open(self, data: OpenedFile, wanted: Wanted) -> Records:
        """See `Format.open`."""
        name = data.file.name
        try:
            footer = pq.read_metadata(data.bytes())
            names = header_names(footer.schema.to_arrow_schema().names, wanted, name)
            rows = examine(footer, data.bytes(), data.limits)
            reader = pq.ParquetFile(data.bytes(), metadata=footer, read_dictionary=_with_dictionary(footer))
        except (pa.ArrowException, OSError) as error:
            raise GateError(f"not a Parquet file: {error}", where=name, hint="land the file again") from None
        return Records(names, _batches(reader, names, rows, data.limits))


def _with_dictionary(footer: pq.FileMetaData) -> list[str]:
    """Columns of texts that are written once and named many times: they are not to be unpacked."""
    groups = (footer.row_group(number) for number in range(footer.num_row_groups))
    chunks = (group.column(place) for group in groups for place in range(footer.num_columns))
    found = {c.path_in_schema for c in chunks if c.physical_type == "BYTE_ARRAY" and c.has_dictionary_page}
    return sorted(found)


def _batches(reader: pq.ParquetFile, names: tuple[str, ...], rows: int, limits: Limits) -> Iterator[pa.RecordBatch]:
    done, left = 0, limits.unpacked
    for found in reader.iter_batches(rows):
        weights = row_weights(found)
        left -= int(weights.sum())
        if left < 0:
            raise limits.too_large
        yield from _pieces(names, found, weights, done, limits)
        done += found.num_rows


def _pieces(
    names: tuple[str, ...], found: pa.RecordBatch, weights: NDArray[np.int64], done: int, limits: Limits
) -> Iterator[pa.RecordBatch]:
    """Records as text, a piece at a time; those that are too long are only told."""
    numbers = np.arange(done + 1, done + found.num_rows + 1)
    long = weights > limits.record
    if long.any():
        reasons = [limits.too_long(int(weight)) for weight in weights[long]]
        texts = [b""] * len(reasons)
        yield malformed(names, list(zip(numbers[long].tolist(), reasons, texts, strict=True)))
        found, numbers, weights = found.filter(pa.array(~long)), numbers[~long], weights[~long]
    borders = np.flatnonzero(np.diff(np.cumsum(weights) // _PIECE)) + 1
    for begin, end in zip([0, *borders], [*borders, len(numbers)], strict=True):
        if begin < end:
            yield from in_words(names, found.slice(begin, end - begin), numbers[begin:end])
