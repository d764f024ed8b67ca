"""What a load keeps out is recorded once every gate has passed, and never by a load that is stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.names import QUARANTINE
from tests.shop import MiniShop, result

pytestmark = pytest.mark.engines
BAD = ("1,2026-01-01,1,1", "2,2026-01-01,x,1", "3,2026-01-01,0,1", *(f"{n},2026-01-02,1,1" for n in range(4, 30)))


def quarantine_files(shop: MiniShop) -> list[Path]:
    return list((shop.root / "warehouse/silver/quarantine").rglob("*.parquet"))


def test_a_load_that_a_rule_of_the_table_stops_leaves_no_open_rows(shop: MiniShop) -> None:
    shop.edit(
        "silver/sales/contract.yaml",
        "    quality:\n",
        "    quality:\n      - {name: small, type: sql, engine: marketpulse, query: 'select count(*) from {table}',"
        " mustBeLessThan: 5, severity: fail, description: few rows}\n",
    )
    shop.land_sales("2026-01-02", *BAD)
    assert result(shop.run(), "silver.sales").status == "blocked"
    assert shop.rows(QUARANTINE) == []
    assert quarantine_files(shop) == []
    shop.edit("silver/sales/contract.yaml", "mustBeLessThan: 5", "mustBeLessThan: 500")
    assert result(shop.run(), "silver.sales").status == "built"
    assert len(shop.rows(QUARANTINE)) == 2


def test_rejected_rows_are_the_table_as_they_were_written(shop: MiniShop) -> None:
    shop.land_sales("2026-01-02", *BAD)
    shop.run()
    assert len(shop.rows(QUARANTINE)) == 2
    assert len(quarantine_files(shop)) == 1


def test_rows_that_are_rejected_again_stand_there_once(shop: MiniShop) -> None:
    shop.land_sales("2026-01-02", *BAD)
    shop.run()
    before = shop.rows(QUARANTINE)
    shop.run("silver.sales", full_refresh=True)
    assert shop.rows(QUARANTINE) == before
