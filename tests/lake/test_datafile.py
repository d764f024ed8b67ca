"""What a file of a table says of itself: its rows, its bucket, its keys."""

from __future__ import annotations

import pytest

from tests.shop import MiniShop

pytestmark = pytest.mark.engines


def test_a_file_says_between_which_keys_its_rows_lie(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "a1,2026-01-01,1,1", "a9,2026-01-01,1,1")
    shop.land_sales("2026-01-02", "b1,2026-01-02,1,1", "b9,2026-01-02,1,1")
    assert shop.run().ok
    with shop.open() as context:
        files = {str(file.bucket): file for file in context.lake.find("silver.sales").files()}
    assert files["2026-01-01"].overlaps("a5", "b0")
    assert not files["2026-01-02"].overlaps("a5", "b0")
