"""Small tables of a lake, written without an engine: `day` is the bucket, `id` the key."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from marketpulse.lake.lake import Lake
from marketpulse.lake.table import FileRef, LakeTable
from marketpulse.names import MAINTENANCE_KEY

NAME = "silver.sales"
TYPES = {"id": "string", "day": "date"}


def day(number: int) -> date:
    """A day of January 2026."""
    return date(2026, 1, number)


def made(lake: Lake) -> LakeTable:
    """The table, as it is now."""
    return lake.ensure(NAME, TYPES, "day", ["id"])


def file(lake: Lake, number: int, *ids: str) -> FileRef:
    """A file of one day that no snapshot has yet."""
    table = made(lake)
    path = Path(lake.layout.location(NAME)) / "data" / f"{uuid.uuid4().hex}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = {"id": pa.array(ids, pa.string()), "day": pa.array([day(number)] * len(ids), pa.date32())}
    pq.write_table(pa.table(rows), path)
    return lake.describe(table, [str(path)])[0]


def commit(lake: Lake, add: Sequence[FileRef] = (), drop: Sequence[FileRef] = (), upkeep: bool = False) -> int | None:
    """Commit files on top of the table as it is; the snapshot."""
    return lake.commit(made(lake), add, drop, {}, {MAINTENANCE_KEY: "compaction"} if upkeep else {})


def days(files: Sequence[FileRef]) -> list[int]:
    """Days of files, sorted."""
    return sorted(f.bucket.day for f in files if isinstance(f.bucket, date))
