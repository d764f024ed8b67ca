"""Files of one day that count together are told, where names say the day."""

from __future__ import annotations

import pytest

from tests.shop import MiniShop

SALES = "id,day,qty,amount\n{},2026-01-01,1,1\n"
DATED = "date: {from: name, pattern: '{yyyy-MM-dd}'}\n"


def told(shop: MiniShop) -> list[str]:
    return next(feed.together for feed in shop.run().feeds if feed.source == "sales")


def test_a_second_file_of_a_day_is_told_once_when_it_comes(shop: MiniShop) -> None:
    shop.edit("sources/sales.yaml", "format: csv\n", f"format: csv\n{DATED}deliveries: {{replace: day}}\n")
    shop.land("sales/sales_2026-01-01.csv", SALES.format(1).encode())
    shop.land("sales/sales_2026-01-02.csv", SALES.format(2).encode())
    assert told(shop) == []
    shop.land("sales/sales_2026-01-01_v2.csv", SALES.format(3).encode())
    both = "sales/sales_2026-01-01.csv, sales/sales_2026-01-01_v2.csv"
    assert told(shop) == [f"2 files of 2026-01-01 count together: {both}"]
    assert told(shop) == []


@pytest.mark.parametrize("terms", [DATED, "deliveries: {replace: day}\n", DATED + "deliveries: {replace: file}\n"])
def test_where_files_do_not_count_together_or_are_expected_to_nothing_is_told(shop: MiniShop, terms: str) -> None:
    shop.edit("sources/sales.yaml", "format: csv\n", f"format: csv\n{terms}")
    shop.land("sales/sales_2026-01-01.csv", SALES.format(1).encode())
    shop.land("sales/sales_2026-01-01_v2.csv", SALES.format(3).encode())
    assert told(shop) == []
