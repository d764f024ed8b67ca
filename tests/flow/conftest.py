"""A shop that is in use."""

from __future__ import annotations

import pytest

from tests.shop import MiniShop


@pytest.fixture
def running(shop: MiniShop) -> MiniShop:
    """A shop that has run once."""
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-02,2,2")
    shop.land("clicks/a.json", '{"id":"a","ts":"2026-01-01T00:00:01Z"}\n')
    assert shop.run().ok
    return shop
