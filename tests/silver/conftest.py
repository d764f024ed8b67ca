"""A shop with rejected rows."""

from __future__ import annotations

import pytest

from tests.shop import MiniShop
from tests.silver.rejected import land, statuses


@pytest.fixture
def dirty(shop: MiniShop) -> MiniShop:
    """A shop with four rows in quarantine."""
    land(shop)
    assert shop.run().ok
    assert [status for _, status, _ in statuses(shop)] == ["open"] * 4
    return shop
