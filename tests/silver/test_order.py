"""Which of two rows landed later: by day and natural name, or by arrival; the same on both engines."""

from __future__ import annotations

import pytest

from marketpulse.engines import Engine
from marketpulse.names import SOURCE_FILE
from marketpulse.silver.order import by_name, dated
from tests.shop import MiniShop, result
from tests.silver.replacing import held

DAY = "2026-01-01"


@pytest.mark.engines
def test_names_are_ordered_as_people_number_them(shop: MiniShop) -> None:
    names = [
        "s/all.zip!/ingest_date=2026-01-10/a.csv",
        "s/ingest_date=no day.csv",
        "s/ingest_date=2026-01-09/z.csv",
        "s/ingest_date=2026-01-10/orders.csv",
        "s/ingest_date=2026-01-10/orders (2).csv",
        "s/ingest_date=2026-01-10/orders-2.csv",
        "s/ingest_date=2026-01-10/orders_9.csv",
        "s/ingest_date=2026-01-10/orders_9_again.csv",
        "s/ingest_date=2026-01-10/orders_10.csv",
        "s/ingest_date=2026-01-10/orders_20260110123456789012345678901.csv",
        "s/ingest_date=2026-01-10/hour=07/a.csv",
        "s/ingest_date=2026-01-10/hour=07/all.zip!/hour=no hour/a.csv",
        "s/a/ingest_date=2026-01-11/a.csv",
    ]
    with shop.open() as context:
        engine: Engine = context.engine
        text = engine.dialect.text
        rows = " union all ".join(f"select {text(name)} as {SOURCE_FILE}" for name in reversed(names))
        found = engine.rows(f"select {SOURCE_FILE} from ({dated(rows)}) as names order by {by_name(engine.dialect)}")
    assert [row[0] for row in found] == names


@pytest.mark.parametrize(("order", "stays", "older"), [("name", 1, 1), ("arrival", 2, 0)])
def test_a_file_that_comes_late_under_an_earlier_name_loses_and_is_told_or_wins(
    shop: MiniShop, order: str, stays: int, older: int
) -> None:
    shop.edit("sources/sales.yaml", "format: csv\n", f"format: csv\norder: {order}\n")
    shop.land("sales/s_10.csv", f"id,day,qty,amount\na,{DAY},1,1\n")
    shop.run()
    shop.land("sales/s_9.csv", f"id,day,qty,amount\na,{DAY},2,1\n")
    counts = result(shop.run(), "silver.sales").feeds[0]
    assert held(shop) == {("a", DAY, stays)}
    assert counts.outranked == older
    assert shop.run(full_refresh=True).ok
    assert held(shop) == {("a", DAY, stays)}
    shop.edit("sources/sales.yaml", f"order: {order}", "order: " + ("arrival" if order == "name" else "name"))
    assert "deliveries of bronze.sales changed" in str(result(shop.run(), "silver.sales").reason)
    assert held(shop) == {("a", DAY, 3 - stays)}


def test_feeds_of_one_table_keep_their_own_order(shop: MiniShop) -> None:
    shop.write("sources/till.yaml", "name: till\ndescription: .\nowner: t\nformat: csv\norder: arrival\n")
    shop.write("silver/sales/from_till.sql", "select id, day, qty, amount from bronze.till")
    for feed in ("sales", "till"):
        shop.land(f"{feed}/s_10.csv", f"id,day,qty,amount\n{feed},{DAY},1,1\n")
        shop.run()
        shop.land(f"{feed}/s_9.csv", f"id,day,qty,amount\n{feed},{DAY},2,1\n")
        shop.run()
    assert held(shop) == {("sales", DAY, 1), ("till", DAY, 2)}
