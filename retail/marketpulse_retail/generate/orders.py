"""Orders of the web shop and the app: what their clients say, their sales lines, and those that cancel some."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from marketpulse_retail.generate.encode import Prices
from marketpulse_retail.generate.lines import PIECE, RETURN, SALE, SHIPPED, Lines, cents, line_numbers
from marketpulse_retail.generate.visits import ORDER, SECOND, Visits
from marketpulse_retail.generate.world import Ints, World, product_id
from marketpulse_retail.generate.world import in_euro as euro_price

COUPON, CANCELLED = 0.15, 0.01
SHIPPING_CENTS = 499


def order_ids(world: World, day: int, count: int) -> list[str]:
    """Numbers of the online orders of a day, in the order of their visits."""
    stamp = world.plan.day(day).strftime("%Y%m%d")
    return [f"W{stamp}-{number:06d}" for number in range(count)]


def online(world: World, day: int, visits: Visits) -> tuple[Lines, Prices]:
    """Lines of the orders in the clickstream, and what the clients report of them."""
    rng = world.plan.random(day, "online")
    unit = world.prices(day)
    count = len(visits.orders)
    event = np.flatnonzero(visits.kind == ORDER)
    visitor = visits.visitor[event]
    euro = visits.pays_euro(visitor)
    coupon = rng.random(count) < COUPON
    price = unit[visits.line_product]
    price = np.where(euro[visits.line_order], euro_price(price), price)
    gross = price * visits.line_quantity
    discount = np.where(coupon[visits.line_order], gross // 10, 0)
    revenue = np.bincount(visits.line_order, gross - discount, count).astype(np.int64)
    ids = order_ids(world, day, count)
    payment = rng.integers(0, 4, count) // 2 * 2
    customer = np.where(visits.known[event], world.customer_of(visitor), -1)
    store = (visits.device[visits.orders] == 1).astype(np.int64)
    goods = len(visits.line_order)
    # A line of shipping follows the goods of each order.
    order = np.concatenate((visits.line_order, np.arange(count)))
    lines = Lines(
        np.array(ids, str)[order] if count else np.array([], str),
        np.concatenate((line_numbers(visits.line_order), np.bincount(visits.line_order, minlength=count) + 1)),
        customer[order],
        store[order],
        np.concatenate((visits.line_product, np.full(count, -1))),
        visits.at[event][order] // SECOND * SECOND,
        np.concatenate((visits.line_quantity, np.ones(count, np.int64))) * PIECE,
        np.concatenate((price, np.full(count, SHIPPING_CENTS))),
        np.concatenate((discount, np.zeros(count, np.int64))),
        payment[order],
        np.where(np.arange(len(order)) < goods, SALE, SHIPPED),
        euro[order],
        np.zeros(len(order), bool),
    )
    told = _product_arrays(lines, visits.line_order, count)
    return lines, Prices(unit, revenue, world.plan.customers, ids, told)


def _product_arrays(lines: Lines, order: Ints, count: int) -> list[str]:
    """The `products` array of each order as JSON text."""
    items: list[list[str]] = [[] for _ in range(count)]
    told = zip(order.tolist(), lines.product.tolist(), lines.unit_price.tolist(), lines.quantity.tolist(), strict=False)
    for number, product, price, quantity in told:
        item = f'{{"product_id":"{product_id(product)}","price":{cents(price)},"quantity":{quantity // PIECE}}}'
        items[number].append(item)
    return [f"[{','.join(item)}]" for item in items]


def cancelled(world: World, day: int, sold: Lines) -> Lines:
    """Some online orders are cancelled the same evening: goods and shipping, negative, under a number of their own."""
    rng = world.plan.random(day, "cancel")
    names, order = np.unique(sold.transaction, return_inverse=True)
    gone = (rng.random(len(names)) < CANCELLED)[order]
    back = sold.of(gone)
    return replace(
        back,
        transaction=np.char.add("C", back.transaction) if gone.any() else back.transaction,
        sold_at=back.sold_at + 600 * SECOND,
        quantity=-back.quantity,
        discount=-back.discount,
        kind=np.where(back.kind == SALE, RETURN, back.kind),
    )
