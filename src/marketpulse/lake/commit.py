"""The commit that replaces files: one snapshot that drops some, adds others, and keeps the manifests few.

PyIceberg's own overwrite looks for the dropped files through a partition filter that its threads share
(0.12: now and then it misses one and refuses the commit), and adds two manifests to every snapshot. Here
the caller says in which manifest each dropped file stands, manifests without live files are left behind,
and many small ones become one: planning stays as quick after a year of daily loads as after a week.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from pyiceberg.manifest import DataFile, ManifestEntry, ManifestEntryStatus, ManifestFile
from pyiceberg.table import Transaction
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Operation
from pyiceberg.table.update import TableUpdate
from pyiceberg.table.update.snapshot import _OverwriteFiles

from marketpulse.lake.remembered import entries_of, manifests_of
from marketpulse.lake.updates import changed

_MOST_MANIFESTS = 16
_SMALL_BYTES = 4 << 20


class OneCommit(Transaction):
    """A transaction that works out its metadata once a change; PyIceberg's copies all of it for every question."""

    _known: tuple[tuple[TableUpdate, ...], TableMetadata] | None = None

    @property
    def table_metadata(self) -> TableMetadata:
        """The table as it is after the changes so far."""
        if self._known is None or self._known[0] is not self._updates:
            self._known = (self._updates, changed(self._table.metadata, self._updates))
        return self._known[1]


class ReplaceFiles(_OverwriteFiles):
    """Used as a context manager on a transaction, like `update_snapshot().overwrite()`."""

    def __init__(self, transaction: Transaction, summary: Mapping[str, str], dropped: Mapping[str, set[str]]) -> None:
        """`dropped` gives, for each manifest path, the paths of the data files to drop from it."""
        operation = Operation.OVERWRITE if dropped else Operation.APPEND
        super().__init__(operation, transaction, transaction._table.io, snapshot_properties=dict(summary))
        self._dropped = dropped

    def _build_delete_files_partition_predicate(self) -> None:
        """Need no filter: the manifests of the dropped files are known."""

    @cached_property
    def _parent_manifests(self) -> list[ManifestFile]:
        parent = self._transaction.table_metadata.snapshot_by_id(self._parent_snapshot_id or 0)
        manifests = manifests_of(parent, self._io) if parent else ()
        return [m for m in manifests if m.has_added_files() or m.has_existing_files()]

    def _deleted_entries(self) -> list[ManifestEntry]:
        found = [
            _with_status(entry, ManifestEntryStatus.DELETED, self._snapshot_id)
            for manifest in self._parent_manifests
            if (paths := self._dropped.get(manifest.manifest_path))
            for entry in entries_of(manifest, self._io)
            if entry.data_file.file_path in paths
        ]
        self._validate_required_deletes(found)
        return found

    def _existing_manifests(self) -> list[ManifestFile]:
        touched = [m for m in self._parent_manifests if m.manifest_path in self._dropped]
        untouched = [m for m in self._parent_manifests if m.manifest_path not in self._dropped]
        small = [m for m in untouched if m.manifest_length < _SMALL_BYTES]
        if len(self._parent_manifests) <= _MOST_MANIFESTS:
            small = []
        kept = [m for m in untouched if m not in small]
        entries = [
            _with_status(entry, ManifestEntryStatus.EXISTING, entry.snapshot_id)
            for manifest in (*touched, *small)
            for entry in entries_of(manifest, self._io)
            if entry.data_file.file_path not in self._dropped.get(manifest.manifest_path, ())
        ]
        return [*kept, *self._rewritten(entries)]

    def _rewritten(self, entries: Iterable[ManifestEntry]) -> list[ManifestFile]:
        """One manifest a partition spec."""
        by_spec: dict[int, list[ManifestEntry]] = {}
        for entry in entries:
            by_spec.setdefault(entry.data_file.spec_id, []).append(entry)
        manifests = []
        for spec_id, group in by_spec.items():
            with self.new_manifest_writer(self.spec(spec_id)) as writer:
                for entry in group:
                    writer.add_entry(entry)
            manifests.append(writer.to_manifest_file())
        return manifests


def _with_status(entry: ManifestEntry, status: ManifestEntryStatus, snapshot_id: int | None) -> ManifestEntry:
    file = _unbounded(entry.data_file) if status is ManifestEntryStatus.DELETED else entry.data_file
    return ManifestEntry.from_args(
        status=status,
        snapshot_id=snapshot_id,
        sequence_number=entry.sequence_number,
        file_sequence_number=entry.file_sequence_number,
        data_file=file,
    )


def _unbounded(file: DataFile) -> DataFile:
    """A file that goes, without the bounds of its keys: nobody asks for them any more, and they may name a person."""
    found = DataFile.from_args(
        content=file.content,
        file_path=file.file_path,
        file_format=file.file_format,
        partition=file.partition,
        record_count=file.record_count,
        file_size_in_bytes=file.file_size_in_bytes,
    )
    found.spec_id = file.spec_id
    return found


def by_manifest(files: Iterable[tuple[str, DataFile]]) -> dict[str, set[str]]:
    """(manifest path, file) pairs -> the paths to drop from each manifest."""
    found: dict[str, set[str]] = {}
    for manifest, file in files:
        found.setdefault(manifest, set()).add(file.file_path)
    return found
