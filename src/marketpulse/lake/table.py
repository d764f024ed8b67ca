"""One table as it was when it was loaded: its state, its files, and what changed between two snapshots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from pyiceberg.manifest import DataFile, ManifestFile
from pyiceberg.table import Table as IcebergTable
from pyiceberg.table.snapshots import Operation, Snapshot

from marketpulse.errors import StorageError, UsageError
from marketpulse.lake.avrofile import Avro, decode
from marketpulse.lake.commit import OneCommit
from marketpulse.lake.manifests import listed, named
from marketpulse.lake.remembered import entries_of, manifests_of
from marketpulse.lake.trouble import readable_metadata, storage_errors
from marketpulse.names import BATCH_KEY, KEPT_KEY, MAINTENANCE_KEY, OUTBOX_KEY, PREFIX
from marketpulse.storage.places import bare

Bucket = date | str | None
#: Milliseconds of an hour.
HOUR = 3_600_000


@dataclass(frozen=True)
class FileRef:
    """One Parquet file of a table: where it is, its bucket, and its size in rows and bytes."""

    path: str
    bucket: Bucket
    rows: int
    size: int
    entry: DataFile
    manifest: str = ""

    def overlaps(self, low: str, high: str) -> bool:
        """May the file hold a first key column between `low` and `high`? Yes when its range is not known."""
        lower, upper = self.entry.lower_bounds or {}, self.entry.upper_bounds or {}
        if not lower or not upper:
            return True
        smallest, largest = next(iter(lower.values())), next(iter(upper.values()))
        return smallest <= high.encode() and low.encode() <= largest


@dataclass(frozen=True)
class Changes:
    """Files that differ between two snapshots of a table."""

    added: tuple[FileRef, ...]
    removed: tuple[FileRef, ...]

    @property
    def files(self) -> tuple[FileRef, ...]:
        """All of them."""
        return (*self.added, *self.removed)

    @property
    def buckets(self) -> set[Bucket]:
        """Buckets whose content changed."""
        return {file.bucket for file in self.files}


class LakeTable:
    """One table as it was when it was loaded."""

    def __init__(self, name: str, table: IcebergTable, begun: OneCommit | None = None) -> None:
        """`begun` are changes that are in `table` and that its next commit makes."""
        self.name = name
        self.iceberg = table
        self.begun = begun

    @property
    def snapshot_id(self) -> int | None:
        """Current snapshot, None for a table without data."""
        snapshot = self.iceberg.current_snapshot()
        return snapshot.snapshot_id if snapshot else None

    @cached_property
    def state(self) -> dict[str, str]:
        """The `marketpulse.*` properties."""
        return {k: v for k, v in self.iceberg.properties.items() if k.startswith(PREFIX)}

    @cached_property
    def types(self) -> dict[str, str]:
        """Column name to contract type."""
        return {f.name: str(f.field_type).replace(" ", "") for f in self.iceberg.schema().fields}

    @cached_property
    def steady(self) -> tuple[tuple[str, str], ...] | None:
        """Columns of the table as they were ever since it was made, with their types; None when one was another once.

        Then a file may hold what the table does not say. A column that came later is among them.
        """
        found = {
            (f.name.lower(), str(f.field_type)) for schema in self.iceberg.schemas().values() for f in schema.fields
        }
        return tuple(self.types.items()) if len(found) == len({name for name, _ in found}) else None

    def ids(self, columns: Iterable[str]) -> dict[str, int]:
        """Field ids of columns, see `ids_of`."""
        return ids_of(columns, {field.name: field.field_id for field in self.iceberg.schema().fields})

    def types_at(self, snapshot_id: int | None) -> dict[str, str]:
        """The same as of a snapshot: columns that came later are not in it."""
        snapshot = self._snapshot(snapshot_id) if snapshot_id is not None else None
        schema = self.iceberg.schemas().get(snapshot.schema_id) if snapshot and snapshot.schema_id is not None else None
        return {f.name: str(f.field_type).replace(" ", "") for f in schema.fields} if schema else self.types

    @cached_property
    def partition(self) -> str | None:
        """Name of the bucket column."""
        fields = self.iceberg.spec().fields
        return fields[0].name if fields else None

    def is_cut_otherwise(self, bucket: str | None) -> bool:
        """True when new files would be partitioned by anything but the one column `bucket`."""
        return [field.name for field in self.iceberg.spec().fields] != ([bucket] if bucket else [])

    def snapshot_at(self, moment: datetime) -> int | None:
        """Snapshot that was current at `moment` (UTC), None when there was none.

        Raise UsageError where it is not kept, but older and newer ones are (`upkeep.bounds`).
        """
        wanted = int(moment.timestamp() * 1000)
        log = self.iceberg.history()
        place = next((at for at in reversed(range(len(log))) if log[at].timestamp_ms <= wanted), None)
        if place is None:
            return None
        found, after = log[place], self._snapshot(log[place + 1].snapshot_id) if place + 1 < len(log) else None
        # The parent of the next one is gone: of what came between them the last of each hour is there.
        if after and after.parent_snapshot_id is None and wanted > (found.timestamp_ms // HOUR + 1) * HOUR:
            kept = f"{_moment(found.timestamp_ms)} and {_moment(after.timestamp_ms)}"
            raise UsageError(
                f"what {self.name} was then is not kept: of long ago the last state of an hour is",
                hint=f"the states around it are those of {kept}",
            )
        return found.snapshot_id

    def snapshots(self) -> list[tuple[int, int, str, dict[str, str]]]:
        """(id, milliseconds since 1970, operation, summary) of every snapshot, in the order of their commits."""
        found = []
        # Not in the order of their times: a clock may have been wrong.
        for snapshot in sorted(self.iceberg.snapshots(), key=lambda snapshot: snapshot.sequence_number or 0):
            summary = snapshot.summary
            operation = summary.operation.value if summary and summary.operation else ""
            extra = dict(summary.additional_properties) if summary else {}
            found.append((snapshot.snapshot_id, snapshot.timestamp_ms, operation, extra))
        return found

    def files(self, snapshot_id: int | None = None) -> list[FileRef]:
        """Live files of a snapshot (default: the current one). Raise StorageError when its metadata is damaged."""
        wanted = snapshot_id if snapshot_id is not None else self.snapshot_id
        if wanted is None:
            return []
        snapshot = self._snapshot(wanted)
        with readable_metadata(self.name), storage_errors(self.name):
            return list(self._live(manifests_of(snapshot, self.iceberg.io))) if snapshot else []

    def expire(self, snapshot_ids: Sequence[int]) -> int:
        """Forget snapshots (their files are left to the removal of orphans); how many.

        What a branch or a tag of another engine points at stays.
        """
        kept = {reference.snapshot_id for reference in self.iceberg.metadata.refs.values()}
        old = [snapshot for snapshot in snapshot_ids if snapshot not in kept]
        if old:
            with storage_errors(self.name):
                self.iceberg.maintenance.expire_snapshots().by_ids(old).commit()
        return len(old)

    def all_paths(self) -> set[str]:
        """Every file that the table's metadata refers to: data, manifests, manifest lists, metadata, statistics.

        Raise StorageError when one of them cannot be read to its end: then nobody knows them all.
        """
        return {bare(path) for path in self._paths()} | self.paths_beside()

    def paths_beside(self) -> set[str]:
        """Files that the table refers to besides those of its snapshots: metadata, statistics, what it keeps."""
        metadata = self.iceberg.metadata
        paths = {self.iceberg.metadata_location, *(entry.metadata_file for entry in metadata.metadata_log)}
        paths |= {self.state[OUTBOX_KEY]} if OUTBOX_KEY in self.state else set()
        paths |= {path for key in self.state if key.startswith(KEPT_KEY) for path in self.state[key].splitlines()}
        paths |= {found.statistics_path for found in (*metadata.statistics, *metadata.partition_statistics)}
        return {bare(path) for path in paths}

    def paths_of(self, snapshot_ids: Iterable[int]) -> set[str]:
        """Files of some snapshots, as far as this process knows them: lists, manifests, live data."""
        found: set[str] = set()
        with readable_metadata(self.name), storage_errors(self.name):
            for snapshot in filter(None, map(self._snapshot, snapshot_ids)):
                found.add(snapshot.manifest_list)
                for manifest in manifests_of(snapshot, self.iceberg.io):
                    found.add(manifest.manifest_path)
                    found |= {entry.data_file.file_path for entry in entries_of(manifest, self.iceberg.io)}
        return {bare(path) for path in found}

    def _paths(self) -> set[str]:
        """Files of all snapshots, each read to its end."""
        found: set[str] = set()
        manifests: set[str] = set()
        for snapshot in self.iceberg.metadata.snapshots:
            found.add(snapshot.manifest_list)
            for manifest in listed(self._avro(snapshot.manifest_list)):
                if manifest.path not in manifests:
                    manifests.add(manifest.path)
                    entries = named(self._avro(manifest.path, manifest.length))
                    found |= {file.path for file in entries if file.live}
        return found | manifests

    def _avro(self, path: str, length: int | None = None) -> Avro:
        """A whole Avro file of the table, of `length` bytes where that is known."""
        with storage_errors(self.name), self.iceberg.io.new_input(path).open() as stream:
            data = stream.read()
        if length not in (None, len(data)):
            raise StorageError(f"this manifest has {len(data):,} bytes and not {length:,}", where=path)
        return decode(data, path)

    def has_snapshot(self, snapshot_id: int) -> bool:
        """False once the snapshot was expired."""
        return self._snapshot(snapshot_id) is not None

    def changes(self, since: int | None) -> Changes:
        """Files added and removed after snapshot `since`; rewrites that keep the rows do not count."""
        if since is None:
            return Changes(tuple(self.files()), ())
        steps = list(self._lineage(since))
        moved = [step for step in steps if not _is_maintenance(step)]
        # Where a step is gone, nobody knows what was a rewrite: then both ends are compared.
        is_whole = not steps or steps[-1].parent_snapshot_id == since
        with readable_metadata(self.name), storage_errors(self.name):
            if len(moved) == len(steps) or not is_whole:
                return self._between(since, self.snapshot_id)
            parts = [self._between(step.parent_snapshot_id, step.snapshot_id) for step in moved]
        added = tuple(file for part in parts for file in part.added)
        return Changes(added, tuple(file for part in parts for file in part.removed))

    def has_news(self, since: int) -> bool:
        """Whether rows came or went after snapshot `since`: rewrites that keep them are none, an expired one may be."""
        return self.snapshot_id is not None and not self.keeps_rows(since, self.snapshot_id)

    def keeps_rows(self, since: int, until: int) -> bool:
        """Whether every commit after snapshot `since`, up to `until`, is a rewrite that keeps the rows."""
        current: int | None = until
        while current is not None and current != since:
            snapshot = self._snapshot(current)
            if snapshot is None or not _is_maintenance(snapshot):
                return False
            current = snapshot.parent_snapshot_id
        return current == since

    def is_all_of(self, batch_id: str, since: int) -> bool:
        """Whether every commit after snapshot `since` is of one run, or a rewrite that keeps the rows."""
        steps = [step for step in self._lineage(since) if not _is_maintenance(step)]
        return all(step.summary and step.summary.additional_properties.get(BATCH_KEY) == batch_id for step in steps)

    def _lineage(self, since: int | None) -> Iterator[Snapshot]:
        """Snapshots after `since`, newest first."""
        current = self.snapshot_id
        while current is not None and current != since:
            snapshot = self._snapshot(current)
            if snapshot is None:
                return
            yield snapshot
            current = snapshot.parent_snapshot_id

    def _between(self, old: int | None, new: int | None) -> Changes:
        before = self._manifests(old)
        after = self._manifests(new)
        gone = {f.path: f for f in self._live(m for p, m in before.items() if p not in after)}
        came = {f.path: f for f in self._live(m for p, m in after.items() if p not in before)}
        added = tuple(file for path, file in came.items() if path not in gone)
        return Changes(added, tuple(file for path, file in gone.items() if path not in came))

    def _manifests(self, snapshot_id: int | None) -> dict[str, ManifestFile]:
        snapshot = self._snapshot(snapshot_id) if snapshot_id is not None else None
        return {m.manifest_path: m for m in manifests_of(snapshot, self.iceberg.io)} if snapshot else {}

    def _live(self, manifests: Iterable[ManifestFile]) -> Iterator[FileRef]:
        for manifest in manifests:
            for entry in entries_of(manifest, self.iceberg.io):
                yield self._ref(entry.data_file, manifest.manifest_path)

    def _ref(self, file: DataFile, manifest: str = "") -> FileRef:
        value: Any = file.partition[0] if len(file.partition) else None
        if isinstance(value, int):
            value = date(1970, 1, 1) + timedelta(days=value)
        return FileRef(file.file_path, value, file.record_count, file.file_size_in_bytes, file, manifest)

    def _snapshot(self, snapshot_id: int) -> Snapshot | None:
        return self.iceberg.snapshot_by_id(snapshot_id)


def ids_of(columns: Iterable[str], known: Mapping[str, int]) -> dict[str, int]:
    """Field ids of all columns, or of none when one of them has none: a reader takes such a file by its names.

    (To a reader a file with some ids has lost its other columns.)
    """
    wanted = list(columns)
    return {name: known[name] for name in wanted} if all(name in known for name in wanted) else {}


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def _is_maintenance(snapshot: Snapshot) -> bool:
    """True for a rewrite that kept every row as it was."""
    summary = snapshot.summary
    if summary is None:
        return False
    # The operation `replace` says so for every writer: compaction by Spark, Glue or Athena is no news.
    return summary.operation is Operation.REPLACE or MAINTENANCE_KEY in summary.additional_properties


def in_table(path: str) -> str:
    """The path of a data file inside of its table, however an engine writes what stands before it."""
    return path.rpartition("data/")[2]


def pieces(files: Sequence[FileRef], most_rows: int) -> Iterator[list[FileRef]]:
    """Files in pieces of at most `most_rows` rows (a single larger file is its own piece)."""
    piece: list[FileRef] = []
    rows = 0
    for file in files:
        if piece and rows + file.rows > most_rows:
            yield piece
            piece, rows = [], 0
        piece.append(file)
        rows += file.rows
    if piece:
        yield piece
