"""Maintenance changes no row, triggers no rebuild, and forgets nothing that somebody still has to read."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from marketpulse.upkeep import maintain as maintenance
from marketpulse.upkeep.maintain import Maintained, Policy, is_written_here, maintain
from tests.clock import set_clock
from tests.command import marketpulse
from tests.kept import Kept
from tests.shop import MiniShop, result
from tests.tables import equals_a_rebuild, tables
from tests.upkeep.warehouses import newest, on, tree

ALL_NOW = Policy(snapshot_hours=0, keep=1, orphan_hours=0)


def tidy(shop: MiniShop, policy: Policy = ALL_NOW) -> dict[str, Maintained]:
    with shop.open() as context:
        return {done.table: done for done in maintain(context, policy)}


def land(shop: MiniShop, day: int) -> None:
    shop.land_sales(f"2026-01-{day:02d}", f"{day},2026-01-01,{day},1", f"1,2026-01-02,{day},1")
    shop.land(f"clicks/d{day:02d}.json", f'{{"id":"c{day}","ts":"2026-01-01T00:00:01Z"}}\n')


def four_days(shop: MiniShop) -> None:
    for day in range(1, 5):
        land(shop, day)
        shop.run()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("busy"), four_days)


@pytest.fixture
def busy(kept: Kept, shop: MiniShop) -> MiniShop:
    """A shop after four daily runs, of the engine of the test."""
    if shop.settings.engine == "duckdb":
        return kept.again()
    four_days(shop)
    return shop


def test_compaction_changes_no_row_and_triggers_no_rebuild(busy: MiniShop) -> None:
    before = tables(busy)
    done = tidy(busy)
    assert (done["bronze.sales"].compacted, done["bronze.sales"].into) == (4, 1)
    assert tables(busy) == before
    assert {table.status for table in busy.run().tables} == {"up to date"}
    assert tidy(busy)["bronze.sales"].compacted == 0


def test_files_of_many_rows_stay_as_they_are_however_few_their_bytes(
    busy: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "FEW_ROWS", 1)
    assert {done.compacted for done in tidy(busy).values()} == {0}
    monkeypatch.setattr(maintenance, "FEW_ROWS", 3)
    assert tidy(busy)["bronze.sales"].compacted == 4


@pytest.mark.engines(always=False)
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
    folder = busy.root / "warehouse/silver/sales/data/20260101T000000-killed-0000-0123abcd/day=2026-01-01"
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


def test_words_beside_metadata_stay_and_one_cut_short_goes(busy: MiniShop) -> None:
    folder = busy.settings.warehouse / "silver/sales/metadata"
    short = folder / "version-hint.text.77.140735"
    dropped = folder / "dropped-7f1f1c82-9160-4c12-a81e-0cc3d7588caa"
    for path in (short, dropped):
        path.write_bytes(b"")
    for path in (short, dropped, folder / "version-hint.text"):
        os.utime(path, (0, 0))
    assert tidy(busy, Policy())["silver.sales"].orphans == 1
    assert (short.exists(), dropped.exists(), (folder / "version-hint.text").exists()) == (False, True, True)


def test_what_somebody_else_put_into_a_tables_folder_stays(busy: MiniShop) -> None:
    folder = busy.settings.warehouse / "silver/sales"
    metadata = "00000-7f1f1c82-9160-4c12-a81e-0cc3d7588caa.metadata.json"
    files = [
        folder / "backup/catalog.db",
        folder / "backup/silver/sales/data/20260101T000000-killed-0000-0123abcd/data.parquet",
        folder / "backup/silver/sales/metadata" / metadata,
        folder / "data/backup/data.parquet",
        folder / "data/notes.txt",
        folder / "metadata/x.stats",
        folder / "metadata/old" / metadata,
        folder / "README.md",
    ]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"somebody's")
    (folder / "empty").mkdir()
    for path in (*files, folder / "empty"):
        os.utime(path, (0, 0))
    tidy(busy)
    assert [file for file in files if not file.exists()] == []
    assert (folder / "empty").is_dir()


@pytest.mark.parametrize(
    "path",
    [
        "data/20260101T000000-0ecd9ce8-0012-0123abcd/day=2026-01-01/data.parquet",
        "data/20260101T000000-jr_abc-def-0012-0123abcd/_temporary/0/part.parquet",
        "data/20260101T000000-0ecd9ce8-0012-0123abcd/landed.json",
        "data/day=2026-01-01/00000-3-7f1f1c82-9160-4c12-a81e-0cc3d7588caa-0-00001.parquet",
        "_scratch/20260101T000000-0ecd9ce8/checked-0123abcd/part.parquet",
        "metadata/00007-7f1f1c82-9160-4c12-a81e-0cc3d7588caa.metadata.json",
        "metadata/7f1f1c82-9160-4c12-a81e-0cc3d7588caa-m3.avro",
        "metadata/snap-7720612423134176313-0-7f1f1c82-9160-4c12-a81e-0cc3d7588caa.avro",
    ],
)
def test_what_a_killed_run_may_leave_goes(path: str) -> None:
    assert is_written_here(f"/lake/silver/sales/{path}", "/lake/silver/sales")
    assert is_written_here(f"s3://lake/silver/sales/{path}", "s3://lake/silver/sales/")


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


@pytest.mark.parametrize(
    ("pattern", "harm"), [("*.metadata.json", "cut short"), ("snap-*.avro", "gone"), ("*-m0.avro", "noise")]
)
def test_what_cannot_be_read_loses_nothing_and_the_others_go_on(busy: MiniShop, pattern: str, harm: str) -> None:
    file = newest(busy, "silver.sales", pattern)
    whole = file.read_bytes()
    file.unlink() if harm == "gone" else file.write_bytes(whole[:-20] if harm == "cut short" else b"noise" * 99)
    before = set(tree(busy.settings.warehouse / "silver/sales"))
    done = tidy(busy)
    assert "silver.sales" in (done["silver.sales"].problem or "") or str(file) in (done["silver.sales"].problem or "")
    assert before <= set(tree(busy.settings.warehouse / "silver/sales"))
    assert done["bronze.sales"].compacted == 4
    assert sum(table.expired for table in done.values()) == 0 or pattern != "*.metadata.json"
    assert marketpulse(busy, "maintain", "silver.sales").returncode == 2
    file.write_bytes(whole)
    assert {table.problem for table in tidy(busy).values()} == {None}
    assert equals_a_rebuild(busy)


def test_a_manifest_that_ends_early_between_two_entries_is_not_a_shorter_one(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", *[f"{n},2026-01-{1 + n % 3:02d},1,1" for n in range(9)])
    shop.run()
    file = newest(shop, "silver.sales", "*-m0.avro")
    whole = file.read_bytes()
    end = whole.rindex(whole[-16:], 0, len(whole) - 16) + 16
    file.write_bytes(whole[:end])
    before = set(tree(shop.settings.warehouse / "silver/sales"))
    assert str(file) in (tidy(shop)["silver.sales"].problem or "")
    assert set(tree(shop.settings.warehouse / "silver/sales")) == before


def test_a_table_that_lies_in_another_warehouse_is_left_alone(shop: MiniShop) -> None:
    catalog = {"type": "sql", "uri": f"sqlite:///{shop.root}/elsewhere.db"}
    shop.settings = replace(shop.settings, catalog=catalog)
    for day in range(1, 5):
        land(shop, day)
        shop.run()
    before = tree(shop.settings.warehouse)
    other = on(shop, shop.root / "other")
    shutil.copytree(shop.settings.warehouse, other.settings.warehouse)
    for path in other.settings.warehouse.rglob("*.parquet"):
        os.utime(path, (0, 0))
    was = tree(other.settings.warehouse)
    done = tidy(other)
    assert all("lies in" in (table.problem or "") for table in done.values())
    assert (tree(shop.settings.warehouse), tree(other.settings.warehouse)) == (before, was)


def test_nothing_behind_a_link_out_of_the_warehouse_is_removed(busy: MiniShop) -> None:
    folder = busy.settings.warehouse / "silver/sales"
    folder.rename(busy.root / "outside")
    folder.symlink_to(busy.root / "outside")
    orphan = busy.root / "outside/data/orphan.parquet"
    orphan.write_bytes(b"somebody's")
    before = set(tree(busy.root / "outside"))
    done = tidy(busy)
    assert "link out of this warehouse" in (done["silver.sales"].problem or "")
    assert before <= set(tree(busy.root / "outside"))
    assert equals_a_rebuild(busy)


def test_a_clock_that_was_wrong_does_not_expire_what_is_current(busy: MiniShop) -> None:
    """Two commits were made with a clock a year ahead, two after it was put right."""
    before = tables(busy)
    year = 365 * 24 * 3_600_000
    for name in before:
        _edit(busy, name, lambda metadata: _ahead(metadata, year))
    for policy in (Policy(), ALL_NOW, ALL_NOW):
        assert {table.problem for table in tidy(busy, policy).values()} == {None}
        assert tables(busy) == before
    with busy.open() as context:
        left = [entry for name in before for entry in context.lake.find(name).snapshots()]
    assert max(entry[1] for entry in left) < (time.time() + 60) * 1000
    assert {table.status for table in busy.run().tables} == {"up to date"}
    assert equals_a_rebuild(busy)


def test_a_clock_that_jumps_ahead_takes_nothing_from_a_run_that_lives(
    busy: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with busy.open() as alive:
        mine = Path(alive.folder("silver.sales"), "data.parquet")
        dead = Path(str(mine).replace(alive.run_id, "20260101T000000-killed"))
        for file in (mine, dead):
            file.parent.mkdir(parents=True)
            file.write_bytes(b"half")
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 365 * 24 * 3_600)
        tidy(busy, Policy())
        assert (mine.exists(), dead.exists()) == (True, False)
    monkeypatch.undo()


def test_a_clock_that_goes_forward_and_back_changes_nothing(shop: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Days in order, but for one in a year from now and one an hour before the last."""
    now = datetime.now(UTC).replace(tzinfo=None)
    days = [timedelta(hours=-30), timedelta(days=365), timedelta(days=365, hours=1), timedelta(), timedelta(hours=-1)]
    for number, day in enumerate(days, 1):
        set_clock(monkeypatch, now + day)
        land(shop, number)
        assert shop.run().ok
        assert ("1", number) in {(row[0], row[2]) for row in shop.rows("silver.sales")}  # the correction wins
    monkeypatch.undo()
    before = tables(shop)
    for policy in (Policy(), ALL_NOW, ALL_NOW):
        assert {table.problem for table in tidy(shop, policy).values()} == {None}
    assert tables(shop) == before
    assert {table.status for table in shop.run().tables} == {"up to date"}
    ids = [row[-5:] for row in shop.rows("bronze.sales", lineage=True)]
    assert len(ids) == len(set(ids))
    assert equals_a_rebuild(shop)


