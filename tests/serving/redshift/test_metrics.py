"""Metrics as views of Redshift: its own SQL, a day a row, nothing smaller of what does not add up."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from marketpulse.serving.redshift.access import Place
from marketpulse.serving.redshift.metrics import metric_views
from tests.retail.lab import fill, packaged
from tests.retail.test_metrics import GOLD

METRICS = packaged().metrics[0].metrics
PLACE = Place("gold", "default", "shop")
COPIED = [table.contract for table in packaged().tables.values() if table.contract.layer == "gold"]


@cache
def made() -> dict[str, list[str]]:
    """The statements of each view, by its metric: seconds, which only who runs these tests waits for."""
    groups = metric_views(PLACE, METRICS, COPIED)
    return {group[0].removeprefix("drop view if exists shop.metric_"): group for group in groups}


def query(name: str) -> str:
    return made()[name][1].partition(" as ")[2].removesuffix(" with no schema binding")


def columns(name: str) -> list[str]:
    return [each.alias_or_name for each in sqlglot.parse_one(query(name), read="redshift").selects]


def test_nearly_all_have_one_and_it_reads_the_copies_only() -> None:
    assert set(METRICS) - set(made()) == {"median_recency"}
    for name in made():
        tree = sqlglot.parse_one(query(name), read="redshift")
        steps = {cte.alias for cte in tree.find_all(exp.CTE)}
        assert {t.db for t in tree.find_all(exp.Table) if t.name not in steps} == {"shop"}
        assert "TRY_CAST" not in query(name)


def test_what_does_not_add_up_has_no_smaller_part() -> None:
    assert columns("orders") == ["period", "channel", "store_id", "orders"]
    assert columns("net_revenue") == ["period", "channel", "category", "store_id", "currency", "net_revenue"]
    assert columns("active_customers") == ["period", "active_customers"]
    assert columns("average_order_value") == ["period", "currency", "average_order_value"]
    assert columns("customers") == ["customers"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("orders", 8),
        ("bounced_visits", 1),
        ("conversion_rate", pytest.approx(4 / 60 + 1 / 40)),
        ("cart_abandonment_rate", 0.75),
    ],
)
def test_a_view_has_the_numbers_of_its_metric(name: str, found: object) -> None:
    """Run where Redshift's SQL and DuckDB's are one."""
    with duckdb.connect() as connection:
        connection.execute("create schema shop")
        for table, rows in GOLD.items():
            fill(connection, table, rows, f"shop.{table.split('.')[1]}")
        assert connection.execute(f"select sum({name}) from ({query(name)})").fetchall()[0][0] == found


def test_what_reads_a_table_or_a_column_that_is_not_copied_has_no_view() -> None:
    facts = [contract for contract in COPIED if contract.name != "gold.fct_sales"]
    assert not any("fct_sales" in query for group in metric_views(PLACE, METRICS, facts) for query in group)
    masked = [replace(c, columns=tuple(replace(each, classification="pii") for each in c.columns)) for c in COPIED]
    left = [group[0].rpartition("metric_")[2] for group in metric_views(PLACE, METRICS, masked)]
    assert left == ["customers", "segmented_customers"]
