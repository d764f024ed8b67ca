"""What there is: rows, files, snapshots, and what a table has not consumed yet."""

from __future__ import annotations

from marketpulse.serving.status import TableStatus, status
from tests.shop import MiniShop


def found(shop: MiniShop) -> dict[str, TableStatus]:
    with shop.open() as context:
        return {table.name: table for table in status(context)}


def test_an_empty_warehouse_has_no_tables(shop: MiniShop) -> None:
    assert found(shop) == {}


def test_every_table_is_told_bronze_first_with_what_it_holds(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-02,2,2")
    report = shop.run()
    tables = found(shop)
    assert list(tables) == [
        "bronze.flow_runs",
        "bronze.landed_files",
        "bronze.sales",
        "silver.sales",
        "gold.agg_daily",
        "gold.mart_total",
    ]
    sales = tables["silver.sales"]
    assert (sales.rows, sales.files, sales.buckets, sales.behind) == (2, 2, 2, [])
    assert sales.size > 0
    (snapshot,) = sales.snapshots
    assert (snapshot.batch_id, snapshot.committed_at) == (report.run_id, sales.committed_at)
    with shop.open() as context:
        assert sales.consumed == {"bronze.sales": context.lake.find("bronze.sales").snapshot_id}


def test_a_table_is_behind_what_came_after_it_was_built(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    shop.run()
    shop.land_sales("2026-01-02", "2,2026-01-02,1,1")
    shop.run("silver.sales")
    tables = found(shop)
    assert (tables["gold.agg_daily"].behind, tables["silver.sales"].behind) == (["silver.sales"], [])
