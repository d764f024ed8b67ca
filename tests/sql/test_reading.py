"""Parsing, the tables a query reads, its columns and where they come from."""

import time

import pytest

from marketpulse import sql
from marketpulse.errors import DefinitionError

SESSIONS = """
with clicks as (select * from silver.clicks),
marked as (
    select *, case when lag(clicked_at) over (partition by user_id order by clicked_at, click_id) is null
              then 1 else 0 end as is_new
    from clicks
),
numbered as (select *, sum(is_new) over (partition by user_id order by clicked_at, click_id) as number from marked)
select n.user_id, max(n.clicked_at) as ended_at, count(*) as clicks, max(u.country) as country, max(item) as item
from numbered as n left join gold.dim_user as u on u.user_id = n.user_id
lateral view explode(n.items) e as item
group by n.user_id, n.number
"""
SCHEMAS = {
    "silver.clicks": ["click_id", "user_id", "clicked_at", "items"],
    "gold.dim_user": ["user_id", "country"],
}


def test_inputs_in_the_order_of_the_text():
    assert sql.inputs(sql.parse(SESSIONS)) == ("silver.clicks", "gold.dim_user")


def test_changed_is_a_table_only_where_it_is_allowed():
    query = sql.parse("select distinct s.day from silver.sales s join changed c on c.id = s.id")
    assert sql.inputs(query, allow=("changed",)) == ("silver.sales", "changed")
    with pytest.raises(DefinitionError, match="reads changed, which is no step"):
        sql.inputs(query)


def test_output_columns():
    assert sql.output_columns(sql.parse(SESSIONS)) == ["user_id", "ended_at", "clicks", "country", "item"]
    assert sql.output_columns(sql.parse("select a from silver.x union all select b from silver.x")) == ["a"]


def test_the_tree_is_not_changed_by_what_reads_it():
    query = sql.parse(SESSIONS)
    before = query.sql("spark")
    sql.check(query)
    sql.translate(query, "duckdb", {"silver.clicks": "silver_clicks"})
    sql.column_lineage(query, SCHEMAS)
    assert query.sql("spark") == before


def test_a_project_of_many_models_loads_fast():
    long = SESSIONS.replace("group by", "\n".join("-- why" for _ in range(40)) + "\ngroup by")
    start = time.perf_counter()
    for number in range(25):
        query = sql.parse(long + f"-- {number}")
        sql.check(query)
    assert time.perf_counter() - start < 2  # about 0.2 s; the margin is for a busy machine
