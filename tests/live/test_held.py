"""A project is read once, and again when a file of it is another one."""

from __future__ import annotations

import pytest

from marketpulse.errors import MarketPulseError
from marketpulse.live.held import Held
from tests.shop import MiniShop


def test_a_changed_definition_is_read_and_a_broken_project_is_tried_again(shop: MiniShop) -> None:
    held = Held(shop.project_dir)
    first = held.project()
    assert held.project() is first
    shop.write(
        "gold/agg_daily/model.sql",
        "select day, count(*) as line_count, 0 as qty, 0 as amount from silver.sales group by day\n",
    )
    second = held.project()
    assert second is not first
    assert second.table("gold.agg_daily").fingerprints != first.table("gold.agg_daily").fingerprints
    text = (shop.project_dir / "project.yaml").read_text()
    shop.write("project.yaml", "name: [")
    for _ in range(2):
        with pytest.raises(MarketPulseError):
            held.project()
    shop.write("project.yaml", text)
    assert held.project().name == "mini"
