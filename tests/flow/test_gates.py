"""Gates hold a table at its last good snapshot, name the reason, and let everything catch up after the fix."""

from __future__ import annotations

import pytest

from tests.shop import MiniShop, result
from tests.tables import catches_up

pytestmark = pytest.mark.engines(always=False)

RULE = (
    "    quality:\n      - {name: qty_sane, type: custom, engine: marketpulse, implementation: qty < 100,"
    " severity: fail, description: nobody buys a hundred}\n      - {name: qty_not_zero"
)


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


@pytest.mark.engines(always=False)
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


@pytest.mark.engines(always=False)
def test_a_gold_rule_that_fails_keeps_the_last_good_snapshot(running: MiniShop) -> None:
    rule = "{name: few, type: custom, engine: marketpulse, implementation: qty < 50, severity: fail, description: few}"
    running.edit("gold/agg_daily/contract.yaml", "customProperties:", f"    quality: [{rule}]\ncustomProperties:")
    running.run()
    before = running.rows("gold.agg_daily")
    running.land_sales("2026-01-02", "5,2026-01-02,70,1")
    report = running.run()
    assert result(report, "gold.agg_daily").message == "1 row breaks few (few); for example 2026-01-02"
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
