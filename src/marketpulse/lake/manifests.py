"""The paths that manifest lists and manifests hold, by Iceberg's field ids: whoever wrote them, with whatever else.

metadata file -> manifest list, one a snapshot -> manifests -> data files and files of deletes
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pyiceberg.typedef import Record

from marketpulse.lake.avrofile import Avro, positions

LIST_NAME, ENTRY_NAME = "manifest_file", "manifest_entry"
_MANIFEST_PATH, _MANIFEST_LENGTH = 500, 501
_STATUS, _DATA_FILE, _FILE_PATH, _FILE_SIZE, _CONTENT = 0, 2, 100, 104, 134
_DELETED, _POSITION_DELETES = 2, 1
#: A file of deletes for one data file names it.
_REFERENCED = 143
_BOUNDS = (125, 128)
#: The column of a file of deletes by position that names data files: its bounds are paths too.
_DELETED_FROM = 2147483546


@dataclass(frozen=True)
class Written:
    """A file that another file names with its place and `length` (bytes)."""

    path: str
    length: int


@dataclass(frozen=True)
class Named:
    """One file that a manifest names: `live` unless the entry says that it was dropped. `size` in bytes.

    `positions` is a file of deletes by position: it holds paths itself.
    """

    path: str
    size: int
    live: bool
    positions: bool


def listed(manifest_list: Avro) -> Iterator[Written]:
    """The manifests of a manifest list."""
    at = positions(manifest_list.schema)
    for record in manifest_list.records:
        yield Written(record[at[_MANIFEST_PATH]], record[at[_MANIFEST_LENGTH]])


def relisted(manifest_list: Avro, moved: Callable[[str], Written]) -> Avro:
    """The manifest list with the place and length that `moved` gives for each manifest, and all else as it is."""
    at = positions(manifest_list.schema)
    records = []
    for record in manifest_list.records:
        new = moved(record[at[_MANIFEST_PATH]])
        records.append(_with(record, {at[_MANIFEST_PATH]: new.path, at[_MANIFEST_LENGTH]: new.length}))
    return replace(manifest_list, records=records)


def named(manifest: Avro) -> Iterator[Named]:
    """The files that a manifest names."""
    outer, inner = positions(manifest.schema), positions(manifest.schema, _DATA_FILE)
    for record in manifest.records:
        file = record[outer[_DATA_FILE]]
        content = file[inner[_CONTENT]] if _CONTENT in inner else 0
        live = record[outer[_STATUS]] != _DELETED
        yield Named(file[inner[_FILE_PATH]], file[inner[_FILE_SIZE]], live, content == _POSITION_DELETES)


def renamed(manifest: Avro, place: Callable[[str], str], rewritten: Mapping[str, Written]) -> Avro:
    """The manifest with the path that `place` gives for each file, and all else as it is.

    Files of deletes that had to be `rewritten` are named as what they became.
    """
    outer, inner = positions(manifest.schema), positions(manifest.schema, _DATA_FILE)
    at = outer[_DATA_FILE]
    records = [_with(record, {at: _renamed(record[at], inner, place, rewritten)}) for record in manifest.records]
    return replace(manifest, records=records)


def _renamed(file: Record, at: dict[int, int], place: Callable[[str], str], rewritten: Mapping[str, Written]) -> Record:
    old = file[at[_FILE_PATH]]
    new = rewritten.get(old) or Written(place(old), file[at[_FILE_SIZE]])
    changed: dict[int, Any] = {at[_FILE_PATH]: new.path, at[_FILE_SIZE]: new.length}
    if _REFERENCED in at and file[at[_REFERENCED]]:
        changed[at[_REFERENCED]] = place(file[at[_REFERENCED]])
    for bound in _BOUNDS:
        found = file[at[bound]] if bound in at else None
        if found and _DELETED_FROM in found:
            # A bound only saves opening the file; none is right for every path.
            changed[at[bound]] = {column: value for column, value in found.items() if column != _DELETED_FROM}
    return _with(file, changed)


def _with(record: Record, changed: Mapping[int, Any]) -> Record:
    return Record(*(changed.get(place, record[place]) for place in range(len(record))))
