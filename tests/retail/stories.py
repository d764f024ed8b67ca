"""Random histories of a shop: few browsers, customers, orders and products, so that they meet."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.retail.lab import Row

NAMES = ("Product Viewed", "Product Added", "Product Removed", "Checkout Started")
#: Shared browsers, orders reported again, aliases that go round, customers nobody ever saw.
BROWSERS, CUSTOMERS, ORDERS = ("v", "w", "x"), ("ann", "bob", "a", "cy"), ("o1", "o2", "o3", "o4")
#: Around the ends of months and of summer time, and a late evening of UTC.
STARTS = (datetime(2026, 2, 27, 22), datetime(2026, 4, 3, 5), datetime(2026, 3, 6, 1), datetime(2026, 9, 25, 4))
_CAMPAIGNS: tuple[Row, ...] = (
    {"context_campaign_source": "google", "context_campaign_medium": "cpc", "context_campaign_name": "c1"},
    {"context_campaign_source": "fb", "context_campaign_medium": "social", "context_campaign_name": "c2"},
    {"context_page_url": "https://shop.example/", "context_page_referrer": "https://www.bing.com/"},
    {"context_page_url": "https://shop.example/", "context_page_referrer": "https://www.paypal.com/x"},
)
_PAUSES = (0, 1, 1, 5, 20, 29, 31)
#: Of visits that go on for days, and on past midnights.
_LONG_PAUSES = (0, 0, 20, 29, *[30] * 7, 29, 31, 60, 110)


def clicks(chance: random.Random, start: datetime, is_long: bool = False) -> list[Row]:
    """Events of some weeks: visits of a few browsers, what servers say meanwhile, late reports, aliases."""
    found: list[Row] = []
    for _ in range(14):
        at = start + timedelta(days=chance.choice((0, 0, 1, 1, 2, 12, 33, 50)), minutes=chance.randrange(600))
        browser, user = chance.choice(BROWSERS), chance.choice((None, None, *CUSTOMERS))
        for _ in range(chance.randrange(1, 60 if is_long and chance.random() < 0.6 else 9)):
            at += timedelta(minutes=chance.choice(_LONG_PAUSES if is_long else _PAUSES))
            user = chance.choice((*[user] * 6, *CUSTOMERS))
            found.append(_event(chance, len(found), at, browser, user))
    return found


def _event(chance: random.Random, number: int, at: datetime, browser: str, user: str | None) -> Row:
    more = {"anonymous_id": browser, "user_id": user, "event_type": "track", **_told(chance, user)}
    if chance.random() < 0.3:
        more |= chance.choice(_CAMPAIGNS)
    if chance.random() < 0.25:
        more |= {"anonymous_id": None, "user_id": more["user_id"] or "ann"}
    more |= {"visitor_id": more["anonymous_id"] or more["user_id"], "product_id": chance.choice(("p1", "p2", None))}
    currency = chance.choice(("EUR", "EUR", "EUR", "SEK", None))
    return {"event_id": f"e{number:03}", **_moment("event", at), "currency": currency, "properties": "{}", **more}


def _told(chance: random.Random, user: str | None) -> dict[str, Any]:
    """What an event tells: most are pages and steps to an order."""
    kind = chance.random()
    if kind < 0.25:
        return {"event_type": "page", "context_page_path": "/"}
    if kind < 0.6:
        return {"event_name": chance.choice(NAMES), "price": "10", "quantity": 1}
    if kind < 0.7:
        name = chance.choice(("Order Refunded", "Order Refunded", "Order Cancelled"))
        amount = chance.choice((None, "30", "80")) if name == "Order Refunded" else None
        return {"event_name": name, "order_id": chance.choice((*ORDERS, None)), "refund_amount": amount}
    if kind < 0.9:
        revenue = chance.choice((None, "100", "90"))
        return {"event_name": "Order Completed", "order_id": chance.choice(ORDERS), "revenue_amount": revenue}
    return {"event_type": "alias", "previous_id": chance.choice((*BROWSERS, *CUSTOMERS)), "user_id": user or "cy"}


def others(chance: random.Random, start: datetime) -> Iterator[tuple[str, list[Row]]]:
    """A few rows of each other silver table: sales, the versions they belong to, rates, costs."""
    yield "silver.sales", [_sale(chance, start) for _ in range(8)]
    yield "silver.stores", [_store(chance, start) for _ in range(2)]
    yield "silver.products", [_version(chance, start, product_id=("p1", "p2"), category=("x", "y")) for _ in range(2)]
    yield "silver.customers", [_version(chance, start, customer_id=CUSTOMERS, city="xyz") for _ in range(2)]
    yield "silver.exchange_rates", [_rate(chance, start) for _ in range(4)]
    yield "silver.marketing_costs", [_cost(chance, start) for _ in range(3)]
    yield "silver.event_items", [_item(chance, start, number) for number in range(40)]


def _item(chance: random.Random, start: datetime, number: int) -> Row:
    """A product that one of the first events may list."""
    day = (start + timedelta(days=chance.choice((0, 1, 2)))).date()
    listed = {"product_id": chance.choice(("p1", "p2", "p3", None)), "currency": chance.choice(("EUR", "SEK", None))}
    return {"event_id": f"e{chance.randrange(60):03}", "line_number": number, "event_date": f"{day}", **listed}


def _sale(chance: random.Random, start: datetime) -> Row:
    at = start + timedelta(days=chance.choice((0, 1, 2, 12, 33)), minutes=chance.randrange(4000))
    line = {"transaction_id": chance.choice((*ORDERS, "s", "t")), "line_number": chance.choice((1, 2, 3))}
    who = {"customer_id": chance.choice((None, *CUSTOMERS)), "store_id": chance.choice(("s1", "s2", "unknown"))}
    what = {"product_id": chance.choice(("p1", "p2")), "quantity": chance.choice(("1", "2", "-1", "0.5"))}
    price = {"unit_price": "10", "discount_amount": "0", "currency": chance.choice(("EUR", "SEK", "USD"))}
    tax = {"tax_amount": chance.choice((None, "1")), "price_includes_tax": chance.choice((None, True, False))}
    return {**line, **_moment("sold", at), **who, **what, **price, **tax, "channel": chance.choice(("store", "web"))}


def _store(chance: random.Random, start: datetime) -> Row:
    zones = ("America/New_York", "Pacific/Kiritimati", "Etc/GMT+12", None, "no/zone")
    place = {"timezone": zones, "day_start_hour": (None, 0, 6, 23)}
    return _version(chance, start, store_id=("s1", "s2", "unknown"), **place)


def _version(chance: random.Random, start: datetime, **values: Any) -> Row:
    at = chance.choice((start, _some_time(chance, start)))
    return {name: chance.choice(each) for name, each in values.items()} | {"valid_from": f"{at:%Y-%m-%d %H:%M:%S}"}


def _rate(chance: random.Random, start: datetime) -> Row:
    currency, other = chance.choice((("SEK", "EUR"), ("USD", "EUR"), ("EUR", "USD"), ("SEK", "USD")))
    day = f"{_some_time(chance, start):%Y-%m-%d}"
    return {"rate_date": day, "currency": currency, "reporting_currency": other, "rate": chance.choice(("0.5", "3.25"))}


def _cost(chance: random.Random, start: datetime) -> Row:
    where = {"channel": chance.choice(("", "", "paid_search")), "campaign_source": chance.choice(("", "google"))}
    money = {"currency": chance.choice(("EUR", "SEK")), "cost_amount": "7"}
    day = f"{_some_time(chance, start):%Y-%m-%d}"
    return {"cost_date": day, **where, "campaign_name": chance.choice(("c1", "c2")), **money}


def _some_time(chance: random.Random, start: datetime) -> datetime:
    return start + timedelta(days=chance.randrange(-3, 37), minutes=chance.randrange(1440))


def _moment(what: str, at: datetime) -> Row:
    return {f"{what}_at": f"{at:%Y-%m-%d %H:%M:%S}", f"{what}_date": f"{at:%Y-%m-%d}"}
