"""A tree is changed before DuckDB's text is written: names of tables, and rows of arrays."""

import duckdb
import pytest

from marketpulse import sql
from marketpulse.errors import DefinitionError

ORDERS = "create view silver_orders as select * from (values (1, ['a', 'b']), (2, []), (3, null)) as v(id, items)"


def rows(text: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        connection.execute(ORDERS)
        translated = sql.translate(text, sql.DUCKDB, {"silver.orders": "silver_orders"})
        return sorted(connection.execute(translated).fetchall(), key=repr)


def test_an_array_becomes_rows_and_an_order_without_one_none():
    text = "select o.id, e.item from silver.orders as o lateral view explode(o.items) e as item"
    assert rows(text) == [(1, "a"), (1, "b")]


def test_outer_keeps_what_has_no_rows():
    text = "select o.id, e.item from silver.orders as o lateral view outer explode(o.items) e as item"
    assert rows(text) == [(1, "a"), (1, "b"), (2, None), (3, None)]


def test_places_count_from_nought():
    text = "select o.id, e.place, e.item from silver.orders as o lateral view posexplode(o.items) e as place, item"
    assert rows(text) == [(1, 0, "a"), (1, 1, "b")]


def test_another_lateral_view_is_refused_with_what_to_use():
    with pytest.raises(DefinitionError, match="use explode or posexplode"):
        rows("select id from silver.orders lateral view inline(items) e as item")


def test_a_table_keeps_its_own_name_for_its_columns():
    assert rows("select orders.id from silver.orders where silver.orders.id > 2") == [(3,)]
