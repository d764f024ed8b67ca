"""A folder that was copied or moved, or has lost its catalog, is not opened: nothing is read, nothing written."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from marketpulse.errors import StorageError
from marketpulse.upkeep.diff import diff
from marketpulse.upkeep.maintain import Policy, maintain
from marketpulse.upkeep.move import move
from tests.command import marketpulse
from tests.shop import MiniShop
from tests.upkeep.warehouses import busy, copied, everything, land, moved_copy, on, tree

COMMANDS = [
    ["run"],
    ["run", "--full-refresh"],
    ["plan"],
    ["status"],
    ["query", "select * from silver.sales"],
    ["maintain", "--orphan-hours", "0"],
    ["docs"],
    ["headlines"],
    ["quarantine", "list"],
    ["quarantine", "replay"],
    ["quarantine", "discard", "--table", "silver.sales", "--yes"],
]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> MiniShop:
    """A shop after a run; no test of this module that uses it changes it."""
    return busy(MiniShop(tmp_path_factory.mktemp("original") / "shop"), 1)


@pytest.fixture(scope="module")
def copy(original: MiniShop) -> MiniShop:
    found = copied(original)
    shutil.rmtree(found.settings.warehouse / ".scratch")
    return found


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_touches_a_copied_warehouse_or_its_original(
    copy: MiniShop, original: MiniShop, command: list[str]
) -> None:
    before = tree(copy.settings.warehouse), tree(original.settings.warehouse)
    done = marketpulse(copy, *command)
    assert done.returncode == 2
    assert f"was made in {original.settings.warehouse} and lies in {copy.settings.warehouse}" in done.stderr
    assert f"hint make it a warehouse of its own: marketpulse move {copy.settings.warehouse}" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tree(copy.settings.warehouse), tree(original.settings.warehouse)) == before
    assert not (copy.settings.warehouse / ".scratch").exists()


def test_a_copy_is_not_compared(copy: MiniShop, original: MiniShop) -> None:
    with pytest.raises(StorageError, match="was made in"):
        diff(original.settings, original.settings.warehouse, copy.settings.warehouse)


def test_a_moved_folder_is_told_as_well(shop: MiniShop) -> None:
    busy(shop, 1)
    moved = on(shop, shop.settings.warehouse.rename(shop.root / "moved"))
    with pytest.raises(StorageError, match=r"was made in .*warehouse and lies in .*moved"):
        moved.run()
    assert not shop.settings.warehouse.exists()


def test_a_link_to_a_warehouse_is_the_warehouse(shop: MiniShop) -> None:
    busy(shop, 1)
    (shop.root / "link").symlink_to(shop.settings.warehouse)
    before = everything(shop)
    assert everything(on(shop, shop.root / "link")) == before


def test_a_warehouse_that_left_a_link_behind_goes_on_and_loses_nothing(shop: MiniShop) -> None:
    busy(shop)
    moved = on(shop, shop.settings.warehouse.rename(shop.root / "moved"))
    shop.settings.warehouse.symlink_to(shop.root / "moved")
    before = everything(moved)
    with moved.open() as context:
        done = maintain(context, Policy(orphan_hours=0))
    assert [table.problem for table in done] == [None] * len(done)
    assert {key: value for key, value in everything(moved).items() if key in before}.keys() == before.keys()
    land(moved, 4)
    assert moved.run().ok
    assert len(moved.rows("silver.sales")) == 4


def test_a_catalog_that_was_edited_by_hand_helps_nobody(shop: MiniShop) -> None:
    copy = copied(busy(shop, 1))
    with sqlite3.connect(copy.settings.warehouse / "catalog.db") as catalog:
        old, new = str(shop.settings.warehouse), str(copy.settings.warehouse)
        catalog.execute("update iceberg_tables set metadata_location = replace(metadata_location, ?, ?)", (old, new))
    before = tree(shop.settings.warehouse)
    with pytest.raises(StorageError, match="was made in"):
        copy.run()
    with copy.open() as context:
        done = maintain(context, Policy(orphan_hours=0, snapshot_hours=0, keep=1))
    assert all("was made in" in (table.problem or "") for table in done)
    assert tree(shop.settings.warehouse) == before


@pytest.mark.parametrize("loss", ["gone", "empty", "no tables"])
def test_a_lost_catalog_is_no_new_warehouse(original: MiniShop, loss: str) -> None:
    shop = moved_copy(original, loss)
    catalog = shop.settings.warehouse / "catalog.db"
    catalog.unlink()
    if loss != "gone":
        catalog.touch()
    if loss == "no tables":
        with sqlite3.connect(catalog) as made:
            made.execute("create table iceberg_tables (catalog_name, table_namespace, table_name, metadata_location)")
    before = tree(shop.settings.warehouse)
    done = marketpulse(shop, "run")
    assert done.returncode == 2
    assert (
        "bronze.clicks, bronze.flow_runs, bronze.landed_files, bronze.sales, gold.agg_daily and 4 more" in done.stderr
    )
    assert "hint marketpulse repair" in done.stderr
    assert tree(shop.settings.warehouse) == before


def test_a_catalog_of_noise_is_told(original: MiniShop) -> None:
    shop = moved_copy(original, "noise")
    (shop.settings.warehouse / "catalog.db").write_bytes(b"noise" * 999)
    done = marketpulse(shop, "status")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "hint marketpulse repair" in done.stderr


@pytest.mark.parametrize("name", ["bronze.sales", "silver.sales", "bronze.landed_files"])
def test_a_table_that_only_the_catalog_has_lost_is_not_begun_anew(original: MiniShop, name: str) -> None:
    shop = moved_copy(original, name)
    with sqlite3.connect(shop.settings.warehouse / "catalog.db") as catalog:
        layer, short = name.split(".")
        catalog.execute("delete from iceberg_tables where table_namespace = ? and table_name = ?", (layer, short))
    files = set(tree(shop.settings.warehouse / layer / short))
    report = shop.run(full_refresh=True)
    told = [*(str(e["message"]) for f in report.feeds for e in f.blocked), *(str(t.message) for t in report.tables)]
    assert any(f"{name} has rows and is not in the catalog" in each for each in told)
    assert set(tree(shop.settings.warehouse / layer / short)) == files


def test_a_first_run_that_died_while_it_made_a_table_is_no_lost_warehouse(shop: MiniShop) -> None:
    with shop.open() as context:
        context.lake.ensure("bronze.sales", {"id": "string"})
    metadata = next((shop.settings.warehouse / "bronze/sales/metadata").glob("*.metadata.json"))
    for half in (metadata.read_bytes(), metadata.read_bytes()[:50], b""):
        (shop.settings.warehouse / "catalog.db").unlink()
        metadata.write_bytes(half)
        land(shop, 1)
        assert shop.run().ok
        shutil.rmtree(shop.settings.warehouse)
        metadata.parent.mkdir(parents=True)
        (shop.settings.warehouse / "catalog.db").touch()


def test_a_catalog_elsewhere_is_nobodys_folder(shop: MiniShop, tmp_path: Path) -> None:
    properties = {"type": "sql", "uri": f"sqlite:///{tmp_path}/elsewhere.db"}
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    assert shop.run(catalog=properties).ok
    assert shop.run(catalog=properties).ok


def test_a_catalog_of_yesterday_is_refused_and_nothing_is_lost(shop: MiniShop) -> None:
    busy(shop, 1)
    catalog = shop.settings.warehouse / "catalog.db"
    old = catalog.read_bytes()
    land(shop, 2)
    shop.run()
    before, rows = everything(shop), shop.rows("silver.sales")
    catalog.write_bytes(old)
    land(shop, 3)
    left = tree(shop.settings.warehouse)
    for command in (["run"], ["query", "select * from silver.sales"], ["maintain", "--orphan-hours", "0"]):
        done = marketpulse(shop, *command)
        assert done.returncode == 2
        assert "the catalog is older than its tables" in done.stderr
        assert "marketpulse repair" in done.stderr
    assert tree(shop.settings.warehouse) == left
    assert marketpulse(shop, "repair").returncode == 0
    assert everything(shop) == before
    assert shop.run().ok
    assert len(shop.rows("silver.sales")) == len(rows) + 1


def test_what_is_no_word_of_a_newer_state_refuses_nothing(shop: MiniShop) -> None:
    """As after a kill before it was written, a power cut, or in a warehouse of an older release."""
    busy(shop, 1)
    for number, mark in enumerate(shop.settings.warehouse.glob("*/*/metadata/version-hint.text")):
        if number % 3:
            mark.write_bytes(b"" if number % 3 == 1 else b"\xff\x00")
        else:
            mark.unlink()
    land(shop, 2)
    assert shop.run().ok


def test_a_copy_with_files_of_later_commits_is_as_its_catalog_says(shop: MiniShop) -> None:
    busy(shop, 1)
    catalog = (shop.settings.warehouse / "catalog.db").read_bytes()
    before = everything(shop)
    land(shop, 2)
    shop.run()
    found = copied(shop)
    (found.settings.warehouse / "catalog.db").write_bytes(catalog)
    move(found.settings.warehouse)
    assert everything(found) == before
    assert found.run().ok
    assert found.rows("silver.sales") == shop.rows("silver.sales")
