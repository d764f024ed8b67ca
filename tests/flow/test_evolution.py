"""Contracts change while tables live: columns come, widen, narrow, go and move to other buckets."""

from __future__ import annotations

import pytest

from tests.shop import MiniShop, result
from tests.tables import catches_up

pytestmark = pytest.mark.engines


def test_a_new_column_of_a_feed_reaches_silver_once_contract_and_mapping_name_it(running: MiniShop) -> None:
    running.land("sales/wide.csv", "id,day,qty,amount,coupon\n8,2026-01-02,1,1,SPRING\n")
    running.run()
    column = "      - {name: coupon, logicalType: string, physicalType: string, description: Code.}\n"
    running.edit("silver/sales/contract.yaml", "    quality:\n", column + "    quality:\n")
    running.edit("silver/sales/from_sales.sql", "amount from", "amount, coupon from")
    assert "the contract changed" in result(running.run(), "silver.sales").reason
    assert [row[-1] for row in running.rows("silver.sales")] == [None, None, "SPRING"]


def test_a_new_field_of_a_json_feed_is_kept_in_bronze(running: MiniShop) -> None:
    running.land("clicks/b.json", '{"id":"b","ts":"2026-01-01T00:00:02Z","consent":{"ads":false}}\n')
    assert running.run().ok
    assert any('"consent":{"ads":false}' in row[0] for row in running.rows("bronze.clicks"))


def test_a_contract_that_widens_a_type_evolves_the_table(running: MiniShop) -> None:
    running.edit("silver/sales/contract.yaml", "physicalType: 'int'", "physicalType: 'long'")
    running.land_sales("2026-01-02", "5,2026-01-02,3000000000,1")
    assert running.run().ok
    assert running.rows("silver.sales")[2][2] == 3_000_000_000
    assert catches_up(running)


def test_a_contract_that_narrows_a_type_says_so(running: MiniShop) -> None:
    running.edit("silver/sales/contract.yaml", "integer, physicalType: 'int'", "number, physicalType: 'double'")
    blocked = result(running.run(), "silver.sales")
    assert blocked.message == "column qty is int in the table and double in the contract: not every value fits"
    assert len(running.rows("silver.sales")) == 2


def test_a_column_that_a_contract_drops_stays_readable_in_older_rows(running: MiniShop) -> None:
    running.edit("gold/agg_daily/model.sql", "count(*) as line_count, ", "")
    text = "      - {name: line_count, logicalType: integer, physicalType: 'long', description: Test.}\n"
    running.edit("gold/agg_daily/contract.yaml", text, "")
    assert running.run().ok
    assert catches_up(running)


@pytest.mark.parametrize(("old", "new"), [("day", "id"), ("day", None)])
def test_a_table_moves_to_another_bucket_column(running: MiniShop, old: str, new: str | None) -> None:
    running.land_sales("2026-01-02", "5,2026-01-02,7,1")
    before = (running.run(), running.rows("silver.sales"))[1]
    running.edit("silver/sales/contract.yaml", "partitioned: true, ", "")
    if new:
        running.edit("silver/sales/contract.yaml", f"name: {new}, ", f"name: {new}, partitioned: true, ")
    whole = "customProperties:\n  - {property: inputs, value: [{table: silver.sales, column: day}]}\n"
    running.edit("gold/agg_daily/contract.yaml", whole, "")
    assert running.run().ok
    assert running.rows("silver.sales") == before
    running.land_sales("2026-01-03", "5,2026-01-03,9,1")
    assert running.run().ok
    assert catches_up(running)
    with running.open() as context:
        table = context.lake.find("silver.sales")
        assert table.partition == new
        assert {type(file.bucket) for file in table.files()} == {str if new else type(None)}
        assert sum(file.rows for file in table.files(table.snapshots()[0][0])) > 0
