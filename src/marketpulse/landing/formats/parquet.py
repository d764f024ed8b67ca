"""Parquet: every column as text, lists and structs as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from marketpulse.errors import GateError
from marketpulse.landing.format import Format
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import BATCH_ROWS, Records, Wanted, batch, header_names, lossless


class Parquet(Format):
    """Parquet says by itself all that is needed."""

    def open(self, data: OpenedFile, wanted: Wanted) -> Records:
        """See `Format.open`."""
        name = data.file.name
        try:
            reader = pq.ParquetFile(data.bytes())
        except (pa.ArrowInvalid, OSError) as error:
            raise GateError(f"not a Parquet file: {error}", where=name, hint="land the file again") from None
        names = header_names(reader.schema_arrow.names, wanted, name)
        return Records(names, _batches(reader, names))


def _batches(reader: pq.ParquetFile, names: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
    done = 0
    for found in reader.iter_batches(BATCH_ROWS):
        rows = pa.array(np.arange(done + 1, done + found.num_rows + 1))
        yield batch(names, [_as_text(column) for column in found.columns], rows)
        done += found.num_rows


def _as_text(column: pa.Array) -> pa.Array:
    """Values as text: JSON for lists and structs, base64 for bytes that are no text."""
    kind = column.type
    if pa.types.is_nested(kind):
        return pa.array([v if v is None else json.dumps(v, default=str) for v in column.to_pylist()], pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return pa.array([v if v is None else lossless(v) for v in column.to_pylist()], pa.string())
    return pc.cast(column, pa.string())


FORMAT = Parquet
