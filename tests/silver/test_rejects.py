"""What a load keeps out is recorded once every gate has passed, and never by a load that is stopped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from marketpulse.names import QUARANTINE
from tests.shop import MiniShop, result
from tests.silver.rejected import land

BAD = ("1,2026-01-01,1,1", "2,2026-01-01,x,1", "3,2026-01-01,0,1", *(f"{n},2026-01-02,1,1" for n in range(4, 30)))


def quarantine_files(shop: MiniShop) -> list[Path]:
    return list((shop.root / "warehouse/silver/quarantine").rglob("*.parquet"))


@pytest.mark.engines(always=False)
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


@pytest.mark.engines
def test_rejected_rows_are_the_table_as_they_were_written(shop: MiniShop) -> None:
    shop.land_sales("2026-01-02", *BAD)
    shop.run()
    assert len(shop.rows(QUARANTINE)) == 2
    assert len(quarantine_files(shop)) == 1


@pytest.mark.engines(always=False)
def test_rows_that_are_rejected_again_stand_there_once(shop: MiniShop) -> None:
    shop.land_sales("2026-01-02", *BAD)
    shop.run()
    before = shop.rows(QUARANTINE)
    shop.run("silver.sales", full_refresh=True)
    assert shop.rows(QUARANTINE) == before


def test_quarantine_keeps_the_whole_record(dirty: MiniShop) -> None:
    records = [json.loads(row[9]) for row in dirty.rows("silver.quarantine")]
    assert {"id": "a", "day": "2026-01-05", "qty": "4 pcs", "amount": "1"} in records


def test_new_rejected_rows_are_added_without_writing_the_old_ones_again(shop: MiniShop) -> None:
    def files() -> set[str]:
        with shop.open() as context:
            return {file.path for file in context.lake.find("silver.quarantine").files()}

    land(shop)
    shop.run()
    before = files()
    shop.land_sales("2026-01-03", *[f"e{n},2026-01-03,1,1" for n in range(9)], "f,2026-13-01,1,1")
    shop.run()
    assert before < files()
    assert len(shop.rows("silver.quarantine")) == 4 + 1
