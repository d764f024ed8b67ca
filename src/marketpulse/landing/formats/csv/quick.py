"""The quick reader of CSV: right when each line is one record with the right number of columns, in valid text.

It takes a quote that is never closed for a long field: where a record has many lines, only the patient reader can tell
one from the other. So it counts lines and records, and says at the end whether it may be trusted.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc_csv

from marketpulse.landing.formats.csv.options import CsvOptions
from marketpulse.landing.records import Records, batch
from marketpulse.landing.stream import ByteStream

_BLOCK = 8 << 20


def read_quick(stream: ByteStream, header: list[str], form: CsvOptions, of: Records) -> Iterator[pa.RecordBatch]:
    """Batches of the whole file; sets `of.doubted` when they must not be used."""
    lines = _CountedLines(stream)
    done = 0
    try:
        for found in _open(lines, header, form):
            rows = pa.array(np.arange(done + 1, done + found.num_rows + 1))
            yield batch(of.names, found.columns, rows)
            done += found.num_rows
    except (pa.ArrowInvalid, UnicodeError):
        of.doubted = True
    else:
        of.doubted = stream.damage is not None or lines.count() != done + form.header
    finally:
        lines.end()


def _open(stream: _CountedLines, header: list[str], form: CsvOptions) -> pc_csv.CSVStreamingReader:
    return pc_csv.open_csv(
        stream,
        read_options=pc_csv.ReadOptions(block_size=_BLOCK, column_names=None if form.header else form.columns),
        parse_options=pc_csv.ParseOptions(delimiter=form.delimiter, quote_char=form.quote, newlines_in_values=True),
        convert_options=pc_csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), null_values=form.nulls, strings_can_be_null=True
        ),
    )


class _CountedLines:
    """A stream that counts the ends of lines (LF, CR LF or CR) it has given."""

    closed = False

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._lines = 0
        self._last = b""
        self._over = False
        self._reading = threading.Lock()

    def read(self, size: int) -> bytes:
        """Give the next bytes, and count."""
        with self._reading:
            if self._over:
                return b""
            data = self._stream.read(size) or b""
            joined = self._last + data
            self._lines += data.count(b"\n") + data.count(b"\r") - joined.count(b"\r\n")
            self._last = joined[-1:]
            return data

    def end(self) -> None:
        """Give no more: Arrow reads ahead in a thread that outlives its reader, and another reads the file anew."""
        with self._reading:
            self._over = True

    def close(self) -> None:
        """Nothing to give back."""

    def count(self) -> int:
        """Lines so far, a last one without an end included."""
        return self._lines + (self._last not in (b"", b"\n", b"\r"))
