"""Bit rot is found, whatever bit of whatever file it is, and the table comes back from the layer below."""

from __future__ import annotations

import json
import random
import re
import shutil
from pathlib import Path

import pytest

from marketpulse.errors import UsageError
from marketpulse.lake import digests
from marketpulse.lake.datafile import data_files, measured
from marketpulse.upkeep.maintain import Policy, maintain
from marketpulse.upkeep.verify import Verified, verify
from tests.command import marketpulse
from tests.kept import Kept
from tests.shop import MiniShop, result
from tests.tables import tables
from tests.upkeep.warehouses import busy, land, moved_copy, newest


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A shop after two runs, to start each test from."""
    return Kept(tmp_path_factory.mktemp("kept"), lambda shop: busy(shop, 2))


@pytest.fixture
def taken(kept: Kept) -> MiniShop:
    """The shop on a warehouse that a test may break."""
    return kept.again()


def verified(shop: MiniShop, *select: str) -> dict[str, Verified]:
    with shop.open() as context:
        return {table.table: table for table in verify(context, list(select))}


def flip(file: Path, bit: int) -> None:
    data = bytearray(file.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    file.write_bytes(data)


def live(shop: MiniShop, table: str) -> list[Path]:
    with shop.open() as context:
        return [Path(file.path) for file in context.lake.find(table).files()]


def test_every_file_of_a_warehouse_says_what_it_holds(taken: MiniShop) -> None:
    found = verified(taken)
    assert all(table.ok for table in found.values())
    assert {name: table.read for name, table in found.items() if table.read} == {}
    assert found.keys() >= {"bronze.sales", "bronze.landed_files", "silver.quarantine", "gold.mart_total"}
    assert found["silver.sales"].files == len(live(taken, "silver.sales"))


def test_any_bit_that_flips_is_found(taken: MiniShop) -> None:
    file = live(taken, "silver.sales")[0]
    size = file.stat().st_size
    for bit in random.Random(7).sample(range(size * 8), 400):
        flip(file, bit)
        assert digests.problem(str(file), size) == "holds other bytes than were written"
        flip(file, bit)
    assert digests.problem(str(file), size) is None


def test_what_is_damaged_is_named_and_comes_back_by_what_is_said(taken: MiniShop) -> None:
    before = tables(taken)
    file = live(taken, "silver.sales")[0]
    flip(file, 8 * (file.stat().st_size // 2))
    done = marketpulse(taken, "verify", "--json")
    told = json.loads(done.stdout)
    (table,) = [each for each in told["tables"] if each["damaged"]]
    assert (done.returncode, told["ok"], table["table"]) == (1, False, "silver.sales")
    (damage,) = table["damaged"]
    assert damage == {
        "file": str(file),
        "bucket": next(part for part in file.parts if part.startswith("day=")),
        "problem": "holds other bytes than were written",
    }
    command, _, select = table["hint"].rpartition(" ")
    assert command == "marketpulse run --full-refresh --select"
    assert taken.run(select, full_refresh=True).ok
    assert all(each.ok for each in verified(taken).values())
    assert tables(taken) == before


@pytest.mark.parametrize("loss", ["gone", "short", "empty"])
def test_a_file_that_is_gone_or_cut_is_damaged_too(taken: MiniShop, loss: str) -> None:
    before = tables(taken)
    file = live(taken, "gold.agg_daily")[0]
    data = file.read_bytes()
    file.unlink() if loss == "gone" else file.write_bytes(data[:-1] if loss == "short" else b"")
    (damage,) = verified(taken, "gold.*")["gold.agg_daily"].damaged
    left = {"short": f"{len(data) - 1:,}", "empty": "0"}.get(loss)
    assert damage.problem == (f"has {left} bytes and not {len(data):,}" if left else "is missing")
    assert verified(taken, "silver.*, bronze.sales").keys().isdisjoint({"gold.agg_daily"})
    assert taken.run("gold.agg_daily+", full_refresh=True).ok
    assert tables(taken) == before


@pytest.mark.parametrize("table", ["bronze.sales", "bronze.landed_files", "silver.quarantine"])
def test_what_no_layer_below_has_comes_from_a_backup_by_its_name(kept: Kept, taken: MiniShop, table: str) -> None:
    backup = kept.aside / "warehouse"
    file = live(taken, table)[0]
    flip(file, 99)
    found = verified(taken)[table]
    assert "from a backup" in str(found.hint)
    shutil.copy(backup / file.relative_to(taken.settings.warehouse), file)
    assert verified(taken)[table].ok


def test_damage_is_not_written_on_as_if_it_were_whole(taken: MiniShop) -> None:
    for file in live(taken, "silver.sales"):
        flip(file, 8 * (file.stat().st_size // 2))
    land(taken, 5)
    report = taken.run()
    failed = result(report, "silver.sales")
    assert (failed.status, "holds other bytes than were written" in str(failed.message)) == ("failed", True)
    assert result(report, "silver.clicks").status == "built"
    with taken.open() as context:
        done = {each.table: each for each in maintain(context, Policy())}
    assert done["bronze.sales"].problem is None
    assert taken.run(full_refresh=True).ok
    assert all(each.ok for each in verified(taken).values())


def test_damaged_files_are_not_compacted(taken: MiniShop) -> None:
    for day in (3, 4):
        land(taken, day)
        taken.run()
    flip(live(taken, "bronze.sales")[0], 99)
    with taken.open() as context:
        done = {each.table: each for each in maintain(context, Policy())}
    assert "holds other bytes than were written" in str(done["bronze.sales"].problem)
    assert (done["bronze.sales"].compacted, done["bronze.clicks"].compacted > 0) == (0, True)


def test_a_file_without_a_digest_is_read_through(taken: MiniShop) -> None:
    with taken.open() as context:
        table = context.lake.find("silver.sales")
        (*_, file) = table.files()
        plain = Path(file.path).with_name("plain.parquet")
        shutil.copy(file.path, plain)
        (entry,) = data_files(table.iceberg, measured(table.iceberg, [str(plain)]))
        context.lake.commit(table, [table._ref(entry)], [file], {}, {})
    found = verified(taken)["silver.sales"]
    assert (found.ok, found.read) == (True, 1)
    data = plain.read_bytes()
    plain.write_bytes(data[:4] + bytes(60) + data[64:])
    (damage,) = verified(taken)["silver.sales"].damaged
    assert damage.problem.startswith("cannot be read: ")


def test_metadata_that_is_damaged_is_told_of_its_table_and_the_others_are_looked_at(taken: MiniShop) -> None:
    file = newest(taken, "gold.agg_daily", "*-m0.avro")
    file.write_bytes(b"noise")
    done = marketpulse(taken, "verify")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "damaged gold.agg_daily: " in done.stdout
    assert "hint marketpulse repair" in done.stdout
    assert "1 damaged" in done.stdout


def test_digests_go_along_when_a_warehouse_is_copied_and_moved(taken: MiniShop) -> None:
    copy = moved_copy(taken, "elsewhere")
    flip(live(copy, "silver.sales")[0], 77)
    assert [name for name, table in verified(copy).items() if not table.ok] == ["silver.sales"]
    assert all(table.ok for table in verified(taken).values())
    shutil.rmtree(copy.settings.warehouse)


def test_a_table_that_is_not_there_is_told(taken: MiniShop) -> None:
    with pytest.raises(UsageError, match=re.escape("there is no table 'silver.sale'")):
        verified(taken, "silver.sale")
