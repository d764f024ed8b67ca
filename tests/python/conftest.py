"""A shop that ran, and the lake of it."""

from __future__ import annotations

import pytest

import marketpulse
from tests.serving.metrics.counting import with_metrics
from tests.shop import MiniShop


@pytest.fixture
def sold(shop: MiniShop) -> MiniShop:
    """Lines of three days; the third of each day is rejected."""
    lines = [f"{day}-{n},2026-03-0{day},{'' if n == 2 else n + 1},1.10" for day in (1, 2, 3) for n in range(3)]
    limit = "customProperties:\n  - {property: rejectedShareLimit, value: 1}\n"
    shop.edit("silver/sales/contract.yaml", "customProperties:\n", limit)
    with_metrics(shop).land_sales("2026-03-09", *lines)
    return shop


@pytest.fixture
def lake(sold: MiniShop) -> marketpulse.Lakehouse:
    """Opened before there is a warehouse."""
    places = {"project": sold.project_dir, "landing": sold.landing}
    return marketpulse.open(sold.settings.warehouse, **places, memory_mb=512)
