"""The quick reader of CSV: right when each line is one record with the right number of columns, in valid text.

It takes a quote that is never closed for a long field: where a record has many lines, only the patient reader can tell
one from the other. So it counts lines and records, and says at the end whether it may be trusted.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv

from marketpulse.landing.formats.csv.head import Head
from marketpulse.landing.formats.csv.lines import Bytes
from marketpulse.landing.formats.csv.options import CsvOptions, Shape
from marketpulse.landing.formats.csv.repeats import repeated
from marketpulse.landing.formats.csv.tolerant import Malformed, parsed
from marketpulse.landing.records import Records, batch, malformed

_BLOCK = 8 << 20


def may_be_quick(form: CsvOptions) -> bool:
    """Whether a file can be read quickly at all: an escape may be part of how a null is written."""
    return not (form.escape and any(form.escape in null for null in form.nulls))


def read_quick(stream: Bytes, head: Head, of: Records) -> Iterator[pa.RecordBatch]:
    """Batches of all records behind the head; sets `of.doubted` when they must not be used."""
    lines = _CountedLines(stream, head)
    done = 0
    header = head.header if head.form.header and isinstance(head.header, list) else []
    if head.above:
        yield malformed(of.names, [(n, line.reason, line.text) for n, line in enumerate(head.above, start=1)])
    try:
        for found in _open(lines, head):
            columns = _fitted(found, head.shape)
            if columns is None or len(repeated(columns, header)):
                of.doubted = True
                return
            begin = done + len(head.above) + 1
            yield batch(of.names, columns, pa.array(np.arange(begin, begin + found.num_rows)))
            done += found.num_rows
    except (pa.ArrowInvalid, UnicodeError):
        of.doubted = True
    else:
        of.doubted = stream.damage is not None or lines.count() != done or lines.are_odd()
    finally:
        lines.end()


def _open(stream: _CountedLines, head: Head) -> Iterator[pa.RecordBatch]:
    form, names = head.form, [str(place) for place in range(head.shape.fields)]
    if not stream.has_more():
        return iter(())
    found: Iterator[pa.RecordBatch] = pc_csv.open_csv(
        stream,
        read_options=pc_csv.ReadOptions(block_size=_BLOCK, column_names=names),
        parse_options=pc_csv.ParseOptions(
            delimiter=form.delimiter, quote_char=form.quote, escape_char=form.escape or False, newlines_in_values=True
        ),
        convert_options=pc_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), null_values=form.nulls, strings_can_be_null=True
        ),
    )
    return found


def _fitted(found: pa.RecordBatch, shape: Shape) -> list[pa.Array] | None:
    """A column for each of the file; None when there are values behind the last one."""
    more = found.columns[shape.columns :]
    if any(pc.max(pc.binary_length(column)).as_py() for column in more):
        return None
    lacking = [pa.nulls(found.num_rows, pa.string())] * (shape.columns - shape.fields)
    return [*found.columns[: shape.columns], *lacking]


def _within_text(data: bytes, form: CsvOptions) -> bool:
    """Whether a quote has text on both sides: it begins or ends no value, and is neither doubled nor escaped."""
    found = np.frombuffer(data, np.uint8)
    is_quote = found == ord(form.quote)
    is_text = ~is_quote
    for mark in ("\r", "\n", form.delimiter, form.escape or form.quote):
        is_text &= found != ord(mark)
    return bool(np.any(is_quote[1:-1] & is_text[:-2] & is_text[2:]))


def _last_line(data: bytes, before: bytes) -> bytes:
    """The last line that is not blank of what comes behind `before`, which is the last line up to there."""
    end = len(data.rstrip(b"\r\n"))
    newline = data.rfind(b"\n", 0, end)
    begin = max(newline, data.rfind(b"\r", newline + 1, end)) + 1
    return data[begin:] if begin or (end and before.endswith((b"\n", b"\r"))) else before + data


class _CountedLines:
    """A stream behind the head of a file, that counts the ends of lines (LF, CR LF or CR) it has given.

    It also looks for quotes within text: Arrow takes what stands behind a value in quotes for more of it.
    """

    closed = False

    def __init__(self, stream: Bytes, head: Head) -> None:
        self._stream = stream
        self._form, self._shape = head.form, head.shape
        self._odd = False
        self._lines = 0
        self._last = b""
        self._end = self._before = b""
        self._over = False
        self._reading = threading.Lock()
        self._next = b""
        start = head.place
        while start and (passed := stream.read(start)):
            start -= len(passed)

    def has_more(self) -> bool:
        """Whether there is anything to read: Arrow refuses a stream of nothing."""
        self._next = self._next or self._stream.read(_BLOCK) or b""
        return bool(self._next)

    def read(self, size: int) -> bytes:
        """Give the next bytes, and count."""
        with self._reading:
            if self._over:
                return b""
            data = self._take(size)
            joined = self._last + data
            self._lines += data.count(b"\n") + data.count(b"\r") - joined.count(b"\r\n")
            if not self._odd and self._form.quote.encode() in data:
                self._odd = _within_text(self._before + data, self._form)
            self._before = (self._before + data)[-2:] if len(data) < 2 else data[-2:]
            self._last = joined[-1:]
            self._end = _last_line(data, self._end)
            return data

    def _take(self, size: int) -> bytes:
        if not self._next:
            return self._stream.read(size) or b""
        data, self._next = self._next[:size], self._next[size:]
        return data

    def end(self) -> None:
        """Give no more: Arrow reads ahead in a thread that outlives its reader, and another reads the file anew."""
        with self._reading:
            self._over = True

    def close(self) -> None:
        """Nothing to give back."""

    def are_odd(self) -> bool:
        """Whether there were quotes that do not make a value; at the end Arrow takes what is there of it for one."""
        is_cut = bool(self._end.strip(b"\r\n")) and isinstance(parsed(self._end, self._form, self._shape), Malformed)
        return self._odd or is_cut

    def count(self) -> int:
        """Lines so far, a last one without an end included."""
        return self._lines + (self._last not in (b"", b"\n", b"\r"))
