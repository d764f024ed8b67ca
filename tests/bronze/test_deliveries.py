"""What is a delivery, whatever happens to files: no sequence loses or doubles one."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from marketpulse.bronze import load
from marketpulse.bronze.deliveries import Deliveries, Delivery, Seen
from marketpulse.bronze.ingest import ingest
from marketpulse.bronze.ledger import Ledger
from marketpulse.landing.files import LandedFile
from marketpulse.landing.listing import Listing
from marketpulse.names import LANDED_FILES, OUTBOX_KEY
from tests.bronze.deliveries import STORIES, Landings, RetainedLandings, rows_of, saying, trying
from tests.clock import set_clock
from tests.shop import MiniShop, result
from tests.tables import everything

TestLandings = Landings.TestCase
TestLandings.settings = trying(6, 12)
TestRetainedLandings = RetainedLandings.TestCase
TestRetainedLandings.settings = trying(3, 16)

DAYS = [f"sales/ingest_date=2026-01-0{day}/a.csv" for day in (1, 2, 3)]


def _equals_a_rebuild(shop: MiniShop) -> None:
    found = everything(shop)
    assert shop.run(full_refresh=True).ok
    assert everything(shop) == found


def _bring(shop: MiniShop) -> None:
    with shop.open() as context:
        ingest(context, context.project.sources["sales"])


def quantities(shop: MiniShop) -> list[int]:
    return [row[2] for row in shop.rows("silver.sales")]


@pytest.mark.parametrize("story", STORIES)
def test_a_story_of_deliveries(shop: MiniShop, story: str) -> None:
    runs, deliveries, quantity = STORIES[story]
    for files in runs:
        for name, says in files.items():
            if says is None:
                (shop.landing / "sales" / name).unlink()
            else:
                shop.land(f"sales/{name}", saying(says))
        _bring(shop)
    shop.run("silver.sales")
    bronze = rows_of(shop, "bronze.sales")
    assert len(bronze) == deliveries
    assert len({row["_ingest_id"] for row in bronze}) == deliveries
    assert quantities(shop) == [quantity]


@pytest.mark.engines(always=False)
def test_a_correction_that_is_taken_back(shop: MiniShop) -> None:
    for name, says in zip(DAYS, (1, 2, 1), strict=True):
        shop.land(name, saying(says))
        counts = result(shop.run(), "silver.sales").feeds[0]
        assert counts.read == counts.accepted == 1
    assert quantities(shop) == [1]
    assert shop.rows("gold.agg_daily")[0][2] == 1
    _equals_a_rebuild(shop)


def test_the_same_events_on_a_later_day_are_the_same_events(shop: MiniShop) -> None:
    """Of a table that keeps the first nothing changes, and every row is accounted for."""
    line = '{"id":"a","ts":"2026-01-01T00:00:01Z","name":"x"}\n'
    for day in (1, 2):
        shop.land(f"clicks/ingest_date=2026-01-0{day}/a.json", line)
        counts = result(shop.run(), "silver.clicks").feeds[0]
    assert (counts.read, counts.accepted, counts.deduplicated) == (1, 0, 1)
    assert len(shop.rows("silver.clicks")) == 1
    _equals_a_rebuild(shop)


def test_each_delivery_of_a_rejected_row_has_its_place_in_quarantine(shop: MiniShop) -> None:
    for name in DAYS[:2]:
        shop.land(name, "id,day,qty,amount\n1,2026-01-01,1,1\n2,2026-01-01,x,1\n")
        shop.run("silver.sales")
    rejected = rows_of(shop, "silver.quarantine")
    assert sorted(str(row["source_file"]) for row in rejected) == DAYS[:2]
    assert len({row["quarantine_id"] for row in rejected}) == 2


@pytest.mark.parametrize("in_place", [True, False])
def test_a_correction_of_the_same_size_and_time_is_read(shop: MiniShop, in_place: bool) -> None:
    path = shop.land("sales/a.csv", saying(1))
    shop.run()
    before = path.stat()
    target = path if in_place else path.with_name(".part")
    target.write_text(saying(2))
    os.utime(target, ns=(before.st_atime_ns, before.st_mtime_ns))
    target.replace(path)
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    shop.run()
    assert quantities(shop) == [2]


def test_a_landing_zone_that_was_copied_is_hashed_once_and_adds_nothing(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate(DAYS, 1):
        shop.land(name, saying(number))
    shop.run()
    before = shop.snapshots()
    for name in DAYS:
        path = shop.landing / name
        os.utime(path, ns=(1, path.stat().st_mtime_ns))  # times of change are new, as those of copies are
    report = shop.run()
    assert (report.feeds[1].files, report.feeds[1].duplicates) == (0, 3)
    assert {name for name, now in shop.snapshots().items() if before[name] != now} == {LANDED_FILES}
    monkeypatch.setattr(load, "load", None)  # nothing is opened any more
    assert shop.run().ok


def test_a_clock_that_was_set_back_lets_no_correction_lose(shop: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    years = (2027, 2026, 2026)
    for year, says in zip(years, (1, 2, 1), strict=True):
        set_clock(monkeypatch, datetime(year, 1, 1))
        shop.land("sales/a.csv", saying(says))
        shop.run("silver.sales")
    monkeypatch.undo()
    assert quantities(shop) == [1]
    assert len(rows_of(shop, "bronze.sales")) == len(years)


def _as_the_release_before(shop: MiniShop) -> None:
    """Leave the warehouse with a ledger that has no column `touched_ns`, nor its outbox."""
    rows = [
        {key: str(value) if key == "ingested_at" else value for key, value in row.items() if key != "touched_ns"}
        for row in rows_of(shop, LANDED_FILES)
    ]
    with shop.open() as context:
        context.lake.drop(LANDED_FILES)
        bronze = context.lake.find("bronze.sales")
        assert bronze is not None
        context.lake.commit(bronze, [], [], {OUTBOX_KEY: json.dumps(rows)}, {})
        Ledger(context, context.project.sources["sales"])


def test_a_ledger_of_the_release_before_goes_on(shop: MiniShop) -> None:
    path = shop.land("sales/a.csv", saying(1))
    moved = shop.land("sales/b.csv", saying(2))
    shop.run()
    _as_the_release_before(shop)
    before = shop.snapshots()
    assert [row["touched_ns"] for row in rows_of(shop, LANDED_FILES)] == [None, None]
    assert shop.run().feeds[1].duplicates == 0
    assert shop.snapshots() == before
    found = path.stat()
    path.write_text(saying(3))
    for each in (path, moved):
        os.utime(each, ns=(1, (found if each is path else moved.stat()).st_mtime_ns))
    report = shop.run()
    assert (report.feeds[1].files, report.feeds[1].duplicates) == (1, 1)
    assert len(rows_of(shop, "bronze.sales")) == 3


def test_what_a_release_before_took_for_known_comes_in_once_it_is_touched(shop: MiniShop) -> None:
    """It knew bytes whatever they were for: nothing is loaded unasked, and nothing is beyond repair."""
    for name, says in zip(DAYS, (1, 2, 1), strict=True):
        shop.land(name, saying(says))
    (shop.landing / DAYS[2]).unlink()
    shop.run()
    path = shop.land(DAYS[2], saying(1))
    _mark_as_known(shop, DAYS[2], path)
    assert shop.run().feeds[1].files == 0
    path.touch()
    assert shop.run().feeds[1].files == 1
    assert quantities(shop) == [1]


def _mark_as_known(shop: MiniShop, name: str, path: Path) -> None:
    found = path.stat()
    first = next(row for row in rows_of(shop, LANDED_FILES) if row["source_file"] == DAYS[0])
    row = first | {
        "source_file": name, "is_duplicate": True, "size_bytes": found.st_size, "modified_ns": found.st_mtime_ns,
        "touched_ns": found.st_ctime_ns, "ingested_at": str(first["ingested_at"]), "batch_id": "before",
    }  # fmt: skip
    with shop.open() as context:
        bronze = context.lake.find("bronze.sales")
        assert bronze is not None
        context.lake.commit(bronze, [], [], {OUTBOX_KEY: json.dumps([row])}, {})
        Ledger(context, context.project.sources["sales"])


MOMENTS = ["found", "hashed", "loaded"]


def _interrupted(monkeypatch: pytest.MonkeyPatch, moment: str, then: Callable[[], object]) -> None:
    """Do something once, when a run has found its files, hashed the first one, or loaded it."""
    places = {"found": (Listing, "look"), "hashed": (Delivery, "is_known"), "loaded": (load, "_loaded")}
    owner, name = places[moment]
    whole, todo = getattr(owner, name), [then]

    def stepped(*arguments: Any, **more: Any) -> Any:
        found = whole(*arguments, **more)
        if todo:
            todo.pop()()
        return found

    monkeypatch.setattr(owner, name, stepped)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("how", ["renamed", "copied, then deleted", "replaced", "replaced in place"])
def test_what_is_moved_or_replaced_during_a_run_comes_in_once_and_whole(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch, moment: str, how: str
) -> None:
    path = shop.land("sales/a.csv", saying(1))
    moved = path.with_name("b.csv")

    def move() -> None:
        if how == "renamed":
            path.rename(moved)
        elif how == "copied, then deleted":
            shutil.copy2(path, moved)
            path.unlink()
        else:
            found = path.stat()
            target = path if how == "replaced in place" else path.with_name(".part")
            target.write_text(saying(2))
            os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
            target.replace(path)

    _interrupted(monkeypatch, moment, move)
    _bring(shop)
    monkeypatch.undo()
    shop.run("silver.sales")
    _bring(shop)
    assert quantities(shop) == [2 if how.startswith("replaced") else 1]
    assert len(rows_of(shop, "bronze.sales")) == 1


def test_what_is_deleted_before_a_run_is_nothing_to_do(shop: MiniShop) -> None:
    shop.land("sales/a.csv", saying(1)).unlink()
    assert shop.run("silver.sales").ok
    assert rows_of(shop, "bronze.sales") == []


def test_an_object_of_a_store_that_is_back_within_a_second_is_back() -> None:
    """Its size, time and tag are those it had before: what counts is what its name held last."""
    files = [LandedFile("s3://x/sales/a.csv", "sales/a.csv", 9, moment) for moment in (1, 2, 1)]
    seen = [
        Seen("run", file.name, f"{file.modified}", 9, file.modified, 0, False, datetime(2026, 1, n))
        for n, file in enumerate(files[:2], 1)
    ]
    known = Deliveries()
    known.remember(seen)
    assert [known.knows(file) for file in files] == [False, True, False]
