"""Plain Spark with Iceberg reads what we write, and we go on where it changed tables."""

from __future__ import annotations

from typing import Any

import pytest

from marketpulse.upkeep.move import move
from tests.shop import MiniShop, result
from tests.spark import native, need_spark
from tests.tables import equals_a_rebuild, tables
from tests.upkeep.warehouses import copied, paths


@pytest.fixture
def lake(shop: MiniShop) -> MiniShop:
    """A shop after three daily runs on the engine."""
    for day in range(1, 4):
        land(shop, day)
        assert shop.run().ok
    return shop


def land(shop: MiniShop, day: int) -> None:
    shop.land_sales(f"2026-01-{day:02d}", f"{day},2026-01-01,{day},1.25", f"1,2026-01-02,{day},-1")
    shop.land(f"clicks/d{day:02d}.json", f'{{"id":"c{day}","ts":"2026-01-01T23:59:59.{day}Z","name":"ü"}}\n')


def read(shop: MiniShop, table: str) -> list[tuple[Any, ...]]:
    with native(shop.settings.warehouse) as session:
        frame = session.table(f"marketpulse.{table}")
        kept = [column for column in frame.columns if not column.startswith("_")]
        return sorted((tuple(row) for row in frame.select(*kept).collect()), key=repr)


def ask(shop: MiniShop, statement: str) -> None:
    with native(shop.settings.warehouse) as session:
        session.sql(statement).collect()


def test_plain_spark_reads_every_table_also_after_we_evolved_it(lake: MiniShop) -> None:
    column = "      - {name: coupon, logicalType: string, physicalType: string, description: Code.}\n"
    lake.edit("silver/sales/contract.yaml", "    quality:\n", column + "    quality:\n")
    lake.edit("silver/sales/from_sales.sql", "amount from", "amount, 'x' as coupon from")
    lake.edit("gold/agg_daily/contract.yaml", "physicalType: 'decimal(18,4)'", "physicalType: 'decimal(20,4)'")
    assert lake.run("gold.agg_daily").ok
    for table in ("silver.sales", "silver.clicks", "gold.agg_daily", "gold.mart_total"):
        assert read(lake, table) == lake.rows(table)


def test_compaction_by_plain_spark_changes_no_row_and_triggers_no_rebuild(lake: MiniShop) -> None:
    before = tables(lake)
    for table in ("bronze.sales", "silver.sales"):
        options = "map('min-input-files', '2', 'rewrite-all', 'true')"
        ask(lake, f"call marketpulse.system.rewrite_data_files(table => '{table}', options => {options})")
        ask(lake, f"call marketpulse.system.rewrite_manifests('{table}')")
    assert tables(lake) == before
    assert {table.status for table in lake.run().tables} == {"up to date"}
    land(lake, 4)
    assert result(lake.run(), "silver.sales").feeds[0].read == 2
    assert equals_a_rebuild(lake)


def test_columns_partitions_and_values_that_plain_spark_changed_are_read_and_runs_go_on(lake: MiniShop) -> None:
    ask(lake, "alter table marketpulse.silver.sales add column note string")
    ask(lake, "alter table marketpulse.silver.sales add partition field bucket(4, id)")
    ask(lake, "update marketpulse.silver.sales set note = 'seen' where id = '2'")
    assert ("2", "seen") in [(row[0], row[-1]) for row in lake.rows("silver.sales")]
    land(lake, 4)
    assert lake.run().ok
    assert read(lake, "silver.sales") == lake.rows("silver.sales")
    lake.run(full_refresh=True)
    assert lake.rows("gold.agg_daily") == read(lake, "gold.agg_daily")


def test_snapshots_that_plain_spark_expired_cost_a_rebuild_and_no_row(lake: MiniShop) -> None:
    land(lake, 4)
    lake.run("silver.sales")
    for table in ("bronze.sales", "silver.sales"):
        ask(
            lake,
            f"call marketpulse.system.expire_snapshots(table => '{table}', older_than => timestamp '2099-01-01', "
            "retain_last => 1)",
        )
    assert lake.run().ok
    assert equals_a_rebuild(lake)


@pytest.mark.engines(always=False)
def test_engines_take_turns_on_one_warehouse(lake: MiniShop, engine: str) -> None:
    need_spark()  # whichever engine begins
    other = "spark" if engine == "duckdb" else "duckdb"
    for day, names in ((4, ["silver.sales"]), (5, ["silver.clicks"]), (6, [])):
        land(lake, day)
        lake.run(*names, engine=other)
        lake.run("gold.agg_daily", engine=engine)
    assert lake.run(engine=engine).ok
    assert {table.status for table in lake.run(engine=other).tables} == {"up to date"}
    assert equals_a_rebuild(lake)


def test_a_moved_copy_of_what_plain_spark_wrote_reads_the_same(lake: MiniShop) -> None:
    options = "map('min-input-files', '2', 'rewrite-all', 'true')"
    ask(lake, f"call marketpulse.system.rewrite_data_files(table => 'bronze.sales', options => {options})")
    ask(lake, "call marketpulse.system.rewrite_manifests('silver.clicks')")
    ask(lake, "call marketpulse.system.compute_table_stats('silver.clicks')")
    ask(lake, "alter table marketpulse.silver.sales set tblproperties ('write.delete.mode' = 'merge-on-read')")
    ask(lake, "delete from marketpulse.silver.sales where id = '2'")
    for pattern in ("silver/sales/data/**/*-deletes.parquet", "silver/clicks/metadata/*.stats"):
        assert list(lake.settings.warehouse.glob(pattern))
    copy = copied(lake)
    move(copy.settings.warehouse)
    for table in ("bronze.sales", "silver.sales", "silver.clicks", "gold.agg_daily"):
        assert read(copy, table) == read(lake, table)
    assert [row[0] for row in read(copy, "silver.sales")] == ["1", "3"]
    assert all(path.startswith(f"{copy.settings.warehouse}/") for path in paths(copy))
    lake.settings.warehouse.rename(lake.root / "gone")
    assert [row[0] for row in read(copy, "silver.sales")] == ["1", "3"]
