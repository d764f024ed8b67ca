"""A customer of the retail pack is erased: gold follows in every model, and no byte of the warehouse names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse_retail.generate import generate
from tests.privacy.people import erase, traces_of
from tests.retail.arrivals import PackagedShop, plan_of
from tests.shop import MiniShop
from tests.tables import everything, same


def _busiest(shop: MiniShop) -> tuple[str, str]:
    """A customer who bought, clicked and was identified, and their address."""
    with shop.open() as context:
        clicks, customers, sales = (
            context.engine.bind(name, table.types, [file.path for file in table.files()])
            for name in ("clicks", "customers", "sales")
            if (table := context.lake.find(f"silver.{name}"))
        )
        query = f"""select c.customer_id, c.email from {customers} as c
            where c.email is not null and c.customer_id in (select customer_id from {sales})
                and c.customer_id in (select user_id from {clicks})
            order by c.customer_id limit 1"""
        return context.engine.rows(query)[0]


@pytest.mark.long
def test_gold_is_as_if_the_customer_had_not_been_there(tmp_path: Path) -> None:
    shop = PackagedShop(tmp_path)
    generate(plan_of(days=2, clicks=120, sales=60), shop.landing, tmp_path / "truth")
    assert shop.run().ok
    customer, email = _busiest(shop)
    assert traces_of(shop.root / "warehouse", [customer])
    before = sum(row[0] for row in _sums(shop))
    done = erase(shop, "customer", customer)
    assert done.ok, done
    assert ("email", email) in done.names
    assert not traces_of(shop.root / "warehouse", [customer, email, *(text for _, text in done.names)])
    assert sum(row[0] for row in _sums(shop)) == before  # sales stay, and are nobody's
    incremental = everything(shop)
    assert shop.run(full_refresh=True).ok
    same(everything(shop), incremental)


def _sums(shop: MiniShop) -> list[tuple[int]]:
    with shop.open() as context:
        table = context.lake.find("gold.agg_sales_daily")
        assert table is not None
        rows = context.engine.bind("sales", table.types, [file.path for file in table.files()])
        return context.engine.rows(f"select sum(net_amount) from {rows}")
