"""What there is: rows, files, snapshots, and what a table has not consumed yet."""

from __future__ import annotations

from marketpulse.serving.query import stream
from marketpulse.serving.status import TableStatus, status, warned
from marketpulse.upkeep.maintain import Policy, maintain
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


def test_files_that_were_put_together_are_no_news(shop: MiniShop) -> None:
    for number in range(5):
        shop.land_sales("2026-01-01", f"{number},2026-01-01,1,1", name=f"{number}.csv")
        shop.run()
    with shop.open() as context:
        before = context.lake.find("bronze.sales").snapshot_id
        maintain(context, Policy())
        assert context.lake.find("bronze.sales").snapshot_id != before
    assert {name: table.behind for name, table in found(shop).items() if table.behind} == {}


def test_a_table_tells_which_of_its_rows_break_a_rule_and_what_to_ask(shop: MiniShop) -> None:
    rule = (
        "{name: cheap, type: custom, engine: marketpulse, implementation: amount < 2, severity: warn, description: x}"
    )
    text = (shop.project_dir / "gold/agg_daily/contract.yaml").read_text(encoding="utf-8")
    shop.write(
        "gold/agg_daily/contract.yaml", text.replace("customProperties:", f"    quality: [{rule}]\ncustomProperties:")
    )
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-02,2,2", "3,2026-01-03,3,3")
    report = shop.run()
    (told,) = [each.told for each in report.tables if each.told]
    with shop.open() as context:
        entry = warned(context, next(each for each in status(context) if each.name == "gold.agg_daily"))
        assert (entry.warnings, entry.told) == ({"cheap": 2}, told)
        assert entry.told["cheap"].description == "x"
        assert stream(context, entry.told["cheap"].query).read_all().num_rows == 2


def test_what_a_rule_of_a_whole_table_counts_can_be_asked_for_as_it_is_told(shop: MiniShop) -> None:
    query = "with few as (select day from {table} where qty < 5) select count(*) from few"
    rule = f"{{name: few, type: sql, query: '{query}', mustBe: 0, severity: warn, description: x}}"
    shop.edit(
        "gold/agg_daily/contract.yaml", "customProperties:\n", f"    quality:\n      - {rule}\ncustomProperties:\n"
    )
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-02,9,1")
    (told,) = [each.told for each in shop.run().tables if each.told]
    with shop.open() as context:
        assert stream(context, told["few"].query).read_all().columns[0].to_pylist() == [1]
