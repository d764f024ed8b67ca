"""Every metric of the pack against rows that were written by hand: one small warehouse of gold for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from marketpulse import sql
from marketpulse.engines.load import load_engine
from marketpulse.metrics.compiling import compiled, is_apart
from marketpulse.metrics.metric import parts
from marketpulse.metrics.rows import Asked
from marketpulse.settings import Settings
from tests.retail.lab import Row, fill, packaged
from tests.retail.rows import sale, session
from tests.spark import CONF

ONE, TWO = "2026-03-02", "2026-03-03"
METRICS = packaged().metrics[0].metrics


def sold(day: str, channel: str, currency: str = "EUR", **amounts: Any) -> Row:
    """A row of a daily table of sales, in store s but where it says another."""
    nothing = dict.fromkeys(
        ("gross_amount", "discount_amount", "returns_amount", "shipping_amount", "fee_amount", "adjustment_amount"), 0
    )
    place = {"store_id": "s", "channel": channel, "currency": currency, "reporting_currency": "EUR"}
    return {"sold_date": day, **place, "unit_count": 0, **nothing, **amounts}


#: Two days in euros, one row in dollars whose rate is not known.
DAILY = [
    sold(ONE, "store", category="tea", unit_count=4, gross_amount=100, discount_amount=10, returns_amount=9,
         net_amount=81, reporting_net_amount=81),
    sold(ONE, "web", category="tea", unit_count=1, gross_amount=20, discount_amount=0, shipping_amount=5, fee_amount=2,
         adjustment_amount=-3, net_amount=24, reporting_net_amount=24),
    sold(TWO, "store", category="cups", unit_count=3, gross_amount=30, discount_amount=5, net_amount=25,
         reporting_net_amount=25, store_id="t"),
    sold(TWO, "web", "USD", category="cups", unit_count=2, gross_amount=50, net_amount=50, reporting_net_amount=None),
]  # fmt: skip
ORDERS = [
    sold(ONE, "store", order_count=3),
    sold(ONE, "web", order_count=2),
    sold(TWO, "store", order_count=1, store_id="t"),
    sold(TWO, "store", order_count=0, store_id="u"),  # a return and no sale
    sold(TWO, "web", "USD", order_count=2),
]
#: Ann buys on both days and in two lines, Bob once; a stranger too; what Ann brings back is no purchase.
LINES = [
    sale("1", ONE, price="10", customer_id="ann", tax_amount=2),
    {**sale("1", ONE, price="20", customer_id="ann", tax_amount=4, category="cups"), "line_number": 2},
    sale("2", TWO, price="30", customer_id="ann", tax_amount=6),
    sale("3", TWO, price="40", customer_id="bob", tax_amount=8, currency="USD", channel="web"),
    sale("4", TWO, price="50", customer_id=None, tax_amount=None),
    sale("5", TWO, -1, price="10", customer_id="ann", tax_amount=-2),
]


def funnel(day: str, channel: str, *counts: int) -> Row:
    names = ("session", "viewed", "added", "checkout", "ordered", "converted")
    found = {f"{name}_count": count for name, count in zip(names, counts, strict=True)}
    return {"session_date": day, "channel": channel, "device_type": "mobile", **found}


def visit(name: str, day: str, visitor: str, pages: int, seconds: int, **more: Any) -> Row:
    found = session(name, f"{day} 10:00:00", visitor_id=visitor, page_view_count=pages, duration_seconds=seconds)
    return {**found, "is_bounce": False, "device_type": "mobile", **more}


def cart(name: str, amount: int | None, currency: str | None, left: bool, back: bool = False) -> Row:
    plain = {"session_id": name, "session_date": ONE, "channel": "email", "device_type": "mobile", "last_step": "added"}
    return {**plain, "cart_amount": amount, "cart_currency": currency, "is_abandoned": left, "is_recovered": back}


def web(day: str, currency: str, orders: int, gross: int, refunded: int = 0, cancelled: int = 0) -> Row:
    counts = {"order_count": orders, "cancelled_count": cancelled, "gross_amount": gross, "refunded_amount": refunded}
    counts |= {"unknown_count": orders // 2, "refund_count": 1}
    return {"activity_date": day, "currency": currency, **counts, "net_amount": gross - refunded}


def looked(day: str, product: str, views: int, adds: int, *sold: int, currency: str = "EUR") -> Row:
    units, net = sold
    found = {"activity_date": day, "product_id": product, "currency": currency, "view_count": views, "add_count": adds}
    told = {"reporting_currency": "EUR", "reporting_net_amount": net if currency == "EUR" else net * 0.9}
    return {**found, "unit_count": units, "net_amount": net, **told}


def spent(model: str, channel: str, cost: int | None, clicks: int, revenue: int | None, **more: Any) -> Row:
    counts = {"click_count": clicks, "impression_count": clicks * 10, "order_count": 2, "new_customer_count": 1}
    row = {"activity_date": ONE, "channel": channel, "model": model, "currency": "EUR", "cost_amount": cost, **counts}
    return {**row, "revenue_amount": revenue, **more}


def customer(name: str, first: str, orders: int, net: int | None, expected: int, currency: str = "EUR") -> Row:
    found = {"customer_id": name, "currency": currency, "first_order_date": first, "order_count": orders}
    found |= {"customer_first_order_date": first, "customer_order_count": orders, "as_of_date": TWO}
    return {**found, "net_amount": net, "expected_amount": expected}


def scored(name: str, segment: str, recency: int) -> Row:
    return {"customer_id": name, "currency": "EUR", "segment": segment, "recency_days": recency}


GOLD: dict[str, list[Row]] = {
    "gold.agg_sales_daily": DAILY,
    "gold.agg_orders_daily": ORDERS,
    "gold.fct_sales": LINES,
    "gold.agg_funnel_daily": [funnel(ONE, "email", 60, 30, 12, 6, 3, 4), funnel(TWO, "direct", 40, 10, 4, 2, 1, 1)],
    "gold.fct_sessions": [
        visit("a", ONE, "v", 4, 100),
        visit("b", ONE, "w", 1, 0, is_bounce=True),
        visit("c", TWO, "v", 7, 200, channel="email"),
        visit("d", TWO, "bot", 900, 9_000, is_bot=True),
    ],
    "gold.mart_cart_abandonment": [
        cart("a", 10, "EUR", left=True, back=True),
        cart("b", 20, "EUR", left=True),
        cart("c", 30, "USD", left=False),
        cart("d", None, None, left=True),
    ],
    "gold.agg_web_orders_daily": [web(ONE, "EUR", 4, 100, 20, 1), web(TWO, "EUR", 1, 10), web(TWO, "unknown", 1, 0)],
    "gold.mart_customer_value": [
        customer("ann", ONE, 3, 60, 6),
        customer("bob", TWO, 1, 40, 2),
        customer("bob", TWO, 1, 7, 1, "USD") | {"first_order_date": "2026-03-04"},
        customer("cid", TWO, 2, 20, 0),
    ],
    "gold.mart_customer_rfm": [scored("ann", "champions", 1), scored("bob", "champions", 5), scored("cid", "lost", 90)],
    "gold.agg_product_daily": [
        looked(ONE, "p", 10, 4, 2, 30),
        looked(TWO, "p", 10, 1, -1, -10),
        looked(TWO, "q", 20, 3, 0, 0, currency="XXX"),
        looked(TWO, "r", 0, 0, 1, 5, currency="USD"),
    ],
    "gold.mart_demand_forecast": [
        {"store_id": "s", "category": "tea", "forecast_date": "2026-03-10", "forecast_unit_count": 2.5},
        {"store_id": "t", "category": "tea", "forecast_date": "2026-03-11", "forecast_unit_count": 4},
    ],
    "gold.mart_channel_performance": [
        spent("last", "email", 40, 20, 200),
        spent("last", "paid_search", 60, 30, 100),
        spent("last", "direct", 0, 0, 30),
        spent("first", "email", 40, 20, 70),
    ],
    "gold.fct_touches": [
        {"session_id": "a", "touch_number": n, "session_date": ONE, "channel": "email", "source": "crm"} for n in (1, 2)
    ],
    "gold.mart_order_reconciliation": [
        {"order_id": "1", "status": "matched", "currency": "EUR", "difference_amount": 0},
        {"order_id": "2", "status": "different_amount", "currency": "EUR", "difference_amount": -4},
        {"order_id": "3", "status": "unknown_amount", "currency": "USD", "difference_amount": None},
    ],
    "gold.dim_store": [
        {"store_key": "1", "store_id": "s", "region": "old", "valid_from": "2020-01-01"},
        {"store_key": "2", "store_id": "s", "region": "north", "valid_from": "2021-01-01"},
        {"store_key": "3", "store_id": "t", "region": "south", "valid_from": "2020-01-01"},
    ],
    "gold.dim_product": [],
    "gold.dim_date": [],
}

#: What each metric is over both days: one value, or one for each currency.
TRUTH: dict[str, Any] = {
    "reporting_product_revenue": {"EUR": 24.5},
    "unknown_web_orders": 2,
    "refunded_web_orders": 3,
    "reconciled_orders": 3,
    "reconciliation_difference": {"EUR": -4, "USD": None},
    "gross_revenue": {"EUR": 150, "USD": 50},
    "discounts": {"EUR": 15, "USD": 0},
    "goods_revenue": {"EUR": 135, "USD": 50},
    "returned_revenue": {"EUR": 9, "USD": 0},
    "shipping_revenue": {"EUR": 5, "USD": 0},
    "fee_revenue": {"EUR": 2, "USD": 0},
    "corrections": {"EUR": -3, "USD": 0},
    "net_revenue": {"EUR": 130, "USD": 50},
    "reporting_net_revenue": {"EUR": None},
    "units_sold": 10,
    "sales_tax": {"EUR": None, "USD": 8},
    "orders": 8,
    "selling_stores": 2,
    "average_order_value": {"EUR": 22.5, "USD": 25},
    "units_per_order": 1.25,
    "average_unit_revenue": {"EUR": 16.875, "USD": 25},
    "discount_rate": {"EUR": 0.1, "USD": 0},
    "return_rate": {"EUR": 9 / 135, "USD": 0},
    "orders_per_store": 4,
    "visits": 100,
    "viewing_visits": 40,
    "adding_visits": 16,
    "checkout_visits": 8,
    "funnel_orders": 4,
    "converting_visits": 5,
    "conversion_rate": 0.05,
    "view_rate": 0.4,
    "add_to_cart_rate": 0.4,
    "checkout_rate": 0.5,
    "checkout_completion_rate": 0.5,
    "visitors": 2,
    "bounced_visits": 1,
    "page_views": 12,
    "visit_duration": 100,
    "bot_visits": 1,
    "bounce_rate": 0.01,
    "visits_per_visitor": 50,
    "pages_per_visit": 0.12,
    "carts": 4,
    "abandoned_carts": 3,
    "recovered_carts": 1,
    "cart_value": {"EUR": 30, "USD": 30, "unknown": None},
    "cart_abandonment_rate": 0.75,
    "cart_recovery_rate": 1 / 3,
    "web_orders": 6,
    "cancelled_web_orders": 1,
    "web_revenue": {"EUR": 110, "unknown": 0},
    "web_refunds": {"EUR": 20, "unknown": 0},
    "net_web_revenue": {"EUR": 90, "unknown": 0},
    "web_order_value": {"EUR": 22, "unknown": 0},
    "active_customers": 2,
    "known_orders": 3,
    "customer_revenue": {"EUR": 50, "USD": 40},
    "known_order_share": 3 / 8,
    "orders_per_customer": 1.5,
    "revenue_per_customer": {"EUR": 25, "USD": 20},
    "new_customers": 3,
    "customers": 3,
    "repeat_customers": 2,
    "repeat_customer_rate": 2 / 3,
    "value_of_customers": {"EUR": 120, "USD": 7},
    "value_per_customer": {"EUR": 40, "USD": 7 / 3},
    "expected_revenue": {"EUR": 8, "USD": 1},
    "segmented_customers": 3,
    "median_recency": 5,
    "product_views": 40,
    "cart_adds": 8,
    "product_units": 2,
    "product_revenue": {"EUR": 20, "USD": 5},
    "selling_products": 2,
    "view_to_add_rate": 0.2,
    "revenue_per_view": {"EUR": 0.5, "USD": 0.125},
    "forecast_units": 6.5,
    "marketing_cost": {"EUR": 100},
    "ad_clicks": 50,
    "ad_impressions": 500,
    "attributed_orders": 6,
    "attributed_revenue": {"EUR": 330},
    "first_touch_revenue": {"EUR": 70},
    "acquired_customers": 3,
    "click_through_rate": 0.1,
    "cost_per_click": {"EUR": 2},
    "return_on_ad_spend": {"EUR": 3.3},
    "cost_per_order": {"EUR": 100 / 6},
    "acquisition_cost": {"EUR": 100 / 3},
    "touches": 2,
}


@pytest.fixture(scope="module")
def warehouse() -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[str, str]]]:
    with duckdb.connect() as connection:
        yield connection, {name: fill(connection, name, rows) for name, rows in GOLD.items()}


def answer(warehouse: Any, name: str, *by: str, **asked: Any) -> Any:
    """One value, or values by the rest of their row."""
    connection, names = warehouse
    metric = METRICS[name]
    query = compiled([metric], Asked(by=by, apart=is_apart([metric], by), **asked))
    return _plain(connection.execute(sql.translate(query, sql.DUCKDB, names)).fetchall())


def _plain(rows: list[tuple[Any, ...]]) -> Any:
    if len(rows[0]) == 1:
        return rows[0][0]
    return {row[0] if len(row) == 2 else row[:-1]: row[-1] for row in rows}


def same(found: Any, expected: Any) -> bool:
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(same(found[key], value) for key, value in expected.items())
    if found is None or expected is None:
        return found is expected
    return float(found) == pytest.approx(float(expected), abs=0.0001)


def test_every_metric_has_its_truth_and_there_are_many() -> None:
    assert set(TRUTH) == set(METRICS)
    assert packaged().metrics[1] == ()
    assert len(TRUTH) >= 40


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_a_metric_is_what_the_rows_say(warehouse: Any, name: str) -> None:
    assert same(answer(warehouse, name), TRUTH[name])


@pytest.mark.engines(always=False)
def test_all_of_them_are_the_same_on_each_engine(warehouse: Any, engine: str, tmp_path: Path) -> None:
    connection, names = warehouse
    settings = Settings(tmp_path, tmp_path / "w", tmp_path, engine=engine, memory_mb=512, spark=dict(CONF))
    made, bound = load_engine(settings, tmp_path), {}
    for table, name in names.items():
        connection.execute(f"copy {name} to '{tmp_path}/{name}.parquet' (format parquet)")
        types = packaged().table(table).contract.types
        bound[table] = made.bind(name, types, [f"{tmp_path}/{name}.parquet"]).name
    for name, metric in METRICS.items():
        query = compiled([metric], Asked(apart=is_apart([metric], ())))
        assert same(_plain(made.rows(sql.translate(query, made.dialect, bound))), TRUTH[name]), name
    made.close()


def test_a_visit_of_a_bot_and_a_stranger_count_where_they_should(warehouse: Any) -> None:
    assert answer(warehouse, "visitors", "channel") == {"direct": 2, "email": 1}  # v came twice
    assert answer(warehouse, "active_customers", "category") == {"tea": 2, "cups": 1}
    assert answer(warehouse, "known_orders", "channel") == {"store": 2, "web": 1}


def test_stores_stand_by_where_they_are_now(warehouse: Any) -> None:
    found = answer(warehouse, "orders", "store_region")
    assert found == {"north": 7, "south": 1, None: 0}
    assert same(answer(warehouse, "average_order_value", "store_region", where=None)[("north", "EUR")], 22)


def test_days_are_those_of_the_source(warehouse: Any) -> None:
    found = answer(warehouse, "new_customers", grain="day")
    assert found == {date(2026, 3, 2): 1, date(2026, 3, 3): 2}
    assert answer(warehouse, "active_customers", grain="week") == {date(2026, 3, 2): 2}


@pytest.mark.parametrize("name", sorted(METRICS))
def test_a_metric_is_told_in_whole_sentences(name: str) -> None:
    metric = METRICS[name]
    assert metric.description.endswith(".")
    assert all(part.name in METRICS for part in parts(metric))
