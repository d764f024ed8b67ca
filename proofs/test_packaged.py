"""The retail pack: any arrival of the files, and a kill at every commit, give the tables of one quiet run."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kills import Victim
from tests.retail.arrivals import PackagedShop, Piece, check, pieces, plan_of
from tests.shop import MiniShop

SMALL = plan_of(days=2, clicks=2_000, sales=300)


@pytest.mark.parametrize("seed", range(6))
def test_files_cut_up_shuffled_copied_and_delayed_give_the_tables_of_one_run(tmp_path: Path, seed: int) -> None:
    found = pieces(tmp_path, plan_of(days=5, clicks=1_000, sales=300), parts=3)
    check(tmp_path, found, seed, runs=5)


@pytest.mark.parametrize("moment", ["inside", "after"])
def test_a_kill_at_every_commit_of_a_first_and_a_second_day(tmp_path: Path, moment: str) -> None:
    days = [[p for p in pieces(tmp_path, SMALL, 1) if ("2026-02-27" in p[0]) == first] for first in (True, False)]
    victim = Victim(PackagedShop(tmp_path / "shop"))
    for day in days:
        victim.wave(lambda shop, day=day: _land(shop, day))
        number = 1
        while victim.killed_at(number, moment):
            victim.recovers()
            number += 3
        victim.recovers()
    assert victim.kills >= 15


def _land(shop: MiniShop, day: list[Piece]) -> None:
    for name, data in day:
        shop.land(name, data)
