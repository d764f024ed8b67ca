"""Runs that are alive are left alone; what a dead one has to say is kept until the ledger has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.run import locks
from tests.command import is_killed
from tests.flow.test_together import together
from tests.run.test_ledger import history, written
from tests.shop import MiniShop

GOOD = ("1,2026-01-01,1,1.5", "2,2026-01-02,2,2")


def test_the_lock_of_a_run_goes_when_it_has_nothing_to_say(tmp_path: Path) -> None:
    with locks.hold(tmp_path, "a") as alive:
        assert alive.silent
        alive.say({"run_id": "a"})
        with locks.hold(tmp_path, "b"):
            assert locks.found(tmp_path) == [locks.Found({"run_id": "a"}, alive=True)]
        alive.say(None)
    assert list(tmp_path.iterdir()) == []


def test_what_a_dead_run_said_outlives_it_and_its_files_do_not(tmp_path: Path) -> None:
    with locks.hold(tmp_path, "a") as alive:
        (tmp_path / "a").mkdir()
        alive.say({"run_id": "a", "status": "done, at great length"})
        alive.say({"run_id": "a"})
    (tmp_path / "a").mkdir()
    assert locks.found(tmp_path) == [locks.Found({"run_id": "a"}, alive=False)]
    assert (tmp_path / "a").exists()  # to look changes nothing
    with locks.hold(tmp_path, "b"):
        assert locks.found(tmp_path) == [locks.Found({"run_id": "a"}, alive=False)]
    assert [path.name for path in tmp_path.iterdir()] == ["a.lock"]
    (tmp_path / "a").mkdir()  # as when another run forgets it that had looked before it died
    locks.forget(tmp_path, "a")
    assert not (tmp_path / "a").exists()
    assert locks.found(tmp_path) == []


def test_a_word_cut_short_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.lock").write_text('{"run_id": "a')
    (tmp_path / "a").mkdir()
    assert locks.found(tmp_path) == []
    with locks.hold(tmp_path, "b"):
        pass
    assert list(tmp_path.iterdir()) == []


def killed(shop: MiniShop, number: int, moment: str) -> None:
    """Kill a run (a process) at its n-th commit."""
    assert is_killed(shop, number, moment)


@pytest.mark.parametrize(("number", "moment"), [(1, "before"), (3, "after"), (5, "inside")])
def test_a_killed_run_is_found_by_the_next(shop: MiniShop, number: int, moment: str) -> None:
    shop.land_sales("2026-01-01", *GOOD)
    killed(shop, number, moment)
    assert [run.status for run in history(shop)] == ["killed"]  # to look changes nothing, and loses nothing
    assert written(shop) == []
    assert shop.run().ok
    first, second = history(shop)
    assert (first.status, first.ended_at, first.rows, first.tables) == ("killed", None, None, [])
    assert (first.reasons, second.status) == (["the process ended before the run did"], "done")
    assert written(shop) == [(first.run_id, "killed"), (second.run_id, "done")]
    assert list((shop.settings.warehouse / ".scratch").iterdir()) == []
    before = shop.snapshots(runs=True)
    shop.run()
    assert shop.snapshots(runs=True) == before


def test_a_run_killed_while_it_had_nothing_to_do_is_found_too(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", *GOOD)
    killed(shop, 5, "after")  # all that is missing is the ledger
    shop.run()
    shop.run()
    assert [status for _, status in written(shop)] == ["killed"]


@pytest.mark.parametrize("moment", ["before", "inside", "after"])
def test_a_run_killed_while_it_wrote_the_ledger_is_there_once_as_it_ended(shop: MiniShop, moment: str) -> None:
    shop.land_sales("2026-01-01", *GOOD)
    killed(shop, 6, moment)
    assert [run.status for run in history(shop)] == ["done"]
    assert shop.run().ok
    assert [status for _, status in written(shop)] == ["done"]
    assert list((shop.settings.warehouse / ".scratch").iterdir()) == []


def test_two_runs_at_once_have_a_row_each_and_no_living_run_is_taken_for_dead(shop: MiniShop) -> None:
    for number in range(2):
        shop.land_sales(f"2026-01-0{number + 1}", f"{number},2026-01-01,1,1")
        together(shop, ["run", "--full-refresh"], ["run", "--full-refresh"], ["status"])
    assert [status for _, status in written(shop)] == ["done"] * 4
