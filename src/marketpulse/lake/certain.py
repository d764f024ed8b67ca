"""A commit whose answer got lost is looked up before anybody believes that it failed.

A catalog may apply a commit and its answer may be lost: the client tries again and is refused, because somebody,
itself, was faster. PyIceberg takes that refusal for "did not land" and deletes the manifests that were written for the
commit (0.12: it looks before it deletes only where `commit.retry.num-retries` is above 0). The table would be lost.
"""

from __future__ import annotations

from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.table import Table
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.update import (
    AddSnapshotUpdate,
    RemovePropertiesUpdate,
    RemoveSnapshotsUpdate,
    SetPropertiesUpdate,
    TableRequirement,
    TableUpdate,
    update_table_metadata,
)

from marketpulse.errors import StorageError
from marketpulse.lake.metadatafile import mark_current


class CertainTable(Table):
    """A table that says a commit failed only when it is not there."""

    @classmethod
    def of(cls, table: Table, metadata: TableMetadata | None = None) -> CertainTable:
        """The same table as it was loaded, or with `metadata` that it does not have yet."""
        where = (metadata or table.metadata, table.metadata_location, table.io, table.catalog, table.config)
        return cls(table._identifier, *where)

    def _do_commit(self, updates: tuple[TableUpdate, ...], requirements: tuple[TableRequirement, ...]) -> None:
        before = self.metadata
        try:
            super()._do_commit(updates, requirements)
        except Exception as error:
            # Whatever was raised: only the catalog knows what became of the commit.
            found = _look(self.catalog, self, error)
            if found is None or not _landed(before, updates, found.metadata):
                raise
            self.metadata, self.metadata_location = found.metadata, found.metadata_location
        mark_current(self.metadata_location)


def _look(catalog: Catalog, table: Table, cause: Exception) -> Table | None:
    """The table as the catalog has it now; None when it has none. Raise StorageError when it cannot be asked."""
    try:
        return catalog.load_table(table._identifier)
    except NoSuchTableError:
        return None
    except Exception as error:  # noqa: BLE001 - whatever keeps us from asking, the outcome is not known
        # Not the first error: a refusal would make PyIceberg delete what may be part of the table.
        message = f"it is not known whether a commit landed: {cause}; and the catalog cannot be asked: {error}"
        hint = "nothing is lost: run again once the catalog answers"
        raise StorageError(message, where=".".join(table._identifier), hint=hint) from cause


def _landed(before: TableMetadata, updates: tuple[TableUpdate, ...], now: TableMetadata) -> bool:
    """Whether the table has what a commit would have given it. Ids of snapshots are random: they decide."""
    made = [update.snapshot.snapshot_id for update in updates if isinstance(update, AddSnapshotUpdate)]
    if made:
        return all(now.snapshot_by_id(snapshot_id) is not None for snapshot_id in made)
    if now.table_uuid != before.table_uuid:
        return False
    return all(_holds(update, before, now) for update in updates)


def _holds(update: TableUpdate, before: TableMetadata, now: TableMetadata) -> bool:
    if isinstance(update, SetPropertiesUpdate):
        return all(now.properties.get(key) == value for key, value in update.updates.items())
    if isinstance(update, RemovePropertiesUpdate):
        return not any(key in now.properties for key in update.removals)
    if isinstance(update, RemoveSnapshotsUpdate):
        return all(now.snapshot_by_id(snapshot_id) is None for snapshot_id in update.snapshot_ids)
    return now.last_updated_ms >= before.last_updated_ms and _same_shape(update, before, now)


def _same_shape(update: TableUpdate, before: TableMetadata, now: TableMetadata) -> bool:
    """Schemas and partition specs: the table has those that the update, on top of what was, leads to."""
    try:
        wanted = update_table_metadata(before, (update,))
    except ValueError:  # it needs another update of the same commit first, which is looked at by itself
        return True
    schemas = [schema.fields for schema in now.schemas]
    specs = [spec.fields for spec in now.partition_specs]
    return all(schema.fields in schemas for schema in wanted.schemas) and all(
        spec.fields in specs for spec in wanted.partition_specs
    )
