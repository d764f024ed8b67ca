"""Metadata of a table after updates. What did not change is shared with what was before: nobody changes it in place.

PyIceberg copies all of it in the end, snapshot by snapshot, for each question and each commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.update import (
    TableUpdate,
    _apply_table_update,
    _TableMetadataUpdateContext,
    _update_table_metadata_log,
)


def changed(metadata: TableMetadata, updates: Iterable[TableUpdate]) -> TableMetadata:
    """The metadata as a transaction sees it that is not over."""
    return _applied(metadata, updates)[0]


def committed(metadata: TableMetadata, updates: Iterable[TableUpdate], place: str) -> TableMetadata:
    """The metadata that a commit writes on top of that in the file `place`: as PyIceberg's `update_table_metadata`.

    Raise ValueError when columns that cut or sort the table are not there.
    """
    found, has_changes = _applied(metadata, updates)
    if has_changes:
        found = _update_table_metadata_log(found, place, metadata.last_updated_ms)
        if found.last_updated_ms == metadata.last_updated_ms:
            now = int(datetime.now(UTC).timestamp() * 1_000)
            found = found.model_copy(update={"last_updated_ms": now})
    found.spec().check_compatible(found.schema())
    found.sort_order().check_compatible(found.schema())
    return found


def _applied(metadata: TableMetadata, updates: Iterable[TableUpdate]) -> tuple[TableMetadata, bool]:
    context = _TableMetadataUpdateContext()
    for update in updates:
        metadata = _apply_table_update(update, metadata, context)
    return metadata, context.has_changes()
