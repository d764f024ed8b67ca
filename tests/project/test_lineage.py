"""What a table or column is made from, and what is made from it."""

from __future__ import annotations

import pytest

from marketpulse.errors import UsageError
from marketpulse.project.lineage import Node, column_sources, trace
from tests.shop import MiniShop


def test_a_table_has_its_inputs_and_its_users(shop: MiniShop) -> None:
    assert trace(shop.project(), "silver.sales") == [Node("silver.sales", ["bronze.sales"], ["gold.agg_daily"])]


def test_every_table_that_a_query_fills_is_told_when_none_is_asked_for(shop: MiniShop) -> None:
    assert {node.name for node in trace(shop.project())} == {
        "silver.sales",
        "silver.clicks",
        "gold.agg_daily",
        "gold.mart_total",
    }


def test_a_column_is_followed_in_both_directions(shop: MiniShop) -> None:
    (node,) = trace(shop.project(), "gold.agg_daily.qty")
    assert node == Node("gold.agg_daily.qty", ["silver.sales.qty"], ["gold.mart_total.qty"])


def test_columns_of_a_json_feed_come_from_the_record(shop: MiniShop) -> None:
    project = shop.project()
    assert column_sources(project, project.table("silver.clicks"))["event_at"] == ["bronze.clicks.raw"]


def test_columns_of_a_table_that_is_defined_wrongly_have_no_origin_in_what_reads_it(shop: MiniShop) -> None:
    shop.edit("gold/agg_daily/contract.yaml", "physicalType: 'date'", "physicalType: 'nothing'")
    project = shop.project()
    assert column_sources(project, project.table("gold.mart_total")) == {}


@pytest.mark.parametrize(
    ("name", "words"),
    [("gold.agg_dayly", "did you mean gold.agg_daily?"), ("gold.agg_daily.kty", "it has day, line_count, qty, amount")],
)
def test_what_is_not_there_is_named_with_what_is(shop: MiniShop, name: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        trace(shop.project(), name)
    assert words in str(caught.value)
