"""What must be built and why: what a table has consumed against what there is."""

from __future__ import annotations

import pytest

from tests.landed import first_day
from tests.shop import MiniShop


@pytest.mark.engines
def test_changing_a_model_rebuilds_it_and_its_dependants_only(shop: MiniShop) -> None:
    first_day(shop)
    shop.run()
    shop.edit("gold/agg_daily/model.sql", "sum(amount)", "sum(amount * 2)")
    built = {table.name: table.reason for table in shop.run().tables if table.status == "built"}
    assert list(built) == ["gold.agg_daily", "gold.mart_total"]
    assert built["gold.agg_daily"] == "the model changed"
