"""Maintenance changes no row, triggers no rebuild, and forgets nothing that somebody still has to read."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from marketpulse.upkeep.maintain import Maintained, Policy, maintain
from tests.shop import MiniShop, result
from tests.tables import equals_a_rebuild, tables

ALL_NOW = Policy(snapshot_hours=0, keep=1, orphan_hours=0)


def tidy(shop: MiniShop, policy: Policy = ALL_NOW) -> dict[str, Maintained]:
    with shop.open() as context:
        return {done.table: done for done in maintain(context, policy)}


def land(shop: MiniShop, day: int) -> None:
    shop.land_sales(f"2026-01-{day:02d}", f"{day},2026-01-01,{day},1", f"1,2026-01-02,{day},1")
    shop.land(f"clicks/d{day:02d}.json", f'{{"id":"c{day}","ts":"2026-01-01T00:00:01Z"}}\n')


@pytest.fixture
def busy(shop: MiniShop) -> MiniShop:
    """A shop after four daily runs."""
    for day in range(1, 5):
        land(shop, day)
        shop.run()
    return shop


def test_compaction_changes_no_row_and_triggers_no_rebuild(busy: MiniShop) -> None:
    before = tables(busy)
    done = tidy(busy)
    assert (done["bronze.sales"].compacted, done["bronze.sales"].into) == (4, 1)
    assert tables(busy) == before
    assert {table.status for table in busy.run().tables} == {"up to date"}
    assert tidy(busy)["bronze.sales"].compacted == 0


@pytest.mark.engines
def test_what_landed_before_maintenance_is_read_after_it_and_nothing_else(busy: MiniShop) -> None:
    land(busy, 9)
    busy.run("silver.quarantine")
    tidy(busy)
    report = busy.run()
    assert result(report, "silver.sales").feeds[0].read == 2
    assert result(report, "gold.agg_daily").reason is not None
    assert equals_a_rebuild(busy)


def test_expiry_keeps_what_a_consumer_has_yet_to_read(busy: MiniShop) -> None:
    for day in (9, 10):
        land(busy, day)
        busy.run("silver.*")
        tidy(busy)
    report = busy.run()
    assert not any("expired" in (table.reason or "") for table in report.tables)
    assert equals_a_rebuild(busy)


def test_a_feed_that_a_table_never_read_is_read_whole_after_expiry(shop: MiniShop) -> None:
    for day in range(1, 5):
        land(shop, day)
        shop.run("silver.quarantine")
    tidy(shop)
    tidy(shop)
    assert shop.run().ok
    assert len(shop.rows("silver.sales")) == 4
    assert equals_a_rebuild(shop)


def test_snapshots_that_were_expired_too_early_cost_a_rebuild_and_no_row(busy: MiniShop) -> None:
    land(busy, 9)
    busy.run("silver.*")
    with busy.open() as context:
        table = context.lake.find("silver.sales")
        table.expire([entry[0] for entry in table.snapshots()[:-1]])
    assert "expired" in result(busy.run(), "gold.agg_daily").reason
    assert equals_a_rebuild(busy)


def test_orphans_go_when_they_are_old_and_only_then(busy: MiniShop) -> None:
    folder = busy.root / "warehouse/silver/sales/data/killed-run/day=2026-01-01"
    folder.mkdir(parents=True)
    old, new = folder / "old.parquet", folder / "new.parquet"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    before = tables(busy)
    done = tidy(busy, Policy())
    assert done["silver.sales"].orphans == 1
    assert (old.exists(), new.exists()) == (False, True)
    assert tables(busy) == before


def test_removing_everything_unreferenced_leaves_every_table_whole(busy: MiniShop) -> None:
    before = tables(busy)
    size = sum(path.stat().st_size for path in Path(busy.root / "warehouse").rglob("*.parquet"))
    assert sum(done.freed for done in tidy(busy).values()) > 0
    tidy(busy)
    assert sum(path.stat().st_size for path in Path(busy.root / "warehouse").rglob("*.parquet")) < size
    assert tables(busy) == before
    assert equals_a_rebuild(busy)


def test_maintenance_beside_running_runs_harms_neither(shop: MiniShop) -> None:
    failures: list[BaseException] = []
    done = threading.Event()

    def keep_tidying() -> None:
        while not done.is_set():
            try:
                tidy(shop, Policy(snapshot_hours=0, keep=1))
            except BaseException as error:  # noqa: BLE001 - told to the test
                failures.append(error)
            time.sleep(0.05)

    thread = threading.Thread(target=keep_tidying)
    thread.start()
    try:
        for day in range(1, 5):
            land(shop, day)
            assert shop.run().ok
    finally:
        done.set()
        thread.join()
    assert failures == []
    assert equals_a_rebuild(shop)
