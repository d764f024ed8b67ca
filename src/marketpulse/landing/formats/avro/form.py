"""Avro as a format: a file is read a block at a time."""

from __future__ import annotations

import io
import json
from collections.abc import Generator, Iterator
from importlib.util import find_spec
from typing import Any, ClassVar

import pyarrow as pa

from marketpulse.errors import GateError
from marketpulse.landing.format import Format
from marketpulse.landing.formats.avro.blocks import Block, Blocks
from marketpulse.landing.formats.avro.values import Part, Reading, text
from marketpulse.landing.limits import Limits, start
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import BATCH_ROWS, Records, Wanted, batch, header_names, malformed
from marketpulse.landing.stream import ByteStream

#: Bytes of Avro whose texts are kept before they become a batch.
_PIECE = 8 << 20


class Avro(Format):
    """Avro says by itself all that is needed."""

    title: ClassVar[str] = "Avro"
    file_kinds: ClassVar[frozenset[str]] = frozenset({"an Avro file"})

    def open(self, data: OpenedFile, wanted: Wanted) -> Records:
        """See `Format.open`."""
        stream = data.stream(None)
        blocks = Blocks(io.BufferedReader(stream, 1 << 20), data.limits)
        fields, row = _schema(blocks.meta.get("avro.schema", b""))
        names = header_names(fields, wanted, data.file.name)
        return Records(names, _Reader(names, row, data.limits).batches(blocks, stream), headers=tuple(fields))

    def problems(self) -> Iterator[tuple[str, str, str | None]]:
        """See `Format.problems`."""
        if find_spec("fastavro") is None:
            yield "", "Avro needs a library that is not installed", "pip install 'marketpulse[avro]'"


def _schema(said: bytes) -> tuple[list[str], Part]:
    """Names of the fields, and how a record is read."""
    try:
        schema = json.loads(said)
        row = Reading().part(schema)
        fields = [str(each["name"]) for each in schema["fields"]]
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
        hint = "land a file whose schema is a record"
        raise GateError(f"its schema cannot be read: {type(error).__name__}: {error}", hint=hint) from None
    if not row.least:
        raise GateError("its schema is a record of nothing", hint="land a file whose records have values")
    return fields, row


class _Reader:
    """Records of a file, numbered."""

    def __init__(self, names: tuple[str, ...], row: Part, limits: Limits) -> None:
        import fastavro

        self._names, self._row, self._limits = names, row, limits
        self._read, self._schema = fastavro.schemaless_reader, fastavro.parse_schema(row.schema)
        self._good: list[list[str | None]] = []
        self._numbers: list[int] = []
        self._bad: list[tuple[int, str, bytes]] = []
        self._kept = 0

    def batches(self, blocks: Blocks, stream: ByteStream) -> Iterator[pa.RecordBatch]:
        """All of them; what cannot be read is told in its place."""
        done = 0
        for block in blocks:
            if block.damage:
                told = f"a block of the file {block.damage}: {block.count:,} records or more are lost"
                self._bad.append((done + 1, told, start(block.data)))
            else:
                done += yield from self._block(block, done)
            done += block.count
        if stream.damage:
            self._bad.append((done + 1, stream.damage, b""))
        yield from self._flush()

    def _block(self, block: Block, done: int) -> Generator[pa.RecordBatch, None, int]:
        """The records of a block; how many numbers it takes more than it says that it has records."""
        data = io.BytesIO(block.data)
        for number in range(done + 1, done + block.count + 1):
            begin = data.tell()
            try:
                found: Any = self._read(data, self._schema, None)
            except Exception as error:  # noqa: BLE001 - the library raises what it likes
                lost = block.count - (number - done)
                told = f"the record cannot be read: {type(error).__name__}: {error}"
                told += f"; with it {lost:,} more of its block are lost" if lost else ""
                self._bad.append((number, told, start(block.data[begin:])))
                break
            self._keep(number, found, block.data, begin, data.tell())
            if len(self._numbers) >= BATCH_ROWS or self._kept > _PIECE:
                yield from self._flush()
        else:
            if data.tell() < len(block.data):
                self._bad.append((done + block.count + 1, "its block has bytes that no record has", b""))
                return 1
        return 0

    def _keep(self, number: int, found: Any, data: bytes, begin: int, end: int) -> None:
        if end - begin > self._limits.record:
            self._bad.append((number, self._limits.too_long(end - begin), start(data[begin:end])))
            return
        try:
            values = [text(value) for value in self._row.value(found).values()]
        except (ValueError, OverflowError) as error:
            self._bad.append((number, f"the record has a value that cannot be read: {error}", data[begin:end]))
            return
        self._good.append(values)
        self._numbers.append(number)
        self._kept += end - begin

    def _flush(self) -> Iterator[pa.RecordBatch]:
        if self._good:
            columns = [pa.array(column, pa.string()) for column in zip(*self._good, strict=True)]
            yield batch(self._names, columns, pa.array(self._numbers))
        if self._bad:
            yield malformed(self._names, self._bad)
        self._good, self._numbers, self._bad, self._kept = [], [], [], 0
