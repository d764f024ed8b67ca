"""A run that is killed and run again ends as if it had not been killed (`make proof` kills many more)."""

from __future__ import annotations

import pytest

from tests.kills import Victim, first_wave, second_wave
from tests.shop import MiniShop


def test_a_first_run_killed_at_a_commit_is_completed_by_the_next(shop: MiniShop) -> None:
    victim = Victim(shop)
    victim.wave(first_wave)
    for number, moment in [(1, "after"), (5, "inside")]:
        assert victim.killed_at(number, moment)
        victim.recovers()


def test_a_later_run_killed_at_a_commit_is_completed_by_the_next(shop: MiniShop) -> None:
    victim = Victim(shop)
    victim.wave(first_wave)
    shop.run()
    victim.wave(second_wave)
    for number, moment in [(3, "after"), (5, "after"), (6, "before"), (8, "inside")]:
        assert victim.killed_at(number, moment)
        victim.recovers()


@pytest.mark.parametrize("seconds", [0.9])
def test_a_run_killed_at_any_moment_is_completed_by_the_next(shop: MiniShop, seconds: float) -> None:
    victim = Victim(shop)
    victim.wave(first_wave)
    victim.killed_after(seconds)
    victim.recovers()
