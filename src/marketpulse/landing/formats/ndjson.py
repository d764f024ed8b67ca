"""NDJSON: a line is a record, or holds an array of them and is their envelope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from marketpulse.landing.encoding import unknown_encoding
from marketpulse.landing.format import Format
from marketpulse.landing.limits import Limits
from marketpulse.landing.lines import NEWLINE, LongLine, whole_lines
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import Records, Wanted, batch, is_text, malformed
from marketpulse.landing.stream import ByteStream
from marketpulse.names import JSON_COLUMNS

_LINE = ("line",)
_BOM = b"\xef\xbb\xbf"


class Ndjson(Format):
    """How the lines of an NDJSON file hold records."""

    columns_given: ClassVar[tuple[str, ...]] = JSON_COLUMNS
    json_columns: ClassVar[tuple[str, ...]] = JSON_COLUMNS
    nests: ClassVar[bool] = True

    encoding: str = "utf-8"
    records: str | None = None

    def open(self, data: OpenedFile, wanted: Wanted) -> Records:  # noqa: ARG002 - every file has the same columns
        """See `Format.open`; the one column is the line."""
        return Records(_LINE, _lines(data.stream(self.encoding), data.limits))

    def nested(self) -> str | None:
        """See `Format.nested`."""
        return self.records

    def problems(self) -> Iterator[tuple[str, str, str | None]]:
        """See `Format.problems`."""
        yield from unknown_encoding(self.encoding)


def _lines(stream: ByteStream, limits: Limits) -> Iterator[pa.RecordBatch]:
    """Split NDJSON into lines without copying them; the number of a record is its physical line."""
    done = 0
    for block in whole_lines(stream.blocks(), NEWLINE, limits):
        if isinstance(block, LongLine):
            yield malformed(_LINE, [(done + 1, block.reason, block.text)])
            done += 1
            continue
        whole = block if block.endswith(b"\n") else block + b"\n"
        yield from _block_of_lines(whole.removeprefix(_BOM) if done == 0 else whole, done)
        done += block.count(b"\n")
    if stream.damage:
        yield malformed(_LINE, [(done + 2, stream.damage, b"")])


def _block_of_lines(block: bytes, done: int) -> Iterator[pa.RecordBatch]:
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == 10) + 1
    offsets = np.concatenate(([0], ends)).astype(np.int32)
    lines = pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(block))
    rows = pa.array(np.arange(done + 1, done + len(ends) + 1))
    try:
        lines.validate(full=True)
    except pa.ArrowInvalid:
        texts = block.split(b"\n")
        good = np.array([is_text(text) for text in texts[: len(ends)]])
        bad = [(done + 1 + int(i), "not valid UTF-8", texts[i]) for i in np.flatnonzero(~good)]
        yield malformed(_LINE, bad)
        kept = [texts[i].decode("utf-8") for i in np.flatnonzero(good)]
        lines, rows = pa.array(kept, pa.string()), rows.filter(pa.array(good))
    lines = pc.ascii_rtrim(lines, "\r\n")
    if not pc.all(pc.starts_with(lines, "{")).as_py():  # else none is blank
        written = pc.not_equal(pc.ascii_trim_whitespace(lines), "")
        lines, rows = lines.filter(written), rows.filter(written)
    yield batch(_LINE, [lines], rows)


FORMAT = Ndjson
