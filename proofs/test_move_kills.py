"""A move that ends at every one of its writes: after the next one nothing shows, and the original never changes."""

from __future__ import annotations

import shutil

import pytest
from tests.shop import MiniShop
from tests.upkeep.dying import die_at, survives
from tests.upkeep.warehouses import busy, copied


@pytest.fixture
def writes(shop: MiniShop) -> int:
    """How many writes the move of a copy of the shop has."""
    other = copied(busy(shop, 2), "other")
    found = die_at(other.settings.warehouse, 0)
    assert found is not None
    assert found > 100
    return found


def test_a_kill_at_every_write_of_a_move_and_then_another_move(shop: MiniShop, writes: int) -> None:
    for number in range(1, writes + 1):
        copy = copied(shop)
        survives(shop, copy, [number])
        shutil.rmtree(copy.settings.warehouse)


def test_a_move_that_is_killed_again_and_again_still_ends(shop: MiniShop, writes: int) -> None:
    survives(shop, copied(shop), range(1, writes + 1))
