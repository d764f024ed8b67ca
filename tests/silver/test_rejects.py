"""Rejected rows: the whole record is kept, once, whatever comes after it."""

from __future__ import annotations

import json

from tests.shop import MiniShop
from tests.silver.rejected import land


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
