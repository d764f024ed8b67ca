"""What this process has read of files that never change: metadata, manifest lists, manifests. Those used last are kept.

A run asks for each table several times, and a process that runs again and again asks for the same ones each time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sized
from pathlib import Path
from typing import Any, Generic, TypeVar

from pyiceberg.catalog.sql import IcebergTables, SqlCatalog
from pyiceberg.io import FileIO
from pyiceberg.manifest import ManifestEntry, ManifestFile
from pyiceberg.table import CommitTableResponse, Table
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Snapshot

from marketpulse.storage.places import bare, is_remote

_T = TypeVar("_T", bound=Sized)


class Remembered(Generic[_T]):
    """What files hold, by path: at most `most` things in them, but always the last one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._files: OrderedDict[str, _T] = OrderedDict()

    def get(self, path: str, read: Callable[[], _T]) -> _T:
        """What a file holds, read if that is not known (any more)."""
        found = self._files.get(path)
        if found is None:
            found = read()
            self.keep(path, found)
        else:
            self._files.move_to_end(path)
        return found

    def keep(self, path: str, found: _T) -> None:
        """Remember, and forget what was not used for longest."""
        if path in self._files:
            return
        self._files[path] = found
        self._count += len(found) + 1
        while self._count > self._most and len(self._files) > 1:
            _, forgotten = self._files.popitem(last=False)
            self._count -= len(forgotten) + 1


_LISTS: Remembered[tuple[ManifestFile, ...]] = Remembered(10_000)
_ENTRIES: Remembered[tuple[ManifestEntry, ...]] = Remembered(50_000)
_METADATA: Remembered[tuple[TableMetadata]] = Remembered(200)


def manifests_of(snapshot: Snapshot, io: FileIO) -> tuple[ManifestFile, ...]:
    """The manifests of a snapshot."""
    return _LISTS.get(_as_it_is(snapshot.manifest_list), lambda: tuple(snapshot.manifests(io)))


def entries_of(manifest: ManifestFile, io: FileIO) -> tuple[ManifestEntry, ...]:
    """The live entries of a manifest. They are shared: nobody changes one."""
    read = manifest.fetch_manifest_entry
    return _ENTRIES.get(_as_it_is(manifest.manifest_path), lambda: tuple(read(io, discard_deleted=True)))


class RememberingCatalog(SqlCatalog):
    """PyIceberg's catalog in SQL, which asks the database where a table's metadata lies, and reads that file once."""

    def commit_table(self, *args: Any, **more: Any) -> CommitTableResponse:
        """See `SqlCatalog`: what was committed is known."""
        done = super().commit_table(*args, **more)
        _METADATA.keep(_as_it_is(done.metadata_location), (done.metadata,))
        return done

    def _convert_orm_to_iceberg(self, orm_table: IcebergTables) -> Table:
        place = str(orm_table.metadata_location or "")
        whole: list[Table] = []

        def read() -> tuple[TableMetadata]:
            whole.append(super(RememberingCatalog, self)._convert_orm_to_iceberg(orm_table))
            return (whole[0].metadata,)

        (metadata,) = _METADATA.get(_as_it_is(place), read)
        if whole:
            return whole[0]
        identifier = (*self.identifier_to_tuple(orm_table.table_namespace), orm_table.table_name)
        return Table(identifier, metadata, place, self._load_file_io(metadata.properties, place), self)


def _as_it_is(place: str) -> str:
    """A file, and what the disk says of it: one that was damaged since is not taken for what it was."""
    if is_remote(place):
        return place
    try:
        found = Path(bare(place)).stat()
    except OSError:  # whoever reads it is told
        return f"{place} gone"
    return f"{place} {found.st_size} {found.st_mtime_ns}"
