"""Orders, visits and people are the same whatever order their events came in, and in whatever portions."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.retail.lab import Row
from tests.retail.piecemeal import Gold

TABLES = (
    "gold.fct_aliases",
    "gold.dim_alias",
    "gold.fct_identities",
    "gold.dim_visitor",
    "gold.fct_server_events",
    "gold.fct_order_reports",
    "gold.fct_orders",
    "gold.fct_arrivals",
    "gold.fct_sessions",
    "gold.fct_touches",
    "gold.agg_funnel_daily",
    "gold.mart_attribution",
    "gold.mart_cart_abandonment",
    "gold.agg_visit_owners_daily",
    "gold.fct_refunds",
    "gold.agg_web_orders_daily",
    "gold.mart_order_reconciliation",
)
NAMES = ("Product Viewed", "Product Added", "Product Removed", "Checkout Started")
#: Shared browsers, orders reported again, aliases that go round, customers nobody ever saw: few, so that they meet.
BROWSERS, CUSTOMERS, ORDERS = ("v", "w", "x"), ("ann", "bob", "a", "cy"), ("o1", "o2", "o3", "o4")


def stories(chance: random.Random) -> list[Row]:
    """Events of some weeks: visits of a few browsers, what servers say meanwhile, late reports, aliases."""
    found: list[Row] = []
    start = datetime(2026, 2, 27, 22)
    for _ in range(14):
        at = start + timedelta(days=chance.choice((0, 0, 1, 1, 2, 12, 33, 50)), minutes=chance.randrange(300))
        browser, user = chance.choice(BROWSERS), chance.choice((None, None, *CUSTOMERS))
        for _ in range(chance.randrange(1, 9)):
            at += timedelta(minutes=chance.choice((0, 1, 1, 5, 20, 29, 31)))
            user = chance.choice((user, user, user, user, *CUSTOMERS))
            found.append(_event(chance, len(found), at, browser, user))
    return found


def _event(chance: random.Random, number: int, at: datetime, browser: str, user: str | None) -> Row:
    plain = {"event_id": f"e{number:03}", "event_at": f"{at:%Y-%m-%d %H:%M:%S}", "event_date": f"{at:%Y-%m-%d}"}
    currency = chance.choice(("EUR", "EUR", "EUR", "SEK", None))
    more: dict[str, Any] = {"anonymous_id": browser, "user_id": user, "event_type": "track", "currency": currency}
    kind = chance.random()
    if kind < 0.2:
        more |= {"event_type": "page", "context_page_path": "/"}
    elif kind < 0.6:
        more |= {"event_name": chance.choice(NAMES), "price": "10", "quantity": 1}
    elif kind < 0.7:
        told = chance.choice(("Order Refunded", "Order Refunded", "Order Cancelled"))
        amount = chance.choice((None, "30", "80")) if told == "Order Refunded" else None
        more |= {"event_name": told, "order_id": chance.choice((*ORDERS, None)), "refund_amount": amount}
    elif kind < 0.9:
        revenue = chance.choice((None, "100", "90"))
        more |= {"event_name": "Order Completed", "order_id": chance.choice(ORDERS), "revenue_amount": revenue}
    else:
        more |= {"event_type": "alias", "previous_id": chance.choice((*BROWSERS, *CUSTOMERS)), "user_id": user or "cy"}
    if chance.random() < 0.25:
        more |= {"anonymous_id": None, "user_id": more["user_id"] or "ann"}
    return {**plain, **more, "visitor_id": more["anonymous_id"] or more["user_id"], "properties": "{}"}


def _sold(chance: random.Random, part: int) -> Row:
    day = chance.choice(("2026-02-28", "2026-03-02", "2026-04-01"))
    amounts = {"line_count": 1, "net_amount": "100", "returned_amount": "0", "currency": f"EU{part}"}
    return {"sold_date": day, "transaction_id": chance.choice((*ORDERS, "s")), **amounts}


@pytest.mark.parametrize("seed", range(3))
def test_any_order_and_split_of_arrivals_gives_the_tables_of_a_rebuild(seed: int) -> None:
    chance = random.Random(seed)
    events = stories(chance)
    chance.shuffle(events)
    gold = Gold(TABLES, ["silver.clicks", "gold.fct_sold_orders"])
    for part in range(3):
        gold.add("silver.clicks", events[part::3])
        gold.add("gold.fct_sold_orders", [_sold(chance, part)])
    grown, built = gold.rows(), gold.whole()
    for name in TABLES:
        assert grown[name] == built[name], name
    assert grown["gold.fct_refunds"]
