"""Warehouses that were copied: the same shop on another folder, and what lies in a folder."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from marketpulse.lake.avrofile import decode
from marketpulse.lake.manifests import listed, named
from marketpulse.names import FLOW_RUNS, OUTBOX_KEY
from marketpulse.upkeep.move import move
from tests.shop import MiniShop

Tree = dict[str, tuple[int, bytes]]


def busy(shop: MiniShop, days: int = 3) -> MiniShop:
    """The shop after some daily runs: every table has as many snapshots."""
    for day in range(1, days + 1):
        land(shop, day)
        assert shop.run().ok
    return shop


def land(shop: MiniShop, day: int) -> None:
    """A day's sales, one of them a correction and one rejected, and a click."""
    shop.land_sales(f"2026-01-{day:02d}", f"{day},2026-01-{day:02d},{day},1", f"1,2026-01-02,{day},1", f"x{day},,1,1")
    shop.land(f"clicks/d{day:02d}.json", f'{{"id":"c{day}","ts":"2026-01-01T00:00:01Z"}}\n')


def copied(shop: MiniShop, name: str = "copy") -> MiniShop:
    """The shop on a copy of its warehouse."""
    target = shop.root / name
    shutil.copytree(shop.settings.warehouse, target, symlinks=True)
    return on(shop, target)


def moved_copy(shop: MiniShop, name: str = "copy") -> MiniShop:
    """The shop on a copy of its warehouse that is one of its own."""
    found = copied(shop, name)
    move(found.settings.warehouse)
    return found


def on(shop: MiniShop, warehouse: Path) -> MiniShop:
    """The shop with the same project and landing zone on another warehouse."""
    other = copy.copy(shop)
    other.settings = replace(shop.settings, warehouse=warehouse)
    return other


def tree(folder: Path) -> Tree:
    """Every file below a folder: when it was changed, and its bytes; locks and scratch are nobody's state."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in (".locks", ".scratch")
    }


def everything(shop: MiniShop) -> dict[str, Any]:
    """Rows of every table at every snapshot, with what the snapshot says: a moved warehouse must say it too.

    Not of the run ledger: a run that was refused has a row there.
    """
    found: dict[str, Any] = {}
    with shop.open(engine="duckdb") as context:
        for name in sorted({*context.lake.names()} - {FLOW_RUNS}):
            table = context.lake.find(name)
            for snapshot in table.iceberg.snapshots():
                files = [file.path for file in table.files(snapshot.snapshot_id)]
                with context.engine.scope():
                    view = context.engine.bind("at_that_time", table.types, files)
                    rows = sorted(context.engine.rows(f"select * from {view}"), key=repr)
                said = (snapshot.sequence_number, snapshot.timestamp_ms, snapshot.parent_snapshot_id, snapshot.summary)
                found[f"{name}@{snapshot.snapshot_id}"] = (rows, said)
            # Where the outbox lies is the one thing that a table says of its folder.
            state = {key: value for key, value in table.state.items() if key != OUTBOX_KEY}
            found[name] = (table.snapshot_id, state, table.iceberg.metadata.table_uuid, table.iceberg.schema())
    return found


def paths(shop: MiniShop) -> Iterator[str]:
    """Every path that metadata of the warehouse holds: those of all snapshots, dropped files too."""
    with shop.open(engine="duckdb") as context:
        for name in context.lake.names():
            table = context.lake.find(name)
            metadata = table.iceberg.metadata
            yield from (metadata.location, table.iceberg.metadata_location)
            yield from (entry.metadata_file for entry in metadata.metadata_log)
            yield from (value for value in table.state.values() if value.startswith("/"))
            for snapshot in metadata.snapshots:
                yield snapshot.manifest_list
                for manifest in listed(decode(Path(snapshot.manifest_list).read_bytes(), "list")):
                    yield manifest.path
                    yield from (file.path for file in named(decode(Path(manifest.path).read_bytes(), "manifest")))


def newest(shop: MiniShop, table: str, pattern: str) -> Path:
    """The file of a table that was changed last."""
    folder = shop.settings.warehouse.joinpath(*table.split("."))
    return max(folder.rglob(pattern), key=lambda path: path.stat().st_mtime_ns)
