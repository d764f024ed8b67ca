"""A catalog that is lost or old comes back from the tables' folders; what is lost is told, and nothing is deleted."""

from __future__ import annotations

import fcntl
import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from marketpulse.errors import ConcurrentError, StorageError, UsageError
from marketpulse.upkeep.diff import diff
from marketpulse.upkeep.move import move
from marketpulse.upkeep.repair import Repair, forget, repair
from tests.command import marketpulse
from tests.kept import Kept
from tests.kills import Victim, first_wave, second_wave
from tests.shop import MiniShop, result
from tests.upkeep.warehouses import busy, copied, everything, land, newest, tree


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A shop after three runs, to start each test from."""
    return Kept(tmp_path_factory.mktemp("kept"), busy)


@pytest.fixture
def taken(kept: Kept) -> MiniShop:
    """The shop on a warehouse that a test may break."""
    return kept.again()


def mend(shop: MiniShop) -> Repair:
    """Repair; nothing but the catalog may change, and no file may go."""
    before = _without_catalog(shop)
    done = repair(shop.settings.layout, shop.settings.catalog_properties())
    assert _without_catalog(shop) == before
    return done


def _without_catalog(shop: MiniShop) -> dict[str, tuple[int, bytes]]:
    """Files but the catalog, and the word of what it names."""
    files = tree(shop.settings.warehouse).items()
    return {
        name: file
        for name, file in files
        if not name.startswith("catalog.db") and not name.endswith("version-hint.text")
    }


def statuses(done: Repair) -> dict[str, str]:
    return {table.table: table.status for table in done.tables}


def forgotten_by_the_catalog(shop: MiniShop, *names: str) -> None:
    with sqlite3.connect(shop.settings.warehouse / "catalog.db") as catalog:
        for name in names:
            catalog.execute("delete from iceberg_tables where table_namespace || '.' || table_name = ?", (name,))


@pytest.mark.parametrize("loss", ["gone", "empty", "noise"])
def test_a_lost_catalog_costs_nothing(taken: MiniShop, loss: str) -> None:
    before = everything(taken)
    catalog = taken.settings.warehouse / "catalog.db"
    catalog.unlink()
    if loss != "gone":
        catalog.write_bytes(b"" if loss == "empty" else b"noise" * 999)
    done = mend(taken)
    assert done.ok
    assert set(statuses(done).values()) == {"registered"}
    assert {table.table: table.rows for table in done.tables}["silver.sales"] == 3
    assert (done.set_aside is not None) == (loss == "noise")
    assert everything(taken) == before
    assert {table.status for table in taken.run().tables} == {"up to date"}
    assert set(statuses(mend(taken)).values()) == {"whole"}


def test_runs_go_on_after_it_with_landing_tidied_and_nothing_twice(shop: MiniShop) -> None:
    busy(shop)
    rows = shop.rows("bronze.sales", lineage=True)
    shutil.rmtree(shop.landing)
    (shop.settings.warehouse / "catalog.db").unlink()
    mend(shop)
    for day in (2, 4):
        land(shop, day)
    report = shop.run()
    assert (report.feeds[0].files + report.feeds[1].files, report.feeds[0].duplicates) == (2, 1)
    assert set(rows) < set(shop.rows("bronze.sales", lineage=True))
    assert len(shop.rows("bronze.sales")) == len(rows) + 3
    assert len(shop.rows("silver.sales")) == 4


@pytest.mark.long
def test_a_commit_that_a_killed_run_left_unnamed_is_as_good_as_made(shop: MiniShop) -> None:
    victim = Victim(shop)
    victim.wave(first_wave)
    shop.run()
    victim.wave(second_wave)
    for number in (1, 3, 6):
        assert victim.killed_at(number, "inside")
        (shop.settings.warehouse / "catalog.db").unlink()
        assert mend(shop).ok
        victim.recovers()


def test_the_catalog_says_which_of_two_lines_is_the_tables(shop: MiniShop) -> None:
    victim = Victim(shop)
    victim.wave(first_wave)
    shop.run()
    victim.wave(second_wave)
    assert victim.killed_at(1, "inside")
    victim.recovers()
    before = everything(shop)
    assert set(statuses(mend(shop)).values()) == {"whole"}
    assert everything(shop) == before


def test_a_table_that_the_catalog_does_not_know_comes_back(taken: MiniShop) -> None:
    before = everything(taken)
    forgotten_by_the_catalog(taken, "bronze.sales", "gold.agg_daily")
    assert "is not in the catalog" in str(result(taken.run(), "silver.sales").message)
    done = mend(taken)
    assert done.ok
    assert {name for name, status in statuses(done).items() if status == "registered"} == {
        "bronze.sales",
        "gold.agg_daily",
    }
    assert everything(taken) == before


def test_an_older_catalog_is_brought_forward(shop: MiniShop) -> None:
    busy(shop, 1)
    catalog = shop.settings.warehouse / "catalog.db"
    old = catalog.read_bytes()
    for day in (2, 3):
        land(shop, day)
        shop.run()
    before = everything(shop)
    catalog.write_bytes(old)
    done = mend(shop)
    assert done.ok
    assert set(statuses(done).values()) == {"forward"}
    assert everything(shop) == before
    assert {table.status for table in shop.run().tables} == {"up to date"}


def test_a_table_that_was_dropped_is_not_a_lost_one(taken: MiniShop) -> None:
    rows = taken.rows("gold.agg_daily")
    with taken.open() as context:
        context.lake.drop("gold.agg_daily")
        assert context.lake.find("gold.agg_daily") is None
    assert "gold.agg_daily" not in statuses(mend(taken))
    assert result(taken.run(), "gold.agg_daily").status == "built"
    (taken.settings.warehouse / "catalog.db").unlink()
    before = {table.table: (table.status, table.metadata) for table in mend(taken).tables}
    assert before["gold.agg_daily"][0] == "registered"
    assert str(before["gold.agg_daily"][1]).startswith("00001-")
    assert taken.rows("gold.agg_daily") == rows
    assert {table.status for table in taken.run().tables} == {"up to date"}


def test_a_missing_file_of_the_newest_commit_costs_that_commit_and_is_told(taken: MiniShop) -> None:
    file = newest(taken, "silver.sales", "*.parquet")
    file.unlink()
    for status in ("back", "registered"):
        (found,) = [table for table in mend(taken).tables if table.table == "silver.sales"]
        assert (found.status, found.behind) == (status, True)
        assert any(str(file) in problem for problem in found.problems)
        forgotten_by_the_catalog(taken, "silver.sales")
    assert not mend(taken).ok
    assert taken.run().ok
    assert len(taken.rows("silver.sales")) == 3


def test_an_old_snapshot_that_is_damaged_is_told_and_costs_nothing(taken: MiniShop) -> None:
    before = taken.rows("silver.sales")
    files = (taken.settings.warehouse / "silver/sales").rglob("*.parquet")
    file = min(files, key=lambda path: path.stat().st_mtime_ns)
    file.unlink()
    (taken.settings.warehouse / "catalog.db").unlink()
    done = mend(taken)
    assert done.ok
    assert [t.table for t in done.tables if any(str(file) in problem for problem in t.problems)] == ["silver.sales"]
    assert taken.rows("silver.sales") == before


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
@pytest.mark.parametrize("loss", ["data", "metadata", "folder"])
def test_a_lost_table_is_told_and_can_be_built_anew(taken: MiniShop, known: bool, loss: str) -> None:
    before = taken.rows("silver.sales")
    if not known:
        forgotten_by_the_catalog(taken, "silver.sales")
    shutil.rmtree(taken.settings.warehouse / "silver/sales" / {"folder": ""}.get(loss, loss))
    done = marketpulse(taken, "repair", "--json")
    found = {table["table"]: table for table in json.loads(done.stdout)["tables"]}.get("silver.sales")
    if not known and loss != "data":
        assert (found, done.returncode) == (None, 0)  # nothing tells that there was such a table
    else:
        assert (found["status"], done.returncode) == ("lost", 1)
        assert found["problems"]
        assert loss == "data" or marketpulse(taken, "run").returncode == 2
        (place,) = forget(taken.settings.layout, taken.settings.catalog_properties(), ["silver.sales"])
        assert Path(place).is_dir() == (loss != "folder")
    assert result(taken.run(), "silver.sales").status == "built"
    assert taken.rows("silver.sales") == before
    assert diff_is_empty(taken, taken)


def diff_is_empty(shop: MiniShop, other: MiniShop) -> bool:
    return all(table.equal for table in diff(shop.settings, shop.settings.warehouse, other.settings.warehouse))


def test_what_is_not_lost_and_what_no_run_brings_back_is_not_forgotten(taken: MiniShop) -> None:
    where = taken.settings.layout, taken.settings.catalog_properties()
    with pytest.raises(UsageError, match="is not lost"):
        forget(*where, ["silver.sales"])
    shutil.rmtree(taken.settings.warehouse / "bronze/sales")
    with pytest.raises(UsageError, match="no run brings it back"):
        forget(*where, ["bronze.sales"])


def test_a_damaged_metadata_file_is_told_by_name(taken: MiniShop) -> None:
    file = newest(taken, "gold.agg_daily", "*.metadata.json")
    file.write_bytes(file.read_bytes()[:999])
    done = marketpulse(taken, "status")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "gold.agg_daily: its metadata is damaged" in done.stderr
    (found,) = [table for table in mend(taken).tables if table.table == "gold.agg_daily"]
    assert (found.status, found.behind) == ("back", True)
    assert file.name in found.problems[0]
    assert taken.run().ok


def test_a_copy_whose_catalog_was_lost_is_repaired_and_then_moved(taken: MiniShop, tmp_path: Path) -> None:
    before = everything(taken), tree(taken.settings.warehouse)
    copy = copied(taken, str(tmp_path / "copy"))
    (copy.settings.warehouse / "catalog.db").unlink()
    done = mend(copy)
    assert (done.ok, done.made_in) == (True, str(taken.settings.warehouse))
    with pytest.raises(StorageError, match="was made in"):
        copy.run()
    with pytest.raises(StorageError, match="was made in"):
        mend(copy)
    move(copy.settings.warehouse)
    assert everything(copy) == before[0]
    assert tree(taken.settings.warehouse) == before[1]


def test_nothing_is_repaired_under_a_run(taken: MiniShop) -> None:
    with (taken.settings.warehouse / ".locks/silver.sales.lock").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(ConcurrentError, match="is still held"):
            mend(taken)


def test_other_catalogs_are_not_repaired(shop: MiniShop) -> None:
    for catalog in ({"type": "sql", "uri": f"sqlite:///{shop.root}/elsewhere.db"}, {"type": "glue"}):
        with pytest.raises(UsageError, match="no folder with a catalog of its own"):
            repair(shop.settings.layout, catalog)


def test_people_are_told_what_was_found_and_what_comes_next(taken: MiniShop) -> None:
    (taken.settings.warehouse / "catalog.db").write_bytes(b"noise")
    newest(taken, "silver.sales", "*.parquet").unlink()
    done = marketpulse(taken, "repair")
    assert done.returncode == 1
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["silver.sales", "registered,", "behind", "2", "2"] in lines
    assert "the catalog was damaged; it is now " in done.stdout
    assert done.stdout.endswith("next: marketpulse run\n")
