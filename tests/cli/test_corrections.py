"""What was delivered is corrected on the command line."""

from __future__ import annotations

import json

from tests.cli.conftest import Typed
from tests.shop import MiniShop

NAME = "sales/ingest_date=2026-01-02/sales.csv"


def test_a_delivery_is_forgotten_and_what_is_built_from_it_is_built(shop: MiniShop, typed: Typed) -> None:
    shop.land_sales("2026-01-01", "a,2026-01-01,1,1")
    shop.run()
    shop.land_sales("2026-01-02", "a,2026-01-01,2,1", "b,2026-01-01,2,1")
    shop.run()
    assert typed("forget", NAME, "--reason", " ", "--yes").returncode == 2
    done = typed("forget", NAME, "--reason", "of another shop", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    assert {table["name"]: table["status"] for table in json.loads(done.stdout)["tables"]}["gold.agg_daily"] == "built"
    assert [row[:3:2] for row in shop.rows("silver.sales")] == [("a", 1)]
    again = typed("forget", NAME, "--reason", "of another shop", "--yes")
    assert (again.returncode, "no delivery of" in again.stderr) == (2, True)
