"""Iceberg tables through PyIceberg: create, evolve, plan files, compare snapshots, commit.

What a table has consumed is kept in the table itself: every commit writes it into the snapshot's
summary and into the table's properties (so that snapshot expiry cannot lose it).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar

from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.exceptions import CommitFailedException, NoSuchNamespaceError, NoSuchTableError, ValidationError
from pyiceberg.manifest import DataFile, ManifestFile
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table as IcebergTable
from pyiceberg.table.name_mapping import create_mapping_from_schema
from pyiceberg.table.snapshots import Operation, Snapshot
from pyiceberg.table.update.schema import UpdateSchema
from pyiceberg.table.update.spec import UpdateSpec
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import (
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    IcebergType,
    IntegerType,
    LongType,
    NestedField,
    StringType,
    TimestampType,
)
from sqlalchemy.exc import DBAPIError

from marketpulse.datafiles import describe
from marketpulse.errors import ConcurrentError, GateError, StorageError
from marketpulse.layout import Layout
from marketpulse.names import KEY_KEY, LAYERS, MAINTENANCE_KEY, PREFIX
from marketpulse.replace import ReplaceFiles, by_manifest
from marketpulse.storage import REMOTE_HINT, cloud_errors

Bucket = date | str | None
_TYPES: dict[str, IcebergType] = {
    "boolean": BooleanType(),
    "int": IntegerType(),
    "long": LongType(),
    "double": DoubleType(),
    "string": StringType(),
    "date": DateType(),
    "timestamp": TimestampType(),
}
_PROPERTIES = {
    "format-version": "2",
    "write.parquet.compression-codec": "zstd",
    "write.metadata.metrics.default": "none",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
    # A lost race is ours to solve: the work is planned anew, never replayed on top of another writer.
    "commit.retry.num-retries": "0",
}


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
    def buckets(self) -> set[Bucket]:
        """Buckets whose content changed."""
        return {file.bucket for file in (*self.added, *self.removed)}


class LakeTable:
    """One table as it was when it was loaded."""

    #: Manifests never change, so each is read once a process: path -> live files.
    _manifests_read: ClassVar[dict[str, tuple[FileRef, ...]]] = {}

    def __init__(self, name: str, table: IcebergTable) -> None:
        self.name = name
        self.iceberg = table

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
    def partition(self) -> str | None:
        """Name of the bucket column."""
        fields = self.iceberg.spec().fields
        return fields[0].name if fields else None

    def is_cut_otherwise(self, bucket: str | None) -> bool:
        """True when new files would be partitioned by anything but the one column `bucket`."""
        return [field.name for field in self.iceberg.spec().fields] != ([bucket] if bucket else [])

    def snapshot_at(self, moment: datetime) -> int | None:
        """Snapshot that was current at `moment` (UTC), None when there was none."""
        found = self.iceberg.snapshot_as_of_timestamp(int(moment.timestamp() * 1000))
        return found.snapshot_id if found else None

    def snapshots(self) -> list[tuple[int, int, str, dict[str, str]]]:
        """(id, milliseconds since 1970, operation, summary) of every snapshot, oldest first."""
        found = []
        for snapshot in self.iceberg.snapshots():
            summary = snapshot.summary
            operation = summary.operation.value if summary and summary.operation else ""
            extra = dict(summary.additional_properties) if summary else {}
            found.append((snapshot.snapshot_id, snapshot.timestamp_ms, operation, extra))
        return sorted(found, key=lambda entry: entry[1])

    def files(self, snapshot_id: int | None = None) -> list[FileRef]:
        """Live files of a snapshot (default: the current one)."""
        wanted = snapshot_id if snapshot_id is not None else self.snapshot_id
        if wanted is None:
            return []
        snapshot = self._snapshot(wanted)
        return list(self._live(snapshot.manifests(self.iceberg.io))) if snapshot else []

    def expire(self, snapshot_ids: Sequence[int]) -> None:
        """Forget snapshots (their files are left to the removal of orphans)."""
        with _storage_errors(self.name):
            self.iceberg.maintenance.expire_snapshots().by_ids(list(snapshot_ids)).commit()

    def all_paths(self) -> set[str]:
        """Every file that the table's metadata refers to: data, manifests, manifest lists, metadata."""
        metadata = self.iceberg.metadata
        paths = {self.iceberg.metadata_location, *(entry.metadata_file for entry in metadata.metadata_log)}
        seen: set[str] = set()
        for snapshot in metadata.snapshots:
            paths.add(snapshot.manifest_list)
            for manifest in snapshot.manifests(self.iceberg.io):
                if manifest.manifest_path not in seen:
                    seen.add(manifest.manifest_path)
                    entries = manifest.fetch_manifest_entry(self.iceberg.io, discard_deleted=True)
                    paths |= {entry.data_file.file_path for entry in entries}
        return {path.removeprefix("file://") for path in paths | seen}

    def has_snapshot(self, snapshot_id: int) -> bool:
        """False once the snapshot was expired."""
        return self._snapshot(snapshot_id) is not None

    def changes(self, since: int | None) -> Changes:
        """Files added and removed after snapshot `since`; rewrites that keep the rows do not count."""
        if since is None:
            return Changes(tuple(self.files()), ())
        steps = list(self._lineage(since))
        moved = [step for step in steps if not _is_maintenance(step)]
        if len(moved) == len(steps):
            return self._between(since, self.snapshot_id)
        parts = [self._between(step.parent_snapshot_id, step.snapshot_id) for step in moved]
        added = tuple(file for part in parts for file in part.added)
        return Changes(added, tuple(file for part in parts for file in part.removed))

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
        return {m.manifest_path: m for m in snapshot.manifests(self.iceberg.io)} if snapshot else {}

    def _live(self, manifests: Iterable[ManifestFile]) -> Iterator[FileRef]:
        for manifest in manifests:
            known = self._manifests_read.get(manifest.manifest_path)
            if known is None:
                entries = manifest.fetch_manifest_entry(self.iceberg.io, discard_deleted=True)
                known = tuple(self._ref(entry.data_file, manifest.manifest_path) for entry in entries)
                self._manifests_read[manifest.manifest_path] = known
            yield from known

    def _ref(self, file: DataFile, manifest: str = "") -> FileRef:
        value: Any = file.partition[0] if len(file.partition) else None
        if isinstance(value, int):
            value = date(1970, 1, 1) + timedelta(days=value)
        return FileRef(file.file_path, value, file.record_count, file.file_size_in_bytes, file, manifest)

    def _snapshot(self, snapshot_id: int) -> Snapshot | None:
        return self.iceberg.snapshot_by_id(snapshot_id)


