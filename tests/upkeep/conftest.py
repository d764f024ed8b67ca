"""Two warehouses that should be one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shop import MiniShop


@pytest.fixture
def twins(tmp_path: Path) -> tuple[MiniShop, MiniShop]:
    """Two shops with the same sales; the second got them in two files, the other way round."""
    left, right = MiniShop(tmp_path / "left"), MiniShop(tmp_path / "right")
    left.land_sales("2026-01-01", "1,2026-01-01,1,1.5", "2,2026-01-02,2,2")
    right.land_sales("2026-01-01", "2,2026-01-02,2,2", name="a.csv")
    right.run()
    right.land_sales("2026-01-01", "1,2026-01-01,1,1.5", name="b.csv")
    for shop in (left, right):
        assert shop.run().ok
    return left, right
