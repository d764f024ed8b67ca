"""Landed bytes -> numbered records: a stream of Arrow batches, one row a record, all text.

CSV and Parquet give the file's columns, NDJSON the column `line`; each batch also has `_source_row`
(1 is the first record), and `_error` and `_malformed` for what cannot be read. Nothing is dropped.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq

from marketpulse.errors import GateError
from marketpulse.landing.files import LandedFile
from marketpulse.landing.formats.csv_plain import is_text, read_plain
from marketpulse.landing.formats.csv_tolerant import Malformed, Plain, tolerant_rows
from marketpulse.landing.stream import ByteStream
from marketpulse.names import ERROR, MALFORMED, SOURCE_ROW
from marketpulse.project.source import CsvFormat, Source
from marketpulse.storage.places import filesystem, is_remote

LINE = "line"
_BLOCK = 8 << 20
_ROWS = 50_000
_BOM = b"\xef\xbb\xbf"


@dataclass
class Records:
    """One file, opened: its column names and its batches (read once).

    When the file turns out to be unreadable on the way, the stream fails and `failure` says why.
    """

    names: tuple[str, ...]
    batches: Iterator[pa.RecordBatch]
    failure: str | None = None

    def stream(self) -> pa.RecordBatchReader:
        """All records as one Arrow stream."""
        return pa.RecordBatchReader.from_batches(_schema(self.names), self._watched())

    def _watched(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self.batches
        except (OSError, UnicodeError, pa.ArrowException) as error:
            self.failure = str(error)
            raise


def read_records(file: LandedFile, source: Source) -> Records:
    """Open a landed file as its source describes. Raise GateError when the file as a whole is unusable."""
    if source.format == "parquet":
        return _parquet(file, source)
    if source.format == "ndjson":
        stream = ByteStream(file.path, source.ndjson.encoding)
        return Records((LINE,), _lines(stream))
    return _csv(file, source)


def _schema(names: tuple[str, ...]) -> pa.Schema:
    texts = [(name, pa.string()) for name in names]
    return pa.schema([*texts, (SOURCE_ROW, pa.int64()), (ERROR, pa.string()), (MALFORMED, pa.string())])


def _batch(names: tuple[str, ...], columns: list[pa.Array], rows: pa.Array) -> pa.RecordBatch:
    empty = pa.nulls(len(rows), pa.string())
    return pa.RecordBatch.from_arrays([*columns, rows, empty, empty], schema=_schema(names))


def _malformed(names: tuple[str, ...], found: list[tuple[int, str, bytes]]) -> pa.RecordBatch:
    """One row for each (record number, reason, bytes)."""
    rows, reasons, texts = zip(*found, strict=True)
    nothing = [pa.nulls(len(rows), pa.string())] * len(names)
    tail = [pa.array(rows, pa.int64()), pa.array(reasons), pa.array([_lossless(t) for t in texts])]
    return pa.RecordBatch.from_arrays([*nothing, *tail], schema=_schema(names))


def _lossless(data: bytes) -> str:
    """The text, or, when the bytes are no UTF-8, `base64:` and the bytes in base64."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(data).decode("ascii")


def _lines(stream: ByteStream) -> Iterator[pa.RecordBatch]:
    """Split NDJSON into lines without copying them; the number of a record is its physical line."""
    done, rest = 0, b""
    for piece in stream.blocks():
        block = rest + piece
        end = block.rfind(b"\n") + 1
        block, rest = block[:end], block[end:]
        if block:
            yield from _block_of_lines(block.removeprefix(_BOM) if done == 0 else block, done)
            done += block.count(b"\n")
    if rest:
        yield from _block_of_lines((rest.removeprefix(_BOM) if done == 0 else rest) + b"\n", done)
    if stream.damage:
        yield _malformed((LINE,), [(done + 2, stream.damage, b"")])


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
        yield _malformed((LINE,), bad)
        kept = [texts[i].decode("utf-8") for i in np.flatnonzero(good)]
        lines, rows = pa.array(kept, pa.string()), rows.filter(pa.array(good))
    lines = pc.ascii_rtrim(lines, "\r\n")
    if not pc.all(pc.starts_with(lines, "{")).as_py():  # else none is blank
        written = pc.not_equal(pc.ascii_trim_whitespace(lines), "")
        lines, rows = lines.filter(written), rows.filter(written)
    yield _batch((LINE,), [lines], rows)


def _csv(file: LandedFile, source: Source) -> Records:
    form = source.csv
    if file.size == 0:
        return Records(tuple(form.columns), iter(()))
    written = _header(file, form)
    if _is_clean(file, form, written):
        reader = _open_csv(ByteStream(file.path, form.encoding), written, form)
        names = _columns(reader.schema.names, source, file)
        return Records(names, _numbered(names, reader))
    rows = tolerant_rows(ByteStream(file.path, form.encoding), form)
    header = cast("list[str | None] | Malformed | None", next(rows, None)) if form.header else list(form.columns)
    if header is None:
        return Records((), iter(()))
    if isinstance(header, Malformed):
        raise GateError(f"the header cannot be read: {header.reason}", where=file.name)
    names = _columns([name or "" for name in header], source, file)
    return Records(names, _tolerant(names, rows, form))


