"""Contracts change while tables live: columns come, widen, narrow, go and move to other buckets."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from marketpulse.names import FINGERPRINT_KEY
from tests.shop import MiniShop, result
from tests.tables import catches_up, equals_a_rebuild

pytestmark = pytest.mark.engines(always=False)


@pytest.mark.engines(always=False)
def test_a_new_column_of_a_feed_reaches_silver_once_contract_and_mapping_name_it(running: MiniShop) -> None:
    running.land("sales/wide.csv", "id,day,qty,amount,coupon\n8,2026-01-02,1,1,SPRING\n")
    running.run()
    column = "      - {name: coupon, logicalType: string, physicalType: string, description: Code.}\n"
    running.edit("silver/sales/contract.yaml", "    quality:\n", column + "    quality:\n")
    running.edit("silver/sales/from_sales.sql", "amount from", "amount, coupon from")
    assert "the contract changed" in result(running.run(), "silver.sales").reason
    assert [row[-1] for row in running.rows("silver.sales")] == [None, None, "SPRING"]


@pytest.mark.engines(always=False)
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


INTEGER, DOUBLE = "integer, physicalType: 'int'", "number, physicalType: 'double'"


def test_a_contract_of_another_type_builds_the_table_anew(running: MiniShop) -> None:
    before = running.rows("silver.sales")
    running.edit("silver/sales/contract.yaml", INTEGER, DOUBLE)
    report = running.run()
    assert report.ok
    assert result(report, "silver.sales").reason == "the contract changed"
    rows = running.rows("silver.sales")
    assert rows == before
    assert {type(row[2]) for row in rows} == {float}
    running.land_sales("2026-01-03", "7,2026-01-01,2,1")
    assert catches_up(running)


def test_a_type_changes_with_the_rows_and_not_before(running: MiniShop) -> None:
    rule = "      - {name: few, type: custom, engine: marketpulse, implementation: qty < 0, severity: fail, "
    rule += "description: few}\n"
    before = running.rows("silver.sales")
    running.edit("silver/sales/contract.yaml", INTEGER, DOUBLE)
    running.edit("silver/sales/contract.yaml", "    quality:\n", "    quality:\n" + rule)
    assert result(running.run(), "silver.sales").status == "blocked"
    assert running.rows("silver.sales") == before
    with running.open() as context:
        found = context.lake.find("silver.sales")
        assert found is not None
        assert found.types["qty"] == "int"
    running.edit("silver/sales/contract.yaml", rule, "")
    assert running.run().ok
    assert catches_up(running)


def test_the_column_that_cuts_a_table_keeps_its_type(running: MiniShop) -> None:
    running.edit(
        "silver/sales/contract.yaml",
        "name: day, logicalType: date, physicalType: 'date'",
        "name: day, logicalType: string, physicalType: 'string'",
    )
    blocked = result(running.run(), "silver.sales")
    assert blocked.message == "column day is date in the table and string in the contract: not every value fits"
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


def test_a_correction_of_what_a_bucket_reads_is_a_rebuild(running: MiniShop) -> None:
    running.edit("gold/agg_daily/contract.yaml", "column: day}", "column: day, before: 1}")
    built = result(running.run(), "gold.agg_daily")
    assert (built.status, built.reason) == ("built", "the inputs of a bucket changed")
    assert result(running.run(), "gold.agg_daily").status == "up to date"


def test_a_table_of_a_release_that_did_not_remember_its_inputs_is_not_rebuilt_for_it(running: MiniShop) -> None:
    with running.open() as context:
        table = context.lake.find("gold.agg_daily")
        known = json.loads(table.state[FINGERPRINT_KEY])
        del known["inputs"]
        context.lake.commit(table, [], [], {FINGERPRINT_KEY: json.dumps(known)}, {})
    before = running.snapshots()
    assert result(running.run(strict=True), "gold.agg_daily").status == "up to date"
    assert running.snapshots() == before
    running.edit("gold/agg_daily/contract.yaml", "column: day}", "column: day, before: 1}")
    assert result(running.run(), "gold.agg_daily").status == "built"


def test_a_value_that_is_unique_is_so_in_buckets_that_are_not_rebuilt_too(running: MiniShop) -> None:
    running.edit("gold/agg_daily/contract.yaml", "{name: qty, ", "{name: qty, unique: true, ")
    assert running.run().ok
    running.land_sales("2026-01-03", "9,2026-01-03,2,1")
    blocked = result(running.run(), "gold.agg_daily")
    assert blocked.status == "blocked"
    assert "1 values of qty, which is unique, are in several rows; for example 2" in (blocked.message or "")


def test_an_optional_column_is_null_until_a_file_has_it(shop: MiniShop) -> None:
    shop.edit("sources/sales.yaml", "required: [id, day]", "required: [id, day]\noptional: [amount]")
    shop.land("clicks/a.json", '{"id":"a","ts":"2026-01-01T00:00:02Z"}\n')
    shop.land("sales/a.csv", "id,day,qty\na,2026-01-01,1\n")
    assert shop.run().ok
    shop.land("sales/b.csv", "id,day,qty,amount\nb,2026-01-01,1,2.5\nc,2026-01-01,x,1\n")
    assert shop.run().ok
    amounts = [(row[0], row[3]) for row in shop.rows("silver.sales")]
    assert amounts == [("a", None), ("b", Decimal("2.5000"))]
    assert equals_a_rebuild(shop)


def test_a_mapping_may_leave_out_what_is_not_required(running: MiniShop) -> None:
    running.edit("silver/sales/from_sales.sql", "id, day, qty, amount", "id, day, qty")
    assert running.run().ok
    assert {row[3] for row in running.rows("silver.sales")} == {None}
    running.edit("silver/sales/from_sales.sql", "id, day, qty", "id, day")
    assert not running.run().ok


def test_a_unique_key_without_the_bucket_is_so_across_buckets(running: MiniShop) -> None:
    contract = "gold/agg_daily/contract.yaml"
    running.edit(
        contract,
        "{name: day, logicalType: date, physicalType: 'date', primaryKey: true, ",
        "{name: day, logicalType: date, physicalType: 'date', ",
    )
    running.edit(contract, "{name: qty, ", "{name: qty, primaryKey: true, unique: true, ")
    assert running.run().ok
    running.land_sales("2026-01-03", "9,2026-01-03,2,1")
    assert "1 values of qty, which is unique" in (result(running.run(), "gold.agg_daily").message or "")
