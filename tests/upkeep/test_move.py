"""A copied or moved folder becomes a warehouse of its own: the same to read, and no file shared with its original."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from marketpulse.errors import ConcurrentError, StorageError, UsageError
from marketpulse.lake.avrofile import decode, encode
from marketpulse.lake.manifests import ENTRY_NAME, LIST_NAME, Written, listed, relisted, renamed
from marketpulse.names import OUTBOX_KEY
from marketpulse.serving.query import stream
from marketpulse.upkeep.maintain import Policy, maintain
from marketpulse.upkeep.move import move
from tests.command import marketpulse
from tests.shop import MiniShop, result
from tests.upkeep.dying import die_at, survives
from tests.upkeep.warehouses import busy, copied, everything, land, moved_copy, newest, on, paths, tree

ALL_NOW = Policy(snapshot_hours=0, keep=1, orphan_hours=0)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> MiniShop:
    """A shop after three runs; no test that uses it changes its warehouse."""
    return busy(MiniShop(tmp_path_factory.mktemp("original") / "shop"))


@pytest.fixture
def copy(original: MiniShop, tmp_path: Path) -> MiniShop:
    return copied(original, str(tmp_path / "copy"))


def test_a_moved_copy_says_all_that_its_original_says_at_every_snapshot(original: MiniShop, copy: MiniShop) -> None:
    before = tree(original.settings.warehouse)
    done = move(copy.settings.warehouse)
    assert done.made_in == [str(original.settings.warehouse)]
    assert {table.snapshots for table in done.tables} >= {3}
    assert everything(copy) == everything(original)
    assert all(path.startswith(f"{copy.settings.warehouse}/") for path in paths(copy))
    assert tree(original.settings.warehouse) == before


def test_as_of_answers_as_before(original: MiniShop, copy: MiniShop) -> None:
    with original.open() as context:
        times = [entry[1] for entry in context.lake.find("silver.sales").snapshots()]
    move(copy.settings.warehouse)
    question = "select count(*) as n from silver.sales"
    for time, rows in zip(times, (1, 2, 3), strict=True):
        when = datetime.fromtimestamp(time / 1000, UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
        with copy.open() as context:
            assert stream(context, question, when).read_all().to_pydict() == {"n": [rows]}


def test_runs_go_on_where_the_original_was(shop: MiniShop) -> None:
    twin = moved_copy(busy(shop))
    assert {table.status for table in twin.run().tables} == {"up to date"}
    land(shop, 4)
    report = twin.run()
    assert result(report, "silver.sales").feeds[0].read == 3
    assert result(report, "gold.agg_daily").reason == "silver.sales: 2 buckets 2026-01-02 … 2026-01-04"
    assert len(twin.rows("silver.sales")) == 4
    assert len(shop.rows("silver.sales")) == 3


def test_the_two_are_independent(shop: MiniShop) -> None:
    twin = moved_copy(busy(shop))
    was = tree(shop.settings.warehouse)
    land(shop, 4)
    assert twin.run().ok
    tidy(twin)
    assert tree(shop.settings.warehouse) == was
    own = tree(twin.settings.warehouse)
    land(shop, 5)
    assert shop.run().ok
    tidy(shop)
    assert tree(twin.settings.warehouse) == own
    shutil.rmtree(shop.settings.warehouse)
    rows = twin.rows("gold.agg_daily")
    assert twin.run(full_refresh=True).ok
    assert len(twin.rows("gold.agg_daily")) > len(rows)


def tidy(shop: MiniShop) -> None:
    with shop.open() as context:
        assert [table.problem for table in maintain(context, ALL_NOW)] == [None] * len(context.lake.names())


def test_what_the_original_wrote_of_itself_is_no_longer_needed(original: MiniShop, copy: MiniShop) -> None:
    move(copy.settings.warehouse)
    tidy(copy)
    assert [m for m in copy.settings.warehouse.rglob("*.avro") if str(original.root).encode() in m.read_bytes()] == []
    assert copy.rows("gold.agg_daily") == original.rows("gold.agg_daily")


def test_many_commits_later_old_metadata_goes_from_the_copy_alone(shop: MiniShop) -> None:
    twin = moved_copy(busy(shop, 1))
    was = tree(shop.settings.warehouse)
    with twin.open() as context:
        for number in range(25):
            table = context.lake.find("silver.sales")
            context.lake.commit(table, [], [], {"marketpulse.test": str(number)}, {})
    assert tree(shop.settings.warehouse) == was
    assert len(list((twin.settings.warehouse / "silver/sales/metadata").glob("*.metadata.json"))) <= 21


def test_a_folder_that_was_moved_needs_no_original(original: MiniShop, copy: MiniShop) -> None:
    before = everything(original)
    again = on(copy, copy.settings.warehouse.rename(copy.settings.warehouse.with_name("moved")))
    move(again.settings.warehouse)
    assert everything(again) == before


def test_there_and_back_again(original: MiniShop, copy: MiniShop, tmp_path: Path) -> None:
    before = everything(original)
    for name in ("b", "copy", "b", "copy"):
        copy = on(copy, copy.settings.warehouse.rename(tmp_path / name))
        move(copy.settings.warehouse)
        assert everything(copy) == before
    assert all(path.startswith(f"{tmp_path}/copy/") for path in paths(copy))


def test_a_copy_inside_of_its_original(shop: MiniShop) -> None:
    before = everything(busy(shop, 1))
    inner = on(shop, shop.settings.warehouse / "warehouse")
    shutil.copytree(shop.settings.warehouse, shop.root / "aside")
    shutil.move(shop.root / "aside", inner.settings.warehouse)
    for _ in range(2):
        move(inner.settings.warehouse)
        assert everything(inner) == before == everything(shop)
    assert all(path.startswith(f"{inner.settings.warehouse}/") for path in paths(inner))


def test_moving_twice_does_nothing_more(copy: MiniShop) -> None:
    move(copy.settings.warehouse)
    before = tree(copy.settings.warehouse)
    assert move(copy.settings.warehouse).tables == []
    assert tree(copy.settings.warehouse) == before


@pytest.mark.parametrize("pattern", ["*.parquet", "*-m0.avro", "snap-*.avro", "*.metadata.json"])
@pytest.mark.parametrize("harm", ["missing", "cut short"])
def test_an_incomplete_copy_is_refused_and_names_what_is_missing(copy: MiniShop, pattern: str, harm: str) -> None:
    file = newest(copy, "silver.sales", pattern)
    whole = file.read_bytes()
    file.unlink() if harm == "missing" else file.write_bytes(whole[: len(whole) // 2])
    before = tree(copy.settings.warehouse)
    done = marketpulse(copy, "move", str(copy.settings.warehouse))
    assert done.returncode == 2
    assert str(file) in done.stderr
    assert "Traceback" not in done.stderr
    assert tree(copy.settings.warehouse) == before
    file.write_bytes(whole)
    move(copy.settings.warehouse)
    assert len(copy.rows("silver.sales")) == 3


def test_the_outbox_of_the_ledger_belongs_to_a_bronze_table(copy: MiniShop) -> None:
    file = newest(copy, "bronze.sales", "landed.json")
    file.rename(file.with_suffix(".aside"))
    with pytest.raises(StorageError, match=r"bronze\.sales: .*landed\.json is missing"):
        move(copy.settings.warehouse)
    file.with_suffix(".aside").rename(file)
    move(copy.settings.warehouse)
    with copy.open() as context:
        assert context.lake.find("bronze.sales").state[OUTBOX_KEY] == str(file)


def test_a_file_that_only_an_old_snapshot_needs_is_needed(copy: MiniShop) -> None:
    files = (copy.settings.warehouse / "silver/sales").rglob("*.parquet")
    min(files, key=lambda path: path.stat().st_mtime_ns).unlink()
    with pytest.raises(StorageError, match=r"copying was not complete: silver\.sales"):
        move(copy.settings.warehouse)


def test_a_copy_of_hard_links_leaves_the_original_as_it_is(original: MiniShop, tmp_path: Path) -> None:
    before = everything(original), tree(original.settings.warehouse)
    shutil.copytree(original.settings.warehouse, tmp_path / "links", copy_function=os.link)
    twin = on(original, tmp_path / "links")
    move(twin.settings.warehouse)
    assert everything(twin) == before[0]
    assert (everything(original), tree(original.settings.warehouse)) == before


@pytest.mark.parametrize("link", ["silver", "silver/sales", "silver/sales/data", "catalog.db"])
def test_a_link_to_the_original_is_no_copy(original: MiniShop, copy: MiniShop, link: str) -> None:
    place = copy.settings.warehouse / link
    place.rename(copy.settings.warehouse.parent / "was")
    place.symlink_to(original.settings.warehouse / link)
    before = tree(original.settings.warehouse)
    with pytest.raises(StorageError, match="is a link"):
        move(copy.settings.warehouse)
    assert tree(original.settings.warehouse) == before


def test_nothing_is_moved_under_a_run(copy: MiniShop) -> None:
    lock = copy.settings.warehouse / ".locks/gold.agg_daily.lock"
    with lock.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(ConcurrentError, match=r"gold\.agg_daily is still held"):
            move(copy.settings.warehouse)
    assert move(copy.settings.warehouse).tables


def test_what_is_no_warehouse_is_told(shop: MiniShop, tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(UsageError, match="there is no warehouse"):
            move(folder)


def test_the_report_for_machines(original: MiniShop, copy: MiniShop) -> None:
    done = marketpulse(copy, "move", str(copy.settings.warehouse), "--json")
    report = json.loads(done.stdout)
    assert (report["folder"], report["made_in"]) == (
        str(copy.settings.warehouse),
        [str(original.settings.warehouse)],
    )
    snapshots = {table["table"]: table["snapshots"] for table in report["tables"]}
    assert (snapshots["silver.sales"], snapshots["bronze.landed_files"]) == (3, 6)
    assert all(table["files"] >= 3 * table["snapshots"] for table in report["tables"])


@pytest.mark.parametrize("scheme", ["file:", "file://"])
def test_paths_with_a_scheme_keep_it(original: MiniShop, copy: MiniShop, scheme: str) -> None:
    _write_with_scheme(copy, scheme, str(original.settings.warehouse))
    move(copy.settings.warehouse)
    found = [path for path in paths(copy) if path.endswith(".parquet")]
    assert {path.startswith(f"{scheme}{copy.settings.warehouse}/") for path in found} == {True}
    assert copy.rows("silver.sales") == original.rows("silver.sales")
    tidy(copy)
    assert copy.rows("silver.sales") == original.rows("silver.sales")


def _write_with_scheme(shop: MiniShop, scheme: str, made_in: str) -> None:
    """Let every manifest name its data files as some engines do."""

    def place(path: str) -> Path:
        return shop.settings.warehouse / Path(path).relative_to(made_in)

    for file in shop.settings.warehouse.rglob("snap-*.avro"):
        manifests = decode(file.read_bytes(), "list")
        for manifest in listed(manifests):
            known = decode(place(manifest.path).read_bytes(), "manifest")
            named = renamed(known, lambda path: scheme + path.removeprefix(scheme), {})
            place(manifest.path).write_bytes(encode(named, ENTRY_NAME))
        sized = relisted(manifests, lambda path: Written(path, place(path).stat().st_size))
        file.write_bytes(encode(sized, LIST_NAME))


@pytest.mark.long
def test_a_move_that_dies_at_a_write_is_done_again(original: MiniShop, copy: MiniShop) -> None:
    shutil.copytree(copy.settings.warehouse, copy.settings.warehouse.with_name("other"))
    writes = die_at(copy.settings.warehouse.with_name("other"), 0)
    survives(original, copy, [1, 2, 3, writes // 3, writes - 8, *range(writes - 4, writes + 1)])
