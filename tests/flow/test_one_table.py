"""What goes wrong in one table stops that table, and no other."""

from __future__ import annotations

from datetime import date

import pytest

from marketpulse.serving.query import stream
from marketpulse.serving.values import values
from tests.shop import MiniShop, contract, result


def _mart(shop: MiniShop, columns: list[tuple[str, str, str]], query: str) -> None:
    """A mart in place of agg_daily, which mart_total does not read, and that is built before it."""
    shop.write("gold/agg_daily/contract.yaml", contract("gold.agg_daily", columns))
    shop.write("gold/agg_daily/model.sql", query + "\n")
    shop.write(
        "gold/mart_total/model.sql", "select 1 as total_id, count(*) as qty, 0 as click_count from silver.sales\n"
    )
    shop.land_sales("2026-01-01", "a,2026-01-01,7,1", "b,9999-12-31,7,1")
    shop.land("clicks/a.json", '{"id":"a","ts":"2026-01-01T00:00:01Z"}\n')


@pytest.mark.parametrize(
    ("column", "expression", "says"),
    [
        (
            ("bucket_day", "date", "key bucket"),
            "date_add(day, 30)",
            "a bucket of bucket_day lies outside of the calendar",
        ),
        (("name", "string", "key bucket"), "repeat(id, 300)", "a value of name is too long to name a bucket"),
    ],
)
def test_a_bucket_that_cannot_be_blocks_its_table(
    shop: MiniShop, column: tuple[str, str, str], expression: str, says: str
) -> None:
    _mart(shop, [column], f"select {expression} as {column[0]} from silver.sales")
    report = shop.run()
    blocked = result(report, "gold.agg_daily")
    assert (blocked.status, blocked.message) == ("blocked", says)
    assert result(report, "gold.mart_total").status == "built"
    assert shop.rows("gold.mart_total") == [(1, 2, 0)]


def test_days_beyond_the_calendar_are_shown(shop: MiniShop) -> None:
    _mart(shop, [("id", "string", "key"), ("due", "date", "")], "select id, date_add(day, 30) as due from silver.sales")
    assert shop.run().ok
    with shop.open() as context:
        found = stream(context, "select due from gold.agg_daily order by due").read_all()
    assert [str(value) for value in values(found["due"])] == ["2026-01-31", "10000-01-30"]
    assert values(found["due"].slice(0, 1)) == [date(2026, 1, 31)]


def test_a_data_file_that_is_gone_is_named_and_stops_what_reads_it(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "a,2026-01-01,7,1")
    shop.land("clicks/a.json", '{"id":"a","ts":"2026-01-01T00:00:01Z"}\n')
    assert shop.run().ok
    gone = next((shop.settings.warehouse / "silver/sales/data").rglob("*.parquet"))
    gone.unlink()
    shop.land("clicks/b.json", '{"id":"b","ts":"2026-01-01T00:00:01Z"}\n')
    shop.land_sales("2026-01-02", "b,2026-01-01,7,1")
    report = shop.run()
    failed = result(report, "silver.sales")
    assert failed.message == f"a data file of silver.sales is missing: {gone}"
    assert "marketpulse repair" in (failed.hint or "")
    assert result(report, "silver.clicks").status == "built"


def test_a_number_that_is_too_large_fails_its_table_and_says_which_column(shop: MiniShop) -> None:
    shop.edit("gold/agg_daily/model.sql", "sum(qty) as qty", "max(cast(qty as bigint) * 9000000000000000000) as qty")
    shop.land_sales("2026-01-01", "a,2026-01-01,7,1")
    shop.land("clicks/a.json", '{"id":"a","ts":"2026-01-01T00:00:01Z"}\n')
    report = shop.run()
    failed = result(report, "gold.agg_daily")
    assert failed.status == "failed"
    assert "gold/agg_daily/model.sql:1: column qty cannot be computed: " in (failed.message or "")
    assert "wider type" in (failed.hint or "")
    assert {table.status for table in report.tables if table.name.startswith("silver.")} == {"built"}
