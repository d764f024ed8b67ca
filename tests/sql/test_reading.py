"""The tables a query reads, and that reading changes nothing."""

import pytest

from marketpulse import sql
from marketpulse.errors import DefinitionError
from tests.sql.queries import SCHEMAS, SESSIONS


def test_inputs_in_the_order_of_the_text():
    assert sql.inputs(sql.parse(SESSIONS)) == ("silver.clicks", "gold.dim_user")


def test_changed_is_a_table_only_where_it_is_allowed():
    query = sql.parse("select distinct s.day from silver.sales s join changed c on c.id = s.id")
    assert sql.inputs(query, allow=("changed",)) == ("silver.sales", "changed")
    with pytest.raises(DefinitionError, match="reads changed, which is no step"):
        sql.inputs(query)


def test_the_tree_is_not_changed_by_what_reads_it():
    query = sql.parse(SESSIONS)
    before = query.sql("spark")
    sql.check(query)
    sql.translate(query, sql.DUCKDB, {"silver.clicks": "silver_clicks"})
    sql.column_lineage(query, SCHEMAS)
    assert query.sql("spark") == before
