"""What this process has read of files that never change: metadata, manifest lists, manifests. Those used last are kept.

A run asks for each table several times, and a process that runs again and again asks for the same ones each time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

from pyiceberg.catalog import MetastoreCatalog
from pyiceberg.io import FileIO
from pyiceberg.manifest import ManifestEntry, ManifestFile
from pyiceberg.serializers import FromInputFile
from pyiceberg.table import CommitTableResponse, StagedTable, Table
from pyiceberg.table.locations import load_location_provider
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Snapshot
from pyiceberg.table.update import TableRequirement, TableUpdate
from pyiceberg.typedef import Identifier

from marketpulse.lake.avroread import read_entries, read_manifests
from marketpulse.lake.updates import committed
from marketpulse.storage.places import bare, is_remote
from marketpulse.storage.remembered import Remembered

_LISTS: Remembered[tuple[ManifestFile, ...]] = Remembered(5_000)
_ENTRIES: Remembered[tuple[ManifestEntry, ...]] = Remembered(30_000)
_METADATA: Remembered[tuple[TableMetadata]] = Remembered(200)


def manifests_of(snapshot: Snapshot, io: FileIO) -> tuple[ManifestFile, ...]:
    """The manifests of a snapshot."""
    return _LISTS.get(_as_it_is(snapshot.manifest_list), lambda: read_manifests(snapshot, io))


def entries_of(manifest: ManifestFile, io: FileIO) -> tuple[ManifestEntry, ...]:
    """The live entries of a manifest. They are shared: nobody changes one."""
    return _ENTRIES.get(_as_it_is(manifest.manifest_path), lambda: read_entries(manifest, io))


class RememberingCatalog(MetastoreCatalog, ABC):
    """A catalog that says where the metadata of a table lies: PyIceberg's, but each file of metadata is read once."""

    @abstractmethod
    def places(self, namespace: str) -> dict[str, str]:
        """Where the metadata of each table lies, by its name. Raise NoSuchNamespaceError where there is no such."""

    def table_at(self, identifier: Identifier, place: str) -> Table:
        """A table as the metadata file at `place` says it."""
        (metadata,) = _METADATA.get(_as_it_is(place), lambda: (self._read(place),))
        return Table(identifier, metadata, place, self._load_file_io(metadata.properties, place), self)

    def keep(self, committed: CommitTableResponse) -> CommitTableResponse:
        """What was committed is known."""
        _METADATA.keep(_as_it_is(committed.metadata_location), (committed.metadata,))
        return committed

    def _update_and_stage_table(
        self,
        current_table: Table | None,
        table_identifier: Identifier,
        requirements: tuple[TableRequirement, ...],
        updates: tuple[TableUpdate, ...],
    ) -> StagedTable:
        """See PyIceberg, which copies all snapshots of a table to add one. What was read is shared, not changed."""
        if current_table is None:
            return super()._update_and_stage_table(current_table, table_identifier, requirements, updates)
        for requirement in requirements:
            requirement.validate(current_table.metadata)
        metadata = committed(current_table.metadata, updates, current_table.metadata_location)
        number = self._parse_metadata_version(current_table.metadata_location) + 1
        location = load_location_provider(metadata.location, metadata.properties)
        place = location.new_table_metadata_file_location(number)
        io = self._load_file_io(metadata.properties, place)
        return StagedTable(table_identifier, metadata, place, io, self)

    def _read(self, place: str) -> TableMetadata:
        return FromInputFile.table_metadata(self._load_file_io(location=place).new_input(place))


def _as_it_is(place: str) -> str:
    """A file, and what the disk says of it: one that was damaged since is not taken for what it was."""
    if is_remote(place):
        return place
    try:
        found = Path(bare(place)).stat()
    except OSError:  # whoever reads it is told
        return f"{place} gone"
    return f"{place} {found.st_size} {found.st_mtime_ns}"
