"""One row a key: which of its rows stays, and where it lies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.landed import first_day
from tests.shop import MiniShop, result

pytestmark = pytest.mark.engines

DAY1, DAY2, DAY3 = date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)


def test_a_corrected_row_moves_to_its_new_bucket(shop: MiniShop) -> None:
    first_day(shop)
    shop.run()
    shop.land_sales("2026-01-02", "1,2026-01-03,5,9")
    agg = result(shop.run(), "gold.agg_daily")
    assert agg.buckets == 2
    assert [row[0] for row in shop.rows("gold.agg_daily")] == [DAY2, DAY3]


def test_the_latest_landed_version_wins_in_any_order(shop: MiniShop) -> None:
    shop.land_sales("2026-01-05", "1,2026-01-01,5,9")
    shop.run()
    shop.land_sales("2026-01-02", "1,2026-01-01,1,1")
    shop.run()
    assert shop.rows("silver.sales") == [("1", DAY1, 5, Decimal("9.0000"))]
