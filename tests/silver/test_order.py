"""Which of two rows landed later: by day and natural name, or by arrival; the same on both engines."""

from __future__ import annotations

import pytest

from marketpulse.engines import Engine
from marketpulse.names import SOURCE_FILE
from marketpulse.silver.order import by_name, dated, named
from tests.shop import MiniShop, result
from tests.silver.replacing import held, stands

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
        found = engine.rows(
            f"select {SOURCE_FILE} from ({dated(rows, (), engine.dialect)}) as names order by {by_name(engine.dialect)}"
        )
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


@pytest.mark.engines
def test_names_that_say_their_day_in_their_own_way_are_ordered_by_it(shop: MiniShop) -> None:
    pattern = "date: {from: name, pattern: 'it''s_{d.M.yy}*.csv'}"
    shop.edit("sources/sales.yaml", "format: csv\n", f"format: csv\n{pattern}\n")
    source = shop.project().sources["sales"]
    names = ["sales/it's_9.2.26.csv", "sales/b/it's_09.03.26_2.csv", "sales/a/it's_10.03.26.csv"]
    with shop.open() as context:
        engine: Engine = context.engine
        rows = " union all ".join(f"select {engine.dialect.text(name)} as {SOURCE_FILE}" for name in reversed(names))
        said = named(f"({rows})", [source], engine.dialect)
        found = engine.rows(f"select {SOURCE_FILE}, cast(_day as string) from ({said}) as names order by _first")
    assert found == [(name, str(source.day(name))) for name in names]
    assert [day for _, day in found] == ["2026-02-09", "2026-03-09", "2026-03-10"]


def test_a_flat_folder_of_dated_lists_is_ordered_by_day_and_goes_back_to_what_it_was(shop: MiniShop) -> None:
    said = "format: csv\ndate: {from: name, pattern: 'list_{dd.MM.yyyy}'}\ndeliveries: list\n"
    shop.edit("sources/sales.yaml", "format: csv\n", said)
    lists = {"list_09.03.2026": "1", "list_01.04.2026": "2", "list_03.04.2026": "1"}
    for name, quantity in lists.items():
        shop.land(f"sales/{name}.csv", f"id,day,qty,amount\na,{DAY},{quantity},1\n")
        shop.run()
        assert held(shop) == {("a", DAY, int(quantity))}
    shop.land("sales/list_31.03.2026.csv", f"id,day,qty,amount\na,{DAY},7,1\nb,{DAY},7,1\n")
    shop.run()
    assert held(shop) == {("a", DAY, 1)}
    assert stands(shop)


def test_a_name_that_says_no_day_where_it_should_is_told(shop: MiniShop) -> None:
    shop.edit("sources/sales.yaml", "format: csv\n", "format: csv\ndate: {from: name, pattern: '{dd.MM.yyyy}'}\n")
    for name in ("sales", "sales_31.02.2026"):
        shop.land(f"sales/{name}.csv", f"id,day,qty,amount\na,{DAY},1,1\n")
    report = shop.run()
    assert report.exit_code == 1
    told = next(feed.blocked for feed in report.feeds if feed.source == "sales")
    assert [each["message"] for each in told] == ["its name says no day: sources/sales.yaml looks for {dd.MM.yyyy}"] * 2
