"""The driver of a Spark run is killed (SIGKILL) at every commit of two waves: after the next run nothing shows."""

from __future__ import annotations

import pytest
from tests.kills import Victim, first_wave, second_wave
from tests.shop import MiniShop

MOMENTS = ("before", "inside", "after")


@pytest.mark.parametrize("engine", ["spark"], indirect=True)
def test_a_driver_killed_at_every_commit(shop: MiniShop) -> None:
    victim = Victim(shop)
    for land in (first_wave, second_wave):
        victim.wave(land)
        number = 1
        while victim.killed_at(number, MOMENTS[number % 3]):
            victim.recovers()
            number += 1
        victim.recovers()
    assert victim.kills >= 10
    print(f"{victim.kills} drivers were killed")