def _open_csv(stream: ByteStream, header: list[str], form: CsvFormat) -> pc_csv.CSVStreamingReader:
    return pc_csv.open_csv(
        stream,
        read_options=pc_csv.ReadOptions(block_size=_BLOCK, column_names=None if form.header else form.columns),
        parse_options=pc_csv.ParseOptions(delimiter=form.delimiter, quote_char=form.quote, newlines_in_values=True),
        convert_options=pc_csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), null_values=form.nulls, strings_can_be_null=True
        ),
    )


def _header(file: LandedFile, form: CsvFormat) -> list[str]:
    if not form.header:
        return list(form.columns)
    first = next(tolerant_rows(ByteStream(file.path, form.encoding), form, as_written=True), [])
    return [name or "" for name in first] if isinstance(first, list) else []


class _CountedLines(ByteStream):
    """A stream that counts the ends of lines (LF, CR LF or CR) it has given."""

    lines = 0
    _last = b""

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` and count."""
        size = super().readinto(buffer)
        data = self._last + bytes(buffer[:size])
        self.lines += data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n") - self._last.count(b"\r")
        self._last = data[-1:]
        return size

    def count(self) -> int:
        """Lines so far, a last one without an end included."""
        return self.lines + (self._last not in (b"", b"\n", b"\r"))


def _is_clean(file: LandedFile, form: CsvFormat, header: list[str]) -> bool:
    """True when each line is one record with the right number of columns, in valid text: the quick reader will do.

    It takes a quote that is never closed for a long field: where a record has many lines, only the patient reader can
    tell one from the other.
    """
    if len(set(header)) != len(header):
        return False
    stream = _CountedLines(file.path, form.encoding)
    try:
        records = sum(batch.num_rows for batch in _open_csv(stream, header, form))
    except (pa.ArrowInvalid, UnicodeError):
        return False
    return stream.damage is None and stream.count() == records + form.header


def _numbered(names: tuple[str, ...], reader: pc_csv.CSVStreamingReader) -> Iterator[pa.RecordBatch]:
    done = 0
    for batch in reader:
        rows = pa.array(np.arange(done + 1, done + batch.num_rows + 1))
        yield _batch(names, batch.columns, rows)
        done += batch.num_rows


def _tolerant(
    names: tuple[str, ...], rows: Iterator[list[str | None] | Malformed | Plain], form: CsvFormat
) -> Iterator[pa.RecordBatch]:
    """Batches of the rows that fit the header; the rest with their reason."""
    good: list[list[str | None]] = []
    numbers: list[int] = []
    bad: list[tuple[int, str, bytes]] = []
    number = 0
    for row in rows:
        if isinstance(row, Plain):
            found = read_plain(row.lines, len(names), form)
            yield _batch(names, found.columns, pa.array(found.numbers + number))
            bad += [(number + place, line.reason, line.text) for place, line in found.bad]
            number += found.count
            continue
        number += 1
        if isinstance(row, Malformed):
            bad.append((number, row.reason, row.text))
        elif len(row) != len(names):
            text = ",".join(v or "" for v in row).encode()
            bad.append((number, f"{len(row)} columns instead of {len(names)}", text))
        else:
            good.append(row)
            numbers.append(number)
        if len(good) >= _ROWS:
            yield _batch(names, [pa.array(c, pa.string()) for c in zip(*good, strict=True)], pa.array(numbers))
            good, numbers = [], []
    if good:
        yield _batch(names, [pa.array(c, pa.string()) for c in zip(*good, strict=True)], pa.array(numbers))
    if bad:
        yield _malformed(names, bad)


def _parquet(file: LandedFile, source: Source) -> Records:
    try:
        reader = pq.ParquetFile(file.path, filesystem=filesystem(file.path) if is_remote(file.path) else None)
    except (pa.ArrowInvalid, OSError) as error:
        raise GateError(f"not a Parquet file: {error}", where=file.name, hint="land the file again") from None
    names = _columns(reader.schema_arrow.names, source, file)

    def batches() -> Iterator[pa.RecordBatch]:
        done = 0
        for batch in reader.iter_batches(_ROWS):
            rows = pa.array(np.arange(done + 1, done + batch.num_rows + 1))
            yield _batch(names, [_as_text(column) for column in batch.columns], rows)
            done += batch.num_rows

    return Records(names, batches())


def _as_text(column: pa.Array) -> pa.Array:
    """Values as text: JSON for lists and structs, base64 for bytes that are no text."""
    kind = column.type
    if pa.types.is_nested(kind):
        return pa.array([v if v is None else json.dumps(v, default=str) for v in column.to_pylist()], pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return pa.array([v if v is None else _lossless(v) for v in column.to_pylist()], pa.string())
    return pc.cast(column, pa.string())


def _columns(header: list[str], source: Source, file: LandedFile) -> tuple[str, ...]:
    """Header names in snake_case; GateError for two of one name or a required one that is missing."""
    names = tuple(snake_case(name) or f"column_{index}" for index, name in enumerate(header, start=1))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise GateError(f"the header names {', '.join(twice)} twice", where=file.name, hint="land a file that does not")
    missing = [name for name in source.required if name not in names]
    if missing:
        raise GateError(
            f"the required column {', '.join(missing)} is missing",
            where=file.name,
            hint=f"the file has {', '.join(names)}; land it again, or change sources/{source.name}.yaml",
        )
    return names


def snake_case(name: str) -> str:
    """`Invoice No` and `InvoiceNo` -> `invoice_no`; anything that is no letter or digit is a border."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[^0-9a-z]+", "_", words.lower()).strip("_")
