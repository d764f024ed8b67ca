"""The retail pack on a generated shop: gold finds what was planted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow.parquet as pq
import pytest

from marketpulse import flow
from marketpulse.metrics.question import Question
from marketpulse.run.context import Context, open_context
from marketpulse.run.report import FeedCounts, RunReport
from marketpulse.serving.metrics import ask
from marketpulse.serving.query import stream
from marketpulse.settings import Settings
from marketpulse_retail.generate import ShopPlan, generate
from marketpulse_retail.shop_project import shop_project
from tests.projects import project_at

START, DAYS = date(2026, 3, 5), 5  # American clocks change on the fourth day; the third and fourth have no rates


@dataclass
class Shop:
    """A generated shop; its first days were run before the others landed."""

    settings: Settings
    truth: dict[str, Any]
    sessions: Any
    paths: dict[str, list[str]]
    reports: list[RunReport]
    reader: Context

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        table = stream(self.reader, query).read_all()
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def feeds(self) -> dict[str, FeedCounts]:
        """Counts of each feed, over both runs, where a record is a row."""
        found: dict[str, FeedCounts] = {}
        tables = [table for report in self.reports for table in report.tables if table.name != "silver.event_items"]
        for feed in (feed for table in tables for feed in table.feeds):
            before = found.get(feed.source, FeedCounts(feed.source))
            counts = ("read", "accepted", "deduplicated", "quarantined", "filtered")
            sums = {name: getattr(before, name) + getattr(feed, name) for name in counts}
            found[feed.source] = replace(before, **sums)
        return found


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    root = tmp_path_factory.mktemp("packaged")
    generate(ShopPlan(START, days=DAYS, clicks_per_day=3_000), root / "generated", root / "truth")
    settings = Settings(root / "landing", root / "warehouse", shop_project(root / "project"), role="steward")
    truth = json.loads((root / "truth" / "truth.json").read_text())
    paths = pq.read_table(root / "truth" / "paths.parquet").to_pydict()
    channels = dict(zip(paths["order_id"], paths["channels"], strict=True))
    sessions = pq.read_table(root / "truth" / "sessions.parquet")
    reports = []
    for days in ("2026-03-0[56]", "*"):
        for path in sorted((root / "generated").glob(f"*/ingest_date={days}/**/*.*")):
            target = root / "landing" / path.relative_to(root / "generated")
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
        with open_context(settings, project_at(settings.project)) as context:
            reports.append(flow.run(context, flow.Options()))
    with open_context(settings, project_at(settings.project)) as reader:
        yield Shop(settings, truth, sessions, channels, reports, reader)


def test_everything_is_built_and_nothing_blocked(packaged: Shop) -> None:
    tables = {table.name: table for report in packaged.reports for table in report.tables}
    assert [
        (name, table.message) for name, table in tables.items() if table.status not in ("built", "up to date")
    ] == []
    assert [name for name, table in tables.items() if not table.rows and table.status == "built"] == []


def test_every_event_once(packaged: Shop) -> None:
    feed = packaged.feeds()["clickstream"]
    assert packaged.ask("select count(*) from silver.clicks") == [(packaged.truth["events"],)]
    assert feed.accepted + feed.deduplicated == packaged.truth["deliveries"]


def test_rows_are_conserved_for_every_feed(packaged: Shop) -> None:
    feeds = packaged.feeds()
    assert {name: feed.read for name, feed in feeds.items()} == packaged.truth["landed"]
    assert all(feed.conserved for feed in feeds.values())


def test_products_that_events_list_are_conserved(packaged: Shop) -> None:
    counts = [t.feeds for report in packaged.reports for t in report.tables if t.name == "silver.event_items"]
    assert all(feed.conserved for feeds in counts for feed in feeds)
    orphans = """select count(*) from silver.event_items as i
        left join silver.clicks as c on c.event_id = i.event_id and c.event_date = i.event_date
        where c.event_id is null or not contains(c.properties, i.product_id)"""
    assert packaged.ask("select count(*) > 0 from silver.event_items") == [(True,)]
    assert packaged.ask(orphans) == [(0,)]


def test_damage_is_quarantined_and_nothing_else(packaged: Shop) -> None:
    for name, feed in packaged.feeds().items():
        damaged = {k: v for k, v in packaged.truth["dirt"].items() if k.startswith(f"{name}.")}
        assert feed.quarantined == sum(v for k, v in damaged.items() if not k.endswith("duplicate")), name


def test_visits_are_the_planted_ones(packaged: Shop) -> None:
    """Payment returns, robots, browsers that two customers share, and what servers send of visits."""
    found = packaged.ask(
        "select s.visitor_id, started_at, ended_at, event_count, page_view_count, product_view_count, add_count,"
        " order_count, is_bot, coalesce(c.customer_id, s.user_id, b.customer_id) from gold.fct_sessions s"
        " left join gold.dim_visitor b on b.visitor_id = s.visitor_id and b.id_kind = 'browser'"
        " and s.started_at >= b.valid_from and s.started_at < b.valid_to"
        " left join gold.dim_visitor c on c.visitor_id = s.user_id and c.id_kind = 'customer'"
    )
    planted = packaged.sessions.drop_columns(["checkout_count"])
    expected = list(zip(*(column.to_pylist() for column in planted.columns), strict=True))
    assert sorted(found, key=repr) == sorted(expected, key=repr)


def test_how_owners_are_known_is_as_planted(packaged: Shop) -> None:
    found = packaged.ask(
        "select cast(session_date as varchar), named_count, known_count, claimed_count, moved_count, nobody_count"
        " from gold.agg_visit_owners_daily order by 1"
    )
    assert [list(row) for row in found] == [list(day.values()) for day in packaged.truth["owners"]]
    assert all(sum(column) for column in list(zip(*found, strict=True))[1:])


def test_the_funnel_is_the_planted_one(packaged: Shop) -> None:
    found = packaged.ask(
        "select cast(session_date as varchar), sum(session_count)::int, sum(viewed_count)::int, sum(added_count)::int,"
        " sum(checkout_count)::int, sum(ordered_count)::int from gold.agg_funnel_daily group by 1 order by 1"
    )
    assert [list(row) for row in found] == [list(day.values()) for day in packaged.truth["funnel"]]


def test_metrics_are_the_planted_ones(packaged: Shop) -> None:
    """What a person asks for by name is what was planted: the days of visits, and orders from two tables alike."""
    steps = ("visits", "viewing_visits", "adding_visits", "checkout_visits", "funnel_orders")
    found = ask(packaged.reader, Question.of({"metrics": steps, "grain": "day", "everything": True}))
    assert [[str(line.period), *line.values] for line in found.lines] == [
        list(day.values()) for day in packaged.truth["funnel"]
    ]
    orders = ask(
        packaged.reader, Question.of({"metrics": ["orders"], "by": ["store_id", "currency"], "everything": True})
    )
    counted = packaged.ask(
        "select store_id, currency, count(distinct (transaction_id, sold_date)) from gold.fct_sales"
        " where line_type = 'sale' group by all"
    )
    assert sum(line.values[0] or 0 for line in orders.lines) == sum(row[2] for row in counted)


def test_sales_are_the_planted_ones_after_corrections(packaged: Shop) -> None:
    """By the days of their stores, in three zones, one of them corrected; in two currencies and in one."""
    found = packaged.ask(
        "select cast(sold_date as varchar), store_id, currency, sum(net_amount)::decimal(18,5)::varchar,"
        " coalesce(-sum(net_amount) filter (is_return), 0)::decimal(18,5)::varchar,"
        " coalesce(sum(net_amount) filter (line_type = 'shipping'), 0)::decimal(18,5)::varchar,"
        " coalesce(sum(net_amount) filter (line_type = 'void'), 0)::decimal(18,5)::varchar,"
        " sum(net_of_tax_amount)::decimal(18,5)::varchar,"
        " coalesce(sum(quantity) filter (line_type = 'sale' and unit = 'kg'), 0)::decimal(18,3)::varchar,"
        " sum(reporting_net_amount)::decimal(18,9)::varchar, count(*), count(*) filter (is_return),"
        " count(distinct transaction_id) filter (line_type = 'sale')"
        " from gold.fct_sales group by 1, 2, 3 order by 1, 2, 3"
    )
    assert [list(row) for row in found] == [list(entry.values()) for entry in packaged.truth["sales"]]
    for column in ("returned", "voided", "shipping", "kilograms"):
        assert any(float(entry[column]) for entry in packaged.truth["sales"]), column
    assert {entry["currency"] for entry in packaged.truth["sales"]} == {"EUR", "USD"}


def test_the_days_of_sales_are_the_planted_ones(packaged: Shop) -> None:
    found = packaged.ask(
        "select cast(sold_date as varchar), store_id, currency, sum(net_amount)::decimal(18,5)::varchar,"
        " sum(returns_amount)::decimal(18,5)::varchar, sum(shipping_amount)::decimal(18,5)::varchar,"
        " sum(adjustment_amount)::decimal(18,5)::varchar, sum(reporting_net_amount)::decimal(18,9)::varchar,"
        " sum(order_count)::int from gold.agg_orders_daily group by 1, 2, 3 order by 1, 2, 3"
    )
    names = ("day", "store_id", "currency", "net", "returned", "shipping", "voided", "net_in_dollars", "orders")
    assert [list(row) for row in found] == [[entry[name] for name in names] for entry in packaged.truth["sales"]]


def test_the_credits_of_every_model_sum_to_the_orders(packaged: Shop) -> None:
    wrong = packaged.ask(
        "select a.order_id, a.model, sum(credit), sum(credit_amount), o.reporting_revenue_amount"
        " from gold.mart_attribution a"
        " join gold.fct_orders o using (order_id) group by all"
        " having sum(credit) <> 1 or sum(credit_amount) <> o.reporting_revenue_amount"
    )
    counted = packaged.ask("select count(distinct (order_id, model)) from gold.mart_attribution")
    assert wrong == []
    assert counted == [(5 * packaged.truth["online_orders"],)]


def test_the_visits_that_led_to_an_order_are_the_planted_ones(packaged: Shop) -> None:
    found = packaged.ask(
        "select order_id, list(channel order by touch_number) from gold.mart_attribution"
        " where model = 'linear' group by 1"
    )
    assert dict(found) == packaged.paths
    assert max(len(path) for path in packaged.paths.values()) > 2


def test_web_orders_and_what_is_left_of_them_are_the_planted_ones(packaged: Shop) -> None:
    """Refunds in part, twice, by products; cancellations; thank-you pages opened again; by days of New York."""
    found = packaged.ask(
        "select cast(activity_date as varchar), currency, order_count, gross_amount::decimal(18,2)::varchar,"
        " refund_count, cancelled_count, refunded_amount::decimal(18,2)::varchar, net_amount::decimal(18,2)::varchar,"
        " reporting_net_amount::varchar from gold.agg_web_orders_daily order by 1, 2"
    )
    assert [list(row) for row in found] == [list(entry.values()) for entry in packaged.truth["web_orders"]]
    told = "select count(*) - count(distinct order_id) from gold.fct_order_reports where told = 'completed'"
    assert packaged.ask(told) > [(0,)]
    way = "kind, is_whole, reported_amount is null, refund_amount < reported_amount"
    assert packaged.ask(f"select count(distinct ({way})) from gold.fct_refunds") == [(4,)]


def test_the_two_revenues_are_explained_order_by_order(packaged: Shop) -> None:
    found = packaged.ask(
        "select status, currency, count(*), sum(difference_amount)::decimal(18,2)::varchar"
        " from gold.mart_order_reconciliation group by 1, 2 order by 1, 2"
    )
    assert [list(row) for row in found] == [list(entry.values()) for entry in packaged.truth["reconciliation"]]
    assert {status for status, *_ in found} == {
        "matched",
        "only_clicked",
        "only_sold",
        "different_amount",
        "only_returned",
    }
    sums = packaged.ask("select sum(clicked_amount), sum(sold_amount) from gold.mart_order_reconciliation")
    told = packaged.ask("select sum(revenue_amount) from gold.fct_orders")
    sales = "line_type = 'sale' and channel in ('web', 'app')"
    assert sums == [(told[0][0], packaged.ask(f"select sum(net_amount) from gold.fct_sales where {sales}")[0][0])]


def test_what_marketing_cost_and_brought_is_as_planted(packaged: Shop) -> None:
    """A bill that was corrected, one in euro, campaigns that nobody followed, one without a rate."""
    found = packaged.ask(
        "select cast(activity_date as varchar), channel, cost_amount::varchar, visit_count, order_count::int,"
        " revenue_amount::varchar, new_customer_count::int, return_on_ad_spend::varchar"
        " from gold.mart_channel_performance where model = 'last' order by 1, 2"
    )
    assert [list(row) for row in found] == [list(entry.values()) for entry in packaged.truth["channels"]]
    assert packaged.ask("select currency from gold.mart_channel_performance group by 1") == [("USD",)]
    assert [(day, channel) for day, channel, cost, *_ in found if cost is None] == [("2026-03-06", "unknown")]
    warned = packaged.reports[0].tables
    rates = {rule for table in warned if table.name == "gold.fct_marketing_costs" for rule in table.warnings}
    assert len(rates) == 2


def test_a_second_run_commits_nothing(packaged: Shop) -> None:
    with open_context(packaged.settings, project_at(packaged.settings.project)) as context:
        before = {name: context.lake.find(name).snapshot_id for name in context.lake.names()}
        report = flow.run(context, flow.Options())
        assert {table.status for table in report.tables} == {"up to date"}
        assert {name: context.lake.find(name).snapshot_id for name in context.lake.names()} == before
