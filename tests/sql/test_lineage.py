"""Where each column comes from, through steps, windows, unions and subqueries."""

from __future__ import annotations

from marketpulse import sql

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


def test_lineage_goes_through_steps_stars_windows_and_arrays():
    found = sql.column_lineage(sql.parse(SESSIONS), SCHEMAS)
    assert found["user_id"] == [("silver.clicks", "user_id")]
    assert found["ended_at"] == [("silver.clicks", "clicked_at")]
    assert found["country"] == [("gold.dim_user", "country")]
    assert found["item"] == [("silver.clicks", "items")]


def test_lineage_of_a_union_and_of_a_subquery():
    query = sql.parse(
        "select a, (select max(k) from gold.dim as d where d.id = x.id) as k from silver.x as x"
        " union all select b, c from silver.y"
    )
    found = sql.column_lineage(query, {"silver.x": ["a", "id"], "silver.y": ["b", "c"], "gold.dim": ["k", "id"]})
    assert found["a"] == [("silver.x", "a"), ("silver.y", "b")]
    assert found["k"] == [("gold.dim", "k"), ("gold.dim", "id"), ("silver.x", "id"), ("silver.y", "c")]
