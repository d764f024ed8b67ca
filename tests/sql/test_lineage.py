"""Where each column comes from, through steps, windows, unions and subqueries."""

from __future__ import annotations

from marketpulse import sql
from tests.sql.queries import SCHEMAS, SESSIONS


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
