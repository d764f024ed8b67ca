"""The retail pack on a generated shop: gold finds what was planted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow.parquet as pq
import pytest

from marketpulse import flow
from marketpulse.project.project import load_project
from marketpulse.run.context import Context, open_context
from marketpulse.run.report import RunReport
from marketpulse.serving.query import stream
from marketpulse.settings import Settings
from marketpulse_retail.generate import ShopPlan, generate
from tests.shop import result


@dataclass
class Shop:
    """A generated shop that was run once."""

    settings: Settings
    truth: dict[str, Any]
    sessions: Any
    paths: dict[str, list[str]]
    report: RunReport

    @contextmanager
    def open(self) -> Iterator[Context]:
        with open_context(self.settings, load_project()) as context:
            yield context

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with self.open() as context:
            table = stream(context, query).read_all()
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    root = tmp_path_factory.mktemp("packaged")
    generate(ShopPlan(date(2026, 3, 2), days=5, clicks_per_day=4_000), root / "landing", root / "truth")
    settings = Settings(root / "landing", root / "warehouse")
    with open_context(settings, load_project()) as context:
        report = flow.run(context, flow.Options())
    truth = json.loads((root / "truth" / "truth.json").read_text())
    paths = pq.read_table(root / "truth" / "paths.parquet").to_pydict()
    channels = dict(zip(paths["order_id"], paths["channels"], strict=True))
    return Shop(settings, truth, pq.read_table(root / "truth" / "sessions.parquet"), channels, report)


def test_everything_is_built_and_nothing_blocked(packaged: Shop) -> None:
    # The generated shop has one currency and no rates, spends nothing, and nobody of it is given another name.
    rates = ("silver.exchange_rates", "gold.dim_exchange_rate")
    without = (*rates, "silver.marketing_costs", "gold.fct_marketing_costs", "gold.dim_alias")
    tables = [table for table in packaged.report.tables if table.name not in without]
    assert [(table.name, table.message) for table in tables if table.status != "built"] == []


def test_every_event_once(packaged: Shop) -> None:
    feed = result(packaged.report, "silver.clicks").feeds[0]
    assert (feed.accepted, feed.deduplicated) == (packaged.truth["events"], packaged.truth["repeated_deliveries"])


def test_rows_are_conserved_for_every_feed(packaged: Shop) -> None:
    feeds = {feed.source: feed for table in packaged.report.tables for feed in table.feeds}
    assert {name: feed.read for name, feed in feeds.items()} == packaged.truth["landed"]
    assert all(feed.conserved for feed in feeds.values())


def test_damage_is_quarantined_and_nothing_else(packaged: Shop) -> None:
    feeds = {feed.source: feed for table in packaged.report.tables for feed in table.feeds}
    for name, feed in feeds.items():
        damaged = {k: v for k, v in packaged.truth["dirt"].items() if k.startswith(f"{name}.")}
        assert feed.quarantined == sum(v for k, v in damaged.items() if not k.endswith("duplicate")), name


def test_sessions_are_the_planted_ones(packaged: Shop) -> None:
    columns = (
        "visitor_id, started_at, ended_at, event_count, page_view_count, product_view_count, add_count, order_count"
    )
    found = packaged.ask(f"select {columns}, is_bot from gold.fct_sessions")
    planted = packaged.sessions.drop_columns(["checkout_count"])
    expected = list(zip(*(column.to_pylist() for column in planted.columns), strict=True))
    assert sorted(found) == sorted(expected)


def test_the_funnel_is_the_planted_one(packaged: Shop) -> None:
    found = packaged.ask(
        "select cast(session_date as varchar), sum(session_count)::int, sum(viewed_count)::int, sum(added_count)::int,"
        " sum(checkout_count)::int, sum(ordered_count)::int from gold.agg_funnel_daily group by 1 order by 1"
    )
    assert [list(row) for row in found] == [list(day.values()) for day in packaged.truth["funnel"]]


def test_sales_are_the_planted_ones_after_corrections(packaged: Shop) -> None:
    found = packaged.ask(
        "select cast(sold_date as varchar), store_id, sum(net_amount)::decimal(18,2)::varchar, count(*),"
        " count(*) filter (is_return) from gold.fct_sales group by 1, 2 order by 1, 2"
    )
    assert [list(row) for row in found] == [list(entry.values()) for entry in packaged.truth["sales"]]


def test_the_aggregate_of_sales_adds_up_to_its_lines(packaged: Shop) -> None:
    query = "select sum(net_amount), sum(unit_count) from gold.agg_sales_daily"
    lines = "select sum(net_amount), sum(quantity) filter (not is_return) from gold.fct_sales"
    assert packaged.ask(query) == packaged.ask(lines)
    assert packaged.ask("select sum(net_amount), sum(unit_count) from gold.agg_orders_daily") == packaged.ask(lines)
    orders = "select count(distinct (sold_date, transaction_id)) from gold.fct_sales where line_type = 'sale'"
    assert packaged.ask("select sum(order_count) from gold.agg_orders_daily") == packaged.ask(orders)


def test_the_credits_of_every_model_sum_to_the_orders(packaged: Shop) -> None:
    wrong = packaged.ask(
        "select a.order_id, a.model, sum(credit), sum(credit_amount), o.revenue_amount from gold.mart_attribution a"
        " join gold.fct_orders o using (order_id) group by all"
        " having sum(credit) <> 1 or sum(credit_amount) <> o.revenue_amount"
    )
    counted = packaged.ask("select count(distinct (order_id, model)) from gold.mart_attribution")
    assert wrong == []
    assert counted == [(5 * sum(packaged.truth["online_orders"].values()),)]


def test_the_visits_that_led_to_an_order_are_the_planted_ones(packaged: Shop) -> None:
    found = packaged.ask(
        "select order_id, list(channel order by touch_number) from gold.mart_attribution"
        " where model = 'linear' group by 1"
    )
    assert dict(found) == packaged.paths
    assert max(len(path) for path in packaged.paths.values()) > 2


def test_the_two_revenues_are_explained_order_by_order(packaged: Shop) -> None:
    found = packaged.ask("select sum(clicked_amount), sum(sold_amount) from gold.mart_order_reconciliation")
    told = packaged.ask("select sum(revenue_amount) from gold.fct_orders")
    sold = packaged.ask("select sum(net_amount) from gold.fct_sales where not is_return and channel in ('web', 'app')")
    assert found == [(told[0][0], sold[0][0])]
    by_status = dict(
        packaged.ask("select status, sum(difference_amount) from gold.mart_order_reconciliation group by 1")
    )
    assert sum(by_status.values()) == told[0][0] - sold[0][0]
    assert by_status["matched"] == 0
    assert set(by_status) <= {"matched", "different_amount", "only_clicked", "only_sold", "only_returned"}


def test_a_second_run_commits_nothing(packaged: Shop) -> None:
    with packaged.open() as context:
        before = {name: context.lake.find(name).snapshot_id for name in context.lake.names()}
        report = flow.run(context, flow.Options())
        assert {table.status for table in report.tables} == {"up to date"}
        assert {name: context.lake.find(name).snapshot_id for name in context.lake.names()} == before