class Lake:
    """All tables of one warehouse. `properties` are PyIceberg catalog properties."""

    def __init__(self, layout: Layout, properties: Mapping[str, str]) -> None:
        self.layout = layout
        self._properties = dict(properties)

    @cached_property
    def catalog(self) -> Catalog:
        """The PyIceberg catalog."""
        with _storage_errors(self.layout.warehouse):
            return load_catalog("marketpulse", **self._properties)

    def find(self, name: str) -> LakeTable | None:
        """Table as it is now, or None."""
        try:
            with _storage_errors(name):
                return LakeTable(name, self.catalog.load_table(self.layout.identifier(name)))
        except NoSuchTableError:
            return None

    def names(self) -> list[str]:
        """Every table of the warehouse."""
        return sorted(name for layer in LAYERS for name in self._names(layer))

    def _names(self, layer: str) -> list[str]:
        namespace = self.layout.namespace_of(layer)
        try:
            with _storage_errors(namespace):
                return [f"{layer}.{table[-1]}" for table in self.catalog.list_tables(namespace)]
        except NoSuchNamespaceError:
            return []

    def ensure(
        self, name: str, types: Mapping[str, str], partition: str | None = None, key: Sequence[str] = ()
    ) -> LakeTable:
        """Create the table, or evolve it: new columns, wider types, another bucket column, another key.

        Files written before keep the bucket they have. Raise GateError for a type that cannot widen.
        """
        table = self.find(name)
        if table is None:
            return self._create(name, types, partition, key)
        new = {column: kind for column, kind in types.items() if column not in table.types}
        wider = {c: k for c, k in types.items() if c in table.types and table.types[c] != k.replace(" ", "")}
        if new or wider:
            with _storage_errors(name), table.iceberg.update_schema() as update:
                for column, kind in new.items():
                    update.add_column(column, _iceberg_type(kind))
                for column, kind in wider.items():
                    _widen(update, column, table.types[column], kind)
            table = LakeTable(name, table.iceberg.refresh())
        if table.is_cut_otherwise(partition) or _joined(key) != table.state.get(KEY_KEY, ""):
            with _storage_errors(name), table.iceberg.transaction() as change:
                change.set_properties({KEY_KEY: _joined(key)})
                if table.is_cut_otherwise(partition):
                    _repartition(change.update_spec(), table, partition)
            table = LakeTable(name, table.iceberg.refresh())
        return table

    def _create(self, name: str, types: Mapping[str, str], partition: str | None, key: Sequence[str]) -> LakeTable:
        fields = [NestedField(i, c, _iceberg_type(k), required=False) for i, (c, k) in enumerate(types.items(), 1)]
        schema = Schema(*fields)
        spec = PartitionSpec()
        if partition:
            source = schema.find_field(partition).field_id
            spec = PartitionSpec(PartitionField(source, 1000, IdentityTransform(), partition))
        mapping = {"schema.name-mapping.default": create_mapping_from_schema(schema).model_dump_json()}
        with _storage_errors(name):
            self._ensure_namespace(self.layout.identifier(name)[0])
            table = self.catalog.create_table_if_not_exists(
                self.layout.identifier(name),
                schema,
                location=self.layout.location(name),
                partition_spec=spec,
                properties=_PROPERTIES | mapping | {KEY_KEY: _joined(key)},
            )
        return LakeTable(name, table)

    def _ensure_namespace(self, namespace: str) -> None:
        """Create it when it is missing; somebody else may do so at the same time."""
        if self.catalog.namespace_exists(namespace):
            return
        try:
            self.catalog.create_namespace_if_not_exists(namespace)
        except DBAPIError:
            if not self.catalog.namespace_exists(namespace):
                raise

    def drop(self, name: str) -> None:
        """Forget the table (its files are left to `maintain`)."""
        self.catalog.drop_table(self.layout.identifier(name))

    def describe(self, table: LakeTable, paths: Sequence[str]) -> list[FileRef]:
        """What a commit must know of Parquet files just written."""
        with _storage_errors(table.name):
            return [table._ref(describe(table.iceberg, path)) for path in paths]

    def commit(
        self,
        table: LakeTable,
        add: Sequence[FileRef],
        drop: Sequence[FileRef],
        state: Mapping[str, str],
        summary: Mapping[str, str],
    ) -> int | None:
        """Add and drop files and record `state`, as one atomic step on top of the loaded `table`.

        `state` goes to the table's properties and, with `summary`, into the snapshot. Returns the new
        snapshot's id, None when only the state changed. Raise ConcurrentError when another writer was faster.
        """
        changed = {k: v for k, v in state.items() if table.state.get(k) != v}
        if not add and not drop and not changed:
            return table.snapshot_id
        with _storage_errors(table.name):
            transaction = table.iceberg.transaction()
            if changed:
                transaction.set_properties(changed)
            if add or drop:
                dropped = by_manifest((file.manifest, file.entry) for file in drop)
                with ReplaceFiles(transaction, {**summary, **state}, dropped) as files:
                    for file in drop:
                        files.delete_data_file(file.entry)
                    for file in add:
                        files.append_data_file(file.entry)
            return LakeTable(table.name, transaction.commit_transaction()).snapshot_id


