"""Gates hold a table at its last good snapshot, name the reason, and let everything catch up after the fix."""

from __future__ import annotations

import pytest

from tests.shop import MiniShop, result

pytestmark = pytest.mark.engines

RULE = (
    "    quality:\n      - {name: qty_sane, type: custom, engine: marketpulse, implementation: qty < 100,"
    " severity: fail, description: nobody buys a hundred}\n      - {name: qty_not_zero"
)


@pytest.fixture
def running(shop: MiniShop) -> MiniShop:
    """A shop that has run once."""
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-02,2,2")
    shop.land("clicks/a.json", '{"id":"a","ts":"2026-01-01T00:00:01Z"}\n')
    assert shop.run().ok
    return shop


def catches_up(shop: MiniShop) -> bool:
    """After a run everything is right, and equal to a rebuild."""
    ok = shop.run().ok
    found = {name: shop.rows(name) for name in ("silver.sales", "gold.agg_daily", "gold.mart_total")}
    return ok and shop.run(full_refresh=True).ok and found == {name: shop.rows(name) for name in found}


def test_a_fail_rule_keeps_the_last_good_snapshot_and_skips_what_depends_on_it(running: MiniShop) -> None:
    running.edit("silver/sales/contract.yaml", "    quality:\n      - {name: qty_not_zero", RULE)
    running.run()
    before = running.snapshots()
    path = running.land_sales("2026-01-02", "7,2026-01-02,500,1", "8,2026-01-02,3,1")
    running.land("clicks/b.json", '{"id":"b","ts":"2026-01-01T00:00:02Z"}\n')
    report = running.run()
    blocked = result(report, "silver.sales")
    assert (report.ok, blocked.status) == (False, "blocked")
    assert "qty_sane (nobody buys a hundred)" in blocked.message
    assert f"7, {path.relative_to(running.landing)}, 1" in blocked.message
    assert {t.name: t.status for t in report.tables} == {
        "silver.sales": "blocked",
        "silver.clicks": "built",
        "gold.agg_daily": "skipped",
        "gold.mart_total": "skipped",
    }
    assert {n: running.snapshots()[n] for n in ("silver.sales", "gold.mart_total")} == {
        n: before[n] for n in ("silver.sales", "gold.mart_total")
    }
    running.edit("silver/sales/contract.yaml", "qty < 100", "qty < 1000")
    assert catches_up(running)
    assert len(running.rows("silver.sales")) == 4


def test_too_many_rejected_rows_block_the_load_until_the_feed_is_fixed(running: MiniShop) -> None:
    before = running.snapshots()["silver.sales"]
    running.land_sales("2026-01-02", *[f"x{n},2026-01-02,many,1" for n in range(6)], "9,2026-01-02,1,1")
    blocked = result(running.run(), "silver.sales")
    assert blocked.message == (
        "6 of 7 rows of sales would be quarantined (85.7%, the limit is 20.0%): 6 × qty is not a int"
    )
    assert running.snapshots()["silver.sales"] == before
    running.edit("silver/sales/from_sales.sql", "id, day, qty,", "id, day, replace(qty, 'many', '12') as qty,")
    assert catches_up(running)
    assert len(running.rows("silver.sales")) == 9


def test_a_gold_rule_that_fails_keeps_the_last_good_snapshot(running: MiniShop) -> None:
    rule = "{name: few, type: custom, engine: marketpulse, implementation: qty < 50, severity: fail, description: few}"
    running.edit("gold/agg_daily/contract.yaml", "customProperties:", f"    quality: [{rule}]\ncustomProperties:")
    running.run()
    before = running.rows("gold.agg_daily")
    running.land_sales("2026-01-02", "5,2026-01-02,70,1")
    report = running.run()
    assert result(report, "gold.agg_daily").message == "1 rows break few (few); for example 2026-01-02"
    assert result(report, "gold.mart_total").reason == "gold.agg_daily was blocked"
    assert running.rows("gold.agg_daily") == before
    running.edit("gold/agg_daily/contract.yaml", "qty < 50", "qty < 100")
    assert catches_up(running)


def test_a_gold_key_that_is_not_unique_keeps_the_last_good_snapshot(running: MiniShop) -> None:
    before = running.rows("gold.agg_daily")
    running.edit("gold/agg_daily/model.sql", "group by day", "group by day, id")
    running.land_sales("2026-01-02", "5,2026-01-02,7,1")
    blocked = result(running.run(), "gold.agg_daily")
    assert blocked.status == "blocked"
    assert "the primary key (day) is not unique; for example 2026-01-02" in blocked.message
    assert running.rows("gold.agg_daily") == before
    running.edit("gold/agg_daily/model.sql", "group by day, id", "group by day")
    assert catches_up(running)


def test_a_table_rule_that_fails_names_its_number(running: MiniShop) -> None:
    rule = (
        "{name: busy, type: sql, query: 'select count(*) from {table}', mustBeGreaterThan: 99, severity: fail,"
        " description: shops are busy}"
    )
    running.edit("gold/agg_daily/contract.yaml", "customProperties:", f"    quality: [{rule}]\ncustomProperties:")
    blocked = result(running.run(), "gold.agg_daily")
    assert blocked.message == "rule busy (shops are busy): 2 is not mustBeGreaterThan 99"


def test_an_overflow_in_a_model_fails_that_table_only(running: MiniShop) -> None:
    """DuckDB stops at the overflow, Spark at the null that it gives: a number that wrapped around is never seen."""
    running.edit("gold/agg_daily/model.sql", "sum(qty) as qty", "cast(sum(amount) * 1e18 as bigint) * 1000 as qty")
    long = "{name: qty, logicalType: integer, physicalType: 'long', "
    running.edit("gold/agg_daily/contract.yaml", long, long + "required: true, ")
    running.land_sales("2026-01-02", "5,2026-01-02,7,1")
    report = running.run()
    assert not report.ok
    assert {result(report, n).status for n in ("silver.sales", "silver.clicks")} <= {"built", "up to date"}
    assert result(report, "gold.agg_daily").status in ("failed", "blocked")


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
    running.edit("silver/sales/contract.yaml", "integer, physicalType: 'int'", "date, physicalType: 'date'")
    blocked = result(running.run(), "silver.sales")
    assert blocked.message == "column qty is int in the table and date in the contract: not every value fits"
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
