"""Small real things for every test: a mini project, a landing zone, a warehouse."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shop import MiniShop


@pytest.fixture
def shop(tmp_path: Path) -> MiniShop:
    """A two-feed project with an empty landing zone and no warehouse yet."""
    return MiniShop(tmp_path)