def _joined(key: Sequence[str]) -> str:
    return ",".join(key)


def _repartition(update: UpdateSpec, table: LakeTable, bucket: str | None) -> None:
    """One field, the bucket, whatever there was: another engine may have added fields of its own."""
    names = [field.name for field in table.iceberg.spec().fields]
    with update:
        for name in names:
            if name != bucket:
                update.remove_field(name)
        if bucket and bucket not in names:
            update.add_identity(bucket)


def _widen(update: UpdateSchema, column: str, old: str, new: str) -> None:
    try:
        update.update_column(column, _iceberg_type(new))
    except ValidationError:
        raise GateError(
            f"column {column} is {old} in the table and {new} in the contract: not every value fits",
            hint="give the column another name",
        ) from None


def _is_maintenance(snapshot: Snapshot) -> bool:
    """True for a rewrite that kept every row as it was."""
    summary = snapshot.summary
    if summary is None:
        return False
    # The operation `replace` says so for every writer: compaction by Spark, Glue or Athena is no news.
    return summary.operation is Operation.REPLACE or MAINTENANCE_KEY in summary.additional_properties


def _iceberg_type(kind: str) -> IcebergType:
    if kind.startswith("decimal"):
        precision, scale = kind[8:-1].split(",")
        return DecimalType(int(precision), int(scale))
    return _TYPES[kind]


@contextmanager
def _storage_errors(what: str) -> Iterator[None]:
    """Turn what storage and catalog raise into errors for people."""
    try:
        yield
    except CommitFailedException as error:
        raise ConcurrentError(f"{what} was changed by another process", hint="run again") from error
    except OSError as error:
        raise StorageError(f"{error.strerror or error}", where=error.filename or what, hint=_advice(error)) from error
    except DBAPIError as error:
        reason = f"the catalog: {error.orig}"
        if "locked" in reason:
            raise ConcurrentError(reason, where=what, hint="another process holds it; run again") from error
        raise StorageError(reason, where=what, hint=_advice(error)) from error
    except cloud_errors() as error:
        raise StorageError(f"{error}", where=what, hint=REMOTE_HINT) from error


def _advice(error: Exception) -> str:
    if getattr(error, "errno", None) == 28 or "disk is full" in str(error):
        return "free some disk space and run again; nothing half-done is visible"
    return "check that the warehouse can be written; nothing half-done is visible"
