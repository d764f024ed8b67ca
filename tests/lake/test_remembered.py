"""What never changes is read once, within bounds; what the catalog names is asked of the catalog each time."""

from __future__ import annotations

from tests.shop import MiniShop


def test_a_commit_of_another_process_is_seen_at_the_next_look(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    shop.run()
    with shop.open() as one, shop.open() as other:
        before = one.lake.find("silver.sales")
        table = other.lake.find("silver.sales")
        assert before
        assert table
        other.lake.commit(table, [], [], {"marketpulse.test": "1"}, {})
        after = one.lake.find("silver.sales")
        assert after
        assert (before.state.get("marketpulse.test"), after.state["marketpulse.test"]) == (None, "1")
