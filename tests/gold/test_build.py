"""Gold: touched buckets, computed whole, in steps and parts that a memory can hold."""

from __future__ import annotations

import pytest

from tests.shop import MiniShop, contract

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
