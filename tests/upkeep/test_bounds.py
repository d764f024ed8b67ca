"""Upkeep in every cycle: few snapshots and files however many commits, and nobody who reads loses any."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyiceberg.table import snapshots as clock

from marketpulse import flow
from marketpulse.errors import UsageError
from marketpulse.lake.lake import Lake
from marketpulse.lake.table import LakeTable
from marketpulse.run.context import Context
from marketpulse.serving.query import stream
from marketpulse.settings import Settings
from marketpulse.upkeep import maintain
from marketpulse.upkeep.bounds import Bounds, Keeper, Kept, old_snapshots
from tests.lake.writing import commit, file, made
from tests.shop import MiniShop, result
from tests.tables import equals_a_rebuild

BEGAN = datetime(2026, 3, 2, 10, tzinfo=UTC)
FEW = Bounds(newest=2, hours=0, slack=2, grace=0, files=3, tables=9)


class Busy:
    """A shop with a click a cycle, looked after in each;"""

    def __init__(self, shop: MiniShop, bounds: Bounds) -> None:
        self.shop, self.keeper, self.number = shop, Keeper(bounds), 0

    def cycle(self, *select: str) -> Kept:
        self.number += 1
        self.shop.land(f"clicks/{self.number:03d}.json", f'{{"id":"{self.number}","ts":"2026-01-01T00:00:01Z"}}\n')
        with self.shop.open() as context:
            assert flow.run(context, flow.Options(list(select))).ok
            return self.keeper.keep(context)

    def snapshots(self, name: str) -> list[int]:
        with self.shop.open() as context:
            return [entry[0] for entry in found(context, name).snapshots()]

    def files(self) -> int:
        """All but versions of metadata, of which Iceberg keeps twenty."""
        found = (path for path in self.shop.settings.local.rglob("*") if path.is_file())
        return sum(not path.name.endswith(".metadata.json") for path in found)


def found(context: Context, name: str):
    table = context.lake.find(name)
    assert table
    return table


def ask(shop: MiniShop, as_of: str | None = None) -> int:
    with shop.open() as context:
        return int(stream(context, "select click_count from gold.mart_total", as_of).read_all().column(0)[0].as_py())


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    settings = Settings(warehouse=tmp_path / "lake")
    settings.local.mkdir()
    return Lake(settings.layout, settings.catalog_properties())


@pytest.fixture
def landed(shop: MiniShop) -> MiniShop:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    return shop


def test_snapshots_and_files_stay_few_and_nothing_is_built_anew(landed: MiniShop) -> None:
    busy = Busy(landed, FEW)
    counts = []
    for _ in range(11):
        busy.cycle()
        counts.append(busy.files())
    assert max(counts[8:]) <= max(counts[3:7]) + 3
    for name in ("bronze.clicks", "silver.clicks", "gold.mart_total"):
        assert len(busy.snapshots(name)) <= 4
    with landed.open() as context:
        assert len(found(context, "bronze.clicks").files()) <= 4
        report = flow.run(context, flow.Options())
    assert {table.status for table in report.tables} == {"up to date"}
    assert ask(landed) == 11
    assert equals_a_rebuild(landed)


def test_files_of_many_rows_are_left_by_cycles_too(landed: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Busy(landed, FEW)
    monkeypatch.setattr(maintain, "FEW_ROWS", 1)
    assert not any(table.compacted for _ in range(7) for table in busy.cycle().tables)
    monkeypatch.setattr(maintain, "FEW_ROWS", 3)
    assert any(table.compacted for _ in range(3) for table in busy.cycle().tables)


def test_a_table_that_is_behind_finds_what_it_has_yet_to_read_compacted_or_not(landed: MiniShop) -> None:
    busy = Busy(landed, FEW)
    busy.cycle()
    before = busy.snapshots("bronze.clicks")[-1]
    for _ in range(6):
        busy.cycle("silver.sales")  # the feeds, and not what is made of clicks
    assert before in busy.snapshots("bronze.clicks")
    report = landed.run()
    assert result(report, "silver.clicks").feeds[0].read == 6
    assert equals_a_rebuild(landed)


def test_one_that_is_behind_by_too_much_is_built_anew_and_right(landed: MiniShop) -> None:
    busy = Busy(landed, Bounds(newest=2, hours=0, slack=2, behind=3, grace=0, tables=9))
    busy.cycle()
    for _ in range(7):
        busy.cycle("silver.sales")
    assert len(busy.snapshots("bronze.clicks")) <= 6
    assert "expired" in (result(landed.run(), "silver.clicks").reason or "")
    assert ask(landed) == 8
    assert equals_a_rebuild(landed)


def test_what_a_reader_sees_stays_until_the_run_is_over_and_its_files_a_grace_longer(landed: MiniShop) -> None:
    busy = Busy(landed, Bounds(newest=1, hours=0, slack=0, grace=1e9, tables=9))
    busy.cycle()
    with landed.open() as reader:
        paths = [Path(file.path) for file in found(reader, "gold.mart_total").files()]
        for _ in range(2):
            busy.cycle()
        assert len(busy.snapshots("gold.mart_total")) == 1
        assert all(path.exists() for path in paths)
    at_once = Keeper(Bounds(newest=1, hours=0, slack=0, grace=0, tables=9))
    with landed.open() as context:
        flow.run(context, flow.Options())
        at_once.keep(context)
    assert ask(landed) == 3


def history(lake: Lake, minutes: Sequence[int], monkeypatch: pytest.MonkeyPatch) -> tuple[LakeTable, list[int]]:
    """A table with a commit in each of these minutes, and their snapshots."""
    found: list[int] = []
    for minute in minutes:
        moment = (BEGAN + timedelta(minutes=minute)).timestamp()
        monkeypatch.setattr(clock.time, "time", lambda moment=moment: moment)
        found.append(commit(lake, [file(lake, 1, str(minute))]) or 0)
    return made(lake), found


def test_of_the_hours_before_the_last_state_stays_and_what_lay_between_is_refused(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, ids = history(lake, [0, 30, 50, 70, 110, 130, 131, 132], monkeypatch)
    old = old_snapshots(table, [], [], Bounds(newest=2))
    assert old == [ids[0], ids[1], ids[3]]
    table.expire(old)
    table = made(lake)

    def at(minute: float) -> int | None:
        return table.snapshot_at(BEGAN + timedelta(minutes=minute))

    assert [at(50), at(59), at(60), at(110), at(120)] == [ids[2], ids[2], ids[2], ids[4], ids[4]]
    assert [at(130), at(131), at(500)] == [ids[5], ids[6], ids[7]]
    assert at(40) is None  # before the first that there is
    for minute in (60.1, 109):
        with pytest.raises(UsageError, match="is not kept"):
            at(minute)


def test_what_is_needed_stays_with_all_that_came_after_it(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    table, ids = history(lake, [0, 1, 2, 3, 4, 5], monkeypatch)
    bounds = Bounds(newest=1, hours=0, behind=4)
    assert old_snapshots(table, [ids[3]], [ids[4]], bounds) == ids[:3]
    assert old_snapshots(table, [], [ids[1]], bounds) == ids[:1]
    assert old_snapshots(table, [ids[1]], [], bounds) == ids[:2]  # behind by more than may be
    assert old_snapshots(table, [1], [1], bounds) == ids[:5]  # of snapshots that are gone already


def test_old_hours_go_when_what_only_they_have_is_much(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    table, ids = history(lake, [0, 60, 120, 180], monkeypatch)
    commit(lake, drop=table.files())
    table = made(lake)
    whole = sum(each.size for each in table.files(ids[3]))
    assert old_snapshots(table, [], [], Bounds(newest=1, least=whole - 1)) == ids
    assert old_snapshots(table, [], [], Bounds(newest=1, least=whole)) == []


def test_changes_across_a_gap_compare_both_ends(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    table, ids = history(lake, [0, 1, 2, 3], monkeypatch)
    table.expire([ids[1]])
    changes = made(lake).changes(ids[0])
    assert (len(changes.added), len(changes.removed)) == (3, 0)
