"""Rates that come late, are corrected or are missing: incremental runs give the tables of a full refresh."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.retail.arrivals import PackagedShop
from tests.retail.feeds import SALES
from tests.shop import result
from tests.tables import everything, same

RATES = "rate_date,currency,reporting_currency,rate"


def test_whatever_day_a_rate_comes_the_amounts_are_those_of_a_full_refresh(tmp_path: Path) -> None:
    shop = PackagedShop(tmp_path)
    shop.project_dir = tmp_path / "project"
    shop.write("project.yaml", "name: shop\nextends: retail\nsettings: {reporting_currency: EUR}\n")
    shop.settings = type(shop.settings)(shop.landing, tmp_path / "warehouse", shop.project_dir, memory_mb=512)
    days = [
        f"t{n},1,c{n % 2},s,p,2026-03-0{n}T10:00:00Z,1,100,0,card,{c},web"
        for n, c in enumerate(["EUR", "SEK", "SEK", "SEK"], 1)
    ]
    deliveries = [
        ("sales/ingest_date=2026-03-05/a.csv", [SALES, *days]),
        ("exchange_rates/ingest_date=2026-03-06/a.csv", [RATES, "2026-03-03,SEK,EUR,0.1"]),
        ("exchange_rates/ingest_date=2026-03-07/a.csv", [RATES, "2026-03-01,SEK,EUR,0.2", "2026-03-04,SEK,EUR,0.3"]),
        ("exchange_rates/ingest_date=2026-03-08/a.csv", [RATES, "2026-03-03,SEK,EUR,0.4"]),
    ]
    wanted = ("+gold.mart_customer_value", "+gold.agg_orders_daily")
    seen = []
    for name, rows in deliveries:
        shop.land(name, "\n".join(rows) + "\n")
        report = shop.run(*wanted)
        assert report.ok
        seen.append((result(report, "gold.fct_sales").warnings, _reported(shop)))
    assert seen == [
        ({"rate_known": 3}, [100, None, None, None]),
        ({}, [100, None, 10, 10]),
        ({}, [100, 20, 10, 30]),
        ({}, [100, 20, 40, 30]),
    ]
    grown = everything(shop)
    assert shop.run(*wanted, full_refresh=True).ok
    same(everything(shop), grown)


def _reported(shop: PackagedShop) -> list[Decimal | None]:
    return [row[-1] for row in sorted(shop.rows("gold.agg_orders_daily"))]
