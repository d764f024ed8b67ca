"""Gold: touched buckets, computed whole, in steps and parts that a memory can hold."""

from __future__ import annotations

import pytest

from tests.shop import MiniShop, contract, result

pytestmark = pytest.mark.engines


def test_a_large_day_is_computed_in_parts_where_its_input_comes_apart(shop: MiniShop) -> None:
    columns = [("day", "date", "key bucket"), ("name", "string", "key"), ("events", "long", "")]
    inputs = "{property: inputs, value: [{table: silver.clicks, column: day, after: 1, apart: name}]}"
    shop.write("gold/agg_names/contract.yaml", contract("gold.agg_names", columns, inputs))
    model = (
        "select min(day) as day, coalesce(name, 'none') as name, count(*) as events from silver.clicks group by name\n"
    )
    shop.write("gold/agg_names/model.sql", model)
    names = [f"n{number % 7}" for number in range(50)]
    lines = [f'{{"id":"{i}","ts":"2026-01-01T00:00:01Z","name":"{name}"}}\n' for i, name in enumerate(names)]
    shop.land("clicks/a.json", "".join(lines) + '{"id":"x","ts":"2026-01-01T00:00:02Z"}\n')
    assert shop.run().ok
    whole = shop.rows("gold.agg_names")
    assert shop.run(full_refresh=True, chunk_rows=20).ok
    assert shop.rows("gold.agg_names") == whole
    with shop.open() as context:
        files = context.lake.find("gold.agg_names").files()
    assert len(files) > 1
    assert sum(file.rows for file in files) == len(whole) == 8


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
