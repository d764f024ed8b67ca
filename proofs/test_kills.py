"""SIGKILL at every commit point of three waves, and at random moments: after the next run nothing shows."""

from __future__ import annotations

import random

import pytest
from tests.kills import Victim, first_wave, second_wave, third_wave
from tests.shop import MiniShop

WAVES = (first_wave, second_wave, third_wave)
killed: list[int] = []


@pytest.mark.parametrize("moment", ["before", "inside", "after"])
def test_a_kill_at_every_commit_of_every_wave(shop: MiniShop, moment: str) -> None:
    victim = Victim(shop)
    for land in WAVES:
        victim.wave(land)
        number = 1
        while victim.killed_at(number, moment):
            victim.recovers()
            number += 1
        victim.recovers()
    assert victim.kills >= 15
    killed.append(victim.kills)


def test_kills_at_random_moments(shop: MiniShop) -> None:
    victim = Victim(shop)
    moments = random.Random(20260301)
    for land in WAVES:
        victim.wave(land)
        for _ in range(8):
            victim.killed_after(moments.uniform(0.4, 2.5))
            victim.recovers()
    killed.append(victim.kills)


def test_a_run_that_is_killed_again_and_again_still_ends(shop: MiniShop) -> None:
    """Each run is killed one commit further; none starts from a clean warehouse."""
    victim = Victim(shop)
    for land in WAVES:
        victim.wave(land)
        while victim.killed_at_next(2, "before"):
            pass
        victim.recovers()
    killed.append(victim.kills)


def test_at_least_fifty_runs_were_killed() -> None:
    assert sum(killed) >= 50
    print(f"{sum(killed)} runs were killed")
