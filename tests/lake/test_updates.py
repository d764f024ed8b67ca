"""What a commit writes is what PyIceberg would write, and nothing that was read before has changed by it."""

from __future__ import annotations

from typing import Any

from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.update import (
    AddSnapshotUpdate,
    RemoveSnapshotsUpdate,
    SetPropertiesUpdate,
    SetSnapshotRefUpdate,
    TableUpdate,
    update_table_metadata,
)

from marketpulse.lake.updates import changed, committed
from tests.shop import MiniShop


def said(metadata: TableMetadata) -> dict[str, Any]:
    """All of it but the moment at which it was made."""
    return metadata.model_dump(exclude={"last_updated_ms", "snapshot_log"})


def test_it_is_what_pyiceberg_makes_of_it_and_leaves_what_was(shop: MiniShop) -> None:
    for number in range(3):
        shop.land_sales("2026-01-01", f"{number},2026-01-01,1,1", name=f"{number}.csv")
        assert shop.run().ok
    with shop.open() as context:
        table = context.lake.find("silver.sales")
        assert table
        before = table.iceberg.metadata
    whole = before.model_dump()
    first, second, newest = before.snapshots
    assert newest.sequence_number
    more = newest.model_copy(
        update={
            "snapshot_id": 7,
            "parent_snapshot_id": newest.snapshot_id,
            "sequence_number": newest.sequence_number + 1,
        }
    )
    steps: list[tuple[TableUpdate, ...]] = [
        (SetPropertiesUpdate(updates={"a": "1"}),),
        (AddSnapshotUpdate(snapshot=more), SetSnapshotRefUpdate(ref_name="main", type="branch", snapshot_id=7)),
        (RemoveSnapshotsUpdate(snapshot_ids=[first.snapshot_id, second.snapshot_id]),),
        (),
    ]
    for updates in steps:
        made = committed(before, updates, "metadata/00001.metadata.json")
        assert said(made) == said(update_table_metadata(before, updates, False, "metadata/00001.metadata.json"))
        assert made.last_updated_ms >= before.last_updated_ms
        assert (made == before) == (updates == ())
        assert changed(before, updates).snapshots == made.snapshots
        assert before.model_dump() == whole
