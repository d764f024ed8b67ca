"""An Avro file of Iceberg's, read whole or not at all, and written again with everything that it said.

PyIceberg's reader takes a file that was cut short for one that ends there, and keeps the fields it knows. Who
deletes what no manifest names, or writes a manifest anew, can afford neither.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import cast

from pyiceberg.avro.decoder import StreamingBinaryDecoder
from pyiceberg.avro.file import MAGIC, META_SCHEMA, SYNC_SIZE, AvroFile, AvroFileHeader, AvroOutputFile
from pyiceberg.avro.resolver import construct_reader
from pyiceberg.io import InputFile, InputStream, OutputFile, OutputStream
from pyiceberg.schema import Schema
from pyiceberg.typedef import Record
from pyiceberg.types import StructType

from marketpulse.errors import StorageError

_SCHEMA = "avro.schema"
#: What PyIceberg raises while it reads bytes that are not what they say.
DAMAGE = (ValueError, LookupError, TypeError, EOFError, SystemError, zlib.error)


@dataclass(frozen=True)
class Avro:
    """What an Avro file says: its head (without the schema), its schema with Iceberg's field ids, its records."""

    head: dict[str, str]
    schema: Schema
    records: list[Record]


def decode(data: bytes, where: str) -> Avro:
    """Read a whole Avro file. Raise StorageError when it is damaged or was cut short; `where` says which it is."""
    try:
        _check(data)
        with AvroFile[Record](_Memory(where, data)) as file:
            head = {key: value for key, value in file.header.meta.items() if key != _SCHEMA}
            return Avro(head, file.schema, list(file))
    except DAMAGE as error:
        raise StorageError(f"this Avro file is damaged: {error}", where=where) from None


def encode(avro: Avro, name: str) -> bytes:
    """The bytes of an Avro file whose records are called `name`: `manifest_file` or `manifest_entry`."""
    target = _Memory("")
    with AvroOutputFile[Record](target, avro.schema, name, metadata=avro.head) as file:
        file.write_block(avro.records)
    return bytes(target.data)


def positions(schema: Schema, inside: int | None = None) -> dict[int, int]:
    """Field id to place in a record, of the records themselves or of the struct whose field id is `inside`."""
    fields = schema.fields if inside is None else cast("StructType", schema.find_type(inside)).fields
    return {field.field_id: place for place, field in enumerate(fields)}


def _check(data: bytes) -> None:
    """Raise EOFError or ValueError unless head and blocks fill the file to its last byte."""
    decoder = StreamingBinaryDecoder(data)
    if decoder.read(len(MAGIC)) != MAGIC:
        raise ValueError("it does not begin as one")
    decoder = StreamingBinaryDecoder(data)
    head: AvroFileHeader = construct_reader(META_SCHEMA, {-1: AvroFileHeader}).read(decoder)
    while decoder.tell() < len(data):
        decoder.read_int()
        decoder.read(decoder.read_int())
        if decoder.read(SYNC_SIZE) != head.sync:
            raise ValueError("a block does not end where it should")


class _Kept(BytesIO):
    """Bytes that are there when the file is closed."""

    def __init__(self, owner: _Memory) -> None:
        super().__init__()
        self._owner = owner

    def close(self) -> None:
        self._owner.data = self.getvalue()
        super().close()


class _Memory(InputFile, OutputFile):
    """A file in memory, for PyIceberg's readers and writers."""

    def __init__(self, location: str, data: bytes = b"") -> None:
        super().__init__(location)
        self.data = data

    def __len__(self) -> int:
        return len(self.data)

    def exists(self) -> bool:
        return True

    def open(self, seekable: bool = True) -> InputStream:  # noqa: ARG002 - as the protocol has it
        return BytesIO(self.data)

    def create(self, overwrite: bool = False) -> OutputStream:  # noqa: ARG002 - as the protocol has it
        return _Kept(self)

    def to_input_file(self) -> InputFile:
        return self
