"""Manifest lists and manifests as PyIceberg's objects; how files of one schema are read is worked out once.

PyIceberg works that out for each file, which takes longer than to read the few entries of a commit.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Self, TypeVar

from pyiceberg.avro.decoder import new_decoder
from pyiceberg.avro.file import AvroFile
from pyiceberg.avro.reader import Reader
from pyiceberg.avro.resolver import resolve_reader
from pyiceberg.io import FileIO, InputFile
from pyiceberg.manifest import (
    DEFAULT_READ_VERSION,
    MANIFEST_ENTRY_SCHEMAS,
    MANIFEST_LIST_FILE_SCHEMAS,
    DataFile,
    DataFileContent,
    FileFormat,
    ManifestContent,
    ManifestEntry,
    ManifestEntryStatus,
    ManifestFile,
    PartitionFieldSummary,
    _inherit_from_manifest,
)
from pyiceberg.schema import Schema
from pyiceberg.table.snapshots import Snapshot
from pyiceberg.typedef import StructProtocol
from pyiceberg.utils.schema_conversion import AvroSchemaConversion

_SCHEMA = "avro.schema"
#: Schemas that are remembered: a manifest has the columns by which its table is cut.
_MOST = 500
_Read = TypeVar("_Read", bound=StructProtocol)


@dataclass(frozen=True, eq=False)
class _Kind:
    """What PyIceberg reads of one kind of file: the schema, and classes and enumerations by field id."""

    schema: Schema
    types: dict[int, Callable[..., StructProtocol]]
    enums: dict[int, Callable[..., Enum]]


_LIST = _Kind(
    MANIFEST_LIST_FILE_SCHEMAS[DEFAULT_READ_VERSION],
    {-1: ManifestFile, 508: PartitionFieldSummary},
    {517: ManifestContent},
)
_MANIFEST = _Kind(
    MANIFEST_ENTRY_SCHEMAS[DEFAULT_READ_VERSION],
    {-1: ManifestEntry, 2: DataFile},
    {0: ManifestEntryStatus, 101: FileFormat, 134: DataFileContent},
)


def read_manifests(snapshot: Snapshot, io: FileIO) -> tuple[ManifestFile, ...]:
    """The manifests of a snapshot."""
    with _Known[ManifestFile](io.new_input(snapshot.manifest_list), _LIST) as records:
        return tuple(records)


def read_entries(manifest: ManifestFile, io: FileIO) -> tuple[ManifestEntry, ...]:
    """The live entries of a manifest, each with what it has of the manifest."""
    with _Known[ManifestEntry](io.new_input(manifest.manifest_path), _MANIFEST) as records:
        live = [entry for entry in records if entry.status != ManifestEntryStatus.DELETED]
    return tuple(_inherit_from_manifest(entry, manifest) for entry in live)


class _Known(AvroFile[_Read]):
    """An Avro file of a known kind."""

    def __init__(self, file: InputFile, kind: _Kind) -> None:
        super().__init__(file, kind.schema, kind.types, kind.enums)
        self._kind = kind

    def __enter__(self) -> Self:
        """See `AvroFile`."""
        with self.input_file.open() as stream:
            self.decoder = new_decoder(stream.read())
        self.header = self._read_header()
        self.reader = _reader(self.header.meta[_SCHEMA], self._kind)
        return self


@lru_cache(_MOST)
def _reader(schema: str, kind: _Kind) -> Reader:
    """What reads files whose head has this schema: it keeps nothing of a file."""
    found = AvroSchemaConversion().avro_to_iceberg(json.loads(schema))
    return resolve_reader(found, kind.schema, kind.types, kind.enums)
