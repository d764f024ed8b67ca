"""What is told of orders afterwards: refunds, cancellations, thank-you pages opened again; and who guests were.

Refunds are sent by the shop's server, which knows customers and no browsers; so are cancellations and aliases, but for
the cancellations of orders of nobody, which come from the browser. All of a day is told before the plan ends, or not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from marketpulse_retail.generate import names
from marketpulse_retail.generate.encode import AGENTS, SHOP, browser_ids
from marketpulse_retail.generate.lines import cents
from marketpulse_retail.generate.orders import SHIPPING_CENTS, Online
from marketpulse_retail.generate.plan import ShopPlan
from marketpulse_retail.generate.visits import DAY, DEVICES, MINUTE, Visits, day_start

REOPENED, CANCELLED, REFUNDED, ALIAS = range(10, 14)
#: Shares of orders whose thank-you page is opened again, and that are paid back; after how many days.
_REOPENED, _REFUNDED = 0.05, 0.08
_REOPENED_DAYS = (1, 3, 5, 18)
_CANCELLED_AFTER = 10 * MINUTE
#: How an order is paid back: whole, by an amount, by a list of products, twice and too much.
_WHOLE, _AMOUNT, _PRODUCTS, _TWICE = range(4)


class Told(NamedTuple):
    """One event: by a browser (visitor) or the server (-1), of a customer (-1: nobody) and an order (-1: none).

    `cents` is what it pays back, None for all.
    """

    at: int
    kind: int
    visitor: int
    customer: int
    order: int
    cents: int | None = None


@dataclass(frozen=True)
class Later:
    """Events that follow the orders of one day, in their order of time, and their JSON."""

    events: list[Told]
    lines: list[str]


def later(plan: ShopPlan, day: int, visits: Visits, orders: Online) -> Later:
    """What is told afterwards of the orders of a day, and the aliases of that day."""
    found = [*_reopened(plan, day, visits, orders), *_paid_back(plan, day, visits, orders)]
    made = [(told, _order_event(plan, visits, orders, told)) for told in found]
    for customer, at, before, after in names.aliases(plan, day):
        called = names.texts(plan.customers)
        said = {"type": "alias", "previousId": called[before].as_py(), "userId": called[after].as_py()}
        made.append((Told(at, ALIAS, -1, customer, -1), said))
    end = day_start(plan, plan.days)
    made = sorted(((told, said) for told, said in made if told.at < end), key=lambda each: each[0][:5])
    lines = [
        json.dumps(_stamped(told, said, f"{plan.day(day)}-{number}"), separators=(",", ":"))
        for number, (told, said) in enumerate(made)
    ]
    return Later([told for told, _ in made], lines)


def _reopened(plan: ShopPlan, day: int, visits: Visits, orders: Online) -> list[Told]:
    rng = plan.random(day, "reopened")
    count = len(orders.event)
    hit = np.flatnonzero(rng.random(count) < _REOPENED)
    after = rng.choice(_REOPENED_DAYS, count) * DAY + rng.integers(-300, 300, count) * MINUTE
    at, visitor = visits.at[orders.event] + after, visits.visitor[orders.event]
    return [Told(int(at[i]), REOPENED, int(visitor[i]), int(orders.customer[i]), int(i)) for i in hit]


def _paid_back(plan: ShopPlan, day: int, visits: Visits, orders: Online) -> list[Told]:
    """Cancellations ten minutes after the order, refunds a day or two later."""
    rng = plan.random(day, "refunds")
    count = len(orders.event)
    refunded = (rng.random(count) < _REFUNDED) & (orders.customer >= 0) & ~orders.cancelled
    after = rng.integers(DAY, 2 * DAY, count) // 1000 * 1000
    way = rng.integers(0, 4, count)
    ordered, visitor = visits.at[orders.event], visits.visitor[orders.event]
    found = []
    for i in np.flatnonzero(orders.cancelled):
        customer = int(orders.customer[i])
        by = int(visitor[i]) if customer < 0 else -1
        found.append(Told(int(ordered[i]) + _CANCELLED_AFTER, CANCELLED, by, customer, int(i)))
    for i in np.flatnonzero(refunded):
        at, revenue = int(ordered[i] + after[i]), int(orders.prices.revenue[i])
        for number, share in enumerate(_shares(int(way[i]), revenue, int(orders.first_price[i]))):
            found.append(Told(at + number * MINUTE, REFUNDED, -1, int(orders.customer[i]), int(i), share))
    return found


def _shares(way: int, revenue: int, price: int) -> list[int | None]:
    """What each refund of an order pays back."""
    ways: dict[int, list[int | None]] = {
        _WHOLE: [None],
        _AMOUNT: [revenue * 3 // 10],
        _PRODUCTS: [price],
        _TWICE: [revenue * 7 // 10, revenue * 7 // 10],
    }
    return ways[way]


def _order_event(plan: ShopPlan, visits: Visits, orders: Online, told: Told) -> dict[str, Any]:
    """What the client says of an order."""
    prices, i = orders.prices, told.order
    said: dict[str, Any] = {"type": "track"}
    if told.visitor >= 0:
        said |= {"anonymousId": browser_ids(np.array([told.visitor]))[0].as_py()}
        device = int(visits.device[visits.orders[i]])
        page = {"url": f"{SHOP}/checkout/done", "path": "/checkout/done"}
        said |= {"context": {"page": page, "userAgent": AGENTS[device], "device": {"type": DEVICES[device]}}}
    if told.customer >= 0:
        called = names.name_at(plan, np.array([told.customer]), np.array([told.at]))
        said |= {"userId": names.texts(plan.customers)[int(called[0])].as_py()}
    properties: dict[str, Any] = {"order_id": prices.order_ids[i]}
    currency = {"currency": "EUR" if orders.euro[i] else "USD"}
    if told.kind == REOPENED:
        properties |= {"revenue": cents(int(prices.revenue[i])), "shipping": cents(SHIPPING_CENTS)} | currency
    elif told.cents is not None and told.cents == orders.first_price[i]:
        properties |= {"products": [{"price": cents(told.cents), "quantity": 1}]} | currency
    elif told.cents is not None:
        properties |= {"total": cents(told.cents)} | currency
    name = {REOPENED: "Order Completed", CANCELLED: "Order Cancelled", REFUNDED: "Order Refunded"}[told.kind]
    return said | {"event": name, "properties": properties}


def _stamped(told: Told, said: dict[str, Any], number: str) -> dict[str, Any]:
    """The event with its id and its time, by a clock that is right."""
    at = f"{np.datetime64(told.at, 'us').astype('datetime64[ms]')}Z"
    times = dict.fromkeys(("originalTimestamp", "sentAt", "receivedAt"), at)
    return {"messageId": f"shop-{number}", **said, **times}
