"""Products that events list, from landed bytes to the day of a product."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.retail.feeds import Feeds
from tests.retail.lab import build
from tests.retail.rows import track

COLUMNS = "event_id, line_number, event_date, product_id, quantity, price, currency"


def event(message_id: str, received: str = "2026-03-02T10:00:05Z", **properties: Any) -> dict[str, Any]:
    plain = {"messageId": message_id, "type": "track", "event": "add_to_cart", "anonymousId": "v"}
    return {**plain, "receivedAt": received, "properties": properties}


def test_each_product_of_an_event_is_a_row(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    items = [{"item_id": "p", "price": 59.970000000000006, "quantity": 2}, {"item_id": " q ", "currency": "usd"}]
    early = {"originalTimestamp": "2026-03-01T23:59:58Z", "sentAt": "2026-03-02T10:00:05Z"}
    batch = {"batch": [event("b", products=[{"product_id": "p", "price": "1.50"}, {"sku": "r"}])]}
    lines = [
        {**event("a", items=items, currency="EUR"), **early},
        batch,
        event("c", product_id="p"),
        event("d", items=[]),
    ]
    feeds.land("clickstream", *map(json.dumps, lines))
    feeds.run("silver.event_items")
    assert feeds.ask(COLUMNS, "silver.event_items", "all") == [
        ("a", "1", "2026-03-01", "p", "2.0000", "59.970000", "EUR"),
        ("a", "2", "2026-03-01", "q", None, None, "USD"),
        ("b", "1", "2026-03-02", "p", None, "1.500000", None),
        ("b", "2", "2026-03-02", "r", None, None, None),
    ]


def test_an_empty_list_hides_no_other_and_what_is_no_list_is_told_and_not_lost(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    filled = [{"item_id": "p"}]
    lines = [
        event("a", products=[], items=filled),
        event("b", products={}, items=filled),
        event("c", items={"item_id": "q", "price": 1.5}),
        event("d", items='[{"item_id": "p"}]'),
        event("e", items=3),  # of another meaning
        event("f", products=[], items=[]),
        event("g", products=" ", items=None),
    ]
    feeds.land("clickstream", *map(json.dumps, lines))
    assert feeds.run("silver.event_items") == {"has_product": 2}
    found = feeds.ask("event_id, product_id, price", "silver.event_items", "all")
    assert found == [
        ("a", "p", None), ("b", "p", None), ("c", "q", "1.500000"), ("d", None, None), ("e", None, None),
    ]  # fmt: skip
    assert feeds.reasons() == {}


def test_an_event_that_is_sent_again_is_one_and_what_is_no_item_is_kept_out(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    first = event("a", items=[{"item_id": "p"}, {"item_id": "q"}, {"item_id": "r"}, {"item_id": "s", "price": "much"}])
    again = event("a", "2026-03-02T11:00:05Z", items=[{"item_id": "x"}])
    feeds.land("clickstream", json.dumps(again), json.dumps(first), json.dumps(event("b", items=[{"price": 1}])))
    assert feeds.run("silver.event_items") == {"has_product": 1}
    found = feeds.ask("event_id, line_number, product_id", "silver.event_items", "all")
    assert found == [("a", "1", "p"), ("a", "2", "q"), ("a", "3", "r"), ("b", "1", None)]
    assert feeds.reasons() == {"a/4": ["type"]}


def test_a_day_of_a_product_counts_the_events_that_name_or_list_it() -> None:
    clicks = [
        track("v1", "10:00:00", "Product Viewed", product_id="p"),
        track("v2", "10:00:00", "Product Viewed"),
        track("a1", "10:00:00", "Product Added"),
        track("a2", "10:00:00", "Product Added", product_id="p"),
        track("o", "10:00:00", "Order Completed"),
    ]
    listed = [("v1", 1, "q"), ("v2", 1, "p"), ("v2", 2, "p"), ("a1", 1, "p"), ("a1", 2, "q"), ("a1", 3, None),
              ("o", 1, "p"), ("nobody", 1, "p")]  # fmt: skip
    items = [{"event_id": e, "line_number": n, "event_date": "2026-03-02", "product_id": p} for e, n, p in listed]
    inputs = {"silver.clicks": clicks, "silver.event_items": items}
    found = build("gold.agg_product_daily", "product_id, view_count, add_count", inputs)
    assert found == [("p", 2, 2), ("q", 0, 1)]