def _ahead(metadata: dict[str, Any], by: int) -> None:
    for entry in (*metadata["snapshots"][:2], *metadata["snapshot-log"][:2]):
        entry["timestamp-ms"] += by


def _edit(shop: MiniShop, table: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what the current metadata of a table says."""
    with shop.open() as context:
        file = Path(context.lake.find(table).iceberg.metadata_location)
    metadata = json.loads(file.read_text())
    change(metadata)
    file.write_text(json.dumps(metadata))


def test_statistics_that_another_engine_wrote_stay(busy: MiniShop) -> None:
    file = busy.settings.warehouse / "silver/sales/metadata/x.stats"
    file.write_bytes(b"PFA1")
    os.utime(file, (0, 0))

    def add(metadata: dict[str, Any]) -> None:
        sizes = {"file-size-in-bytes": 4, "file-footer-size-in-bytes": 4, "blob-metadata": []}
        metadata["statistics"] = [
            {"snapshot-id": metadata["current-snapshot-id"], "statistics-path": str(file), **sizes}
        ]

    _edit(busy, "silver.sales", add)
    tidy(busy, Policy(orphan_hours=0))
    assert file.exists()


def test_another_project_keeps_what_tables_it_does_not_know_have_yet_to_read(busy: MiniShop) -> None:
    land(busy, 9)
    busy.run("silver.*")
    shutil.move(busy.project_dir / "gold", busy.root / "gold")
    tidy(busy)
    shutil.move(busy.root / "gold", busy.project_dir / "gold")
    assert not any("expired" in (table.reason or "") for table in busy.run().tables)
