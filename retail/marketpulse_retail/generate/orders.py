"""Sales lines of one day: online orders, store receipts, returns and cancellations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketpulse_retail.generate.encode import Prices
from marketpulse_retail.generate.visits import HOURS, ORDER, SECOND, Visits, day_start
from marketpulse_retail.generate.world import Floats, Ints, World, customer_id, product_id, store_id

COUPON, RETURNS, CANCELLED = 0.15, 0.04, 0.01
_PAYMENTS = ("card", "cash", "wallet", "gift_card")


@dataclass(frozen=True)
class Lines:
    """Sales lines as columns; `sold_at` in microseconds, `unit_price` and `discount` in cents, customer -1: none."""

    transaction: list[str]
    line: Ints
    customer: Ints
    store: Ints
    product: Ints
    sold_at: Ints
    quantity: Ints
    unit_price: Ints
    discount: Ints
    payment: Ints

    def rows(self) -> list[list[str]]:
        """The lines as the fields of the CSV."""
        moment = np.datetime_as_string(self.sold_at.astype("datetime64[us]"), unit="s")
        channel = ["web", "app", "store"]
        return [
            [
                self.transaction[i],
                str(self.line[i]),
                customer_id(self.customer[i]) if self.customer[i] >= 0 else "",
                store_id(self.store[i]),
                product_id(self.product[i]),
                f"{moment[i]}Z",
                str(self.quantity[i]),
                cents(self.unit_price[i]),
                cents(self.discount[i]),
                _PAYMENTS[self.payment[i]],
                "USD",
                channel[min(self.store[i], 2)],
            ]
            for i in range(len(self.line))
        ]


def order_ids(world: World, day: int, count: int) -> list[str]:
    """Numbers of the online orders of a day, in the order of their visits."""
    stamp = world.plan.day(day).strftime("%Y%m%d")
    return [f"W{stamp}-{number:06d}" for number in range(count)]


def cents(amount: int) -> str:
    """`-150` -> `-1.50`."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def online(world: World, day: int, visits: Visits) -> tuple[Lines, Prices]:
    """Lines of the orders in the clickstream, and what the clients report of them."""
    rng = world.plan.random(day, "online")
    unit = world.prices(day)
    count = len(visits.orders)
    coupon = rng.random(count) < COUPON
    gross = unit[visits.line_product] * visits.line_quantity
    discount = np.where(coupon[visits.line_order], gross // 10, 0)
    revenue = np.bincount(visits.line_order, gross - discount, count).astype(np.int64)
    event = np.flatnonzero(visits.kind == ORDER)
    ids = order_ids(world, day, count)
    visitor = visits.visitor[event]
    customer = np.where(visits.known[event], world.customer_of(visitor), -1)
    line = _line_numbers(visits.line_order)
    lines = Lines(
        [ids[order] for order in visits.line_order],
        line,
        customer[visits.line_order],
        (visits.device[visits.orders] == 1).astype(np.int64)[visits.line_order],
        visits.line_product,
        visits.at[event][visits.line_order] // SECOND * SECOND,
        visits.line_quantity,
        unit[visits.line_product],
        discount,
        rng.integers(0, 4, count)[visits.line_order] // 2 * 2,
    )
    return lines, Prices(unit, revenue, world.plan.customers, ids, _product_arrays(lines, visits.line_order, count))


def _line_numbers(group: Ints) -> Ints:
    """1, 2, … within each run of equal values."""
    starts = np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1]))) if len(group) else np.array([], int)
    lengths = np.diff(np.concatenate((starts, [len(group)])))
    return np.arange(len(group)) - np.repeat(starts, lengths) + 1


def _product_arrays(lines: Lines, order: Ints, count: int) -> list[str]:
    """The `products` array of each order as JSON text."""
    items: list[list[str]] = [[] for _ in range(count)]
    for i, number in enumerate(order):
        price, quantity = cents(lines.unit_price[i]), lines.quantity[i]
        items[number].append(f'{{"product_id":"{product_id(lines.product[i])}","price":{price},"quantity":{quantity}}}')
    return [f"[{','.join(item)}]" for item in items]


def in_stores(world: World, day: int, wanted: int) -> Lines:
    """Receipts of the stores, about `wanted` lines, returns included."""
    plan = world.plan
    rng = plan.random(day, "receipts")
    count = int(wanted / 2.2)
    size = rng.geometric(1 / 2.2, count).clip(1, 15)
    receipt = np.repeat(np.arange(count), size)
    total = len(receipt)
    hour = rng.choice(np.arange(8, 22), count, p=_open_hours())
    at = day_start(plan, day) + (hour * 3600 + rng.integers(0, 3600, count)) * SECOND
    back = rng.random(count) < RETURNS
    unit = world.prices(day)
    product = world.pick_products(rng, total)
    quantity = rng.choice([1, 1, 1, 1, 2, 3], total) * np.where(back, -1, 1)[receipt]
    discount = np.where(rng.random(total) < 0.1, unit[product] * quantity // 20, 0)
    stamp = plan.day(day).strftime("%Y%m%d")
    store = rng.integers(2, plan.stores + 2, count)
    ids = [f"{'R' if back[i] else 'T'}{stamp}-{store[i]:03d}-{i:06d}" for i in range(count)]
    known = rng.random(count) < 0.55
    customer = np.where(known, rng.integers(0, plan.customers, count), -1)
    return Lines(
        [ids[i] for i in receipt],
        _line_numbers(receipt),
        customer[receipt],
        store[receipt],
        product,
        at[receipt],
        quantity,
        unit[product],
        discount,
        rng.integers(0, 4, count)[receipt],
    )


def _open_hours() -> Floats:
    share = HOURS[8:22]
    return np.asarray(share / share.sum())


def cancelled(world: World, day: int, sold: Lines) -> Lines:
    """Some online orders are cancelled the same evening: the same lines, negative, under their own number."""
    rng = world.plan.random(day, "cancel")
    gone = {name for name in dict.fromkeys(sold.transaction) if rng.random() < CANCELLED}
    chosen = np.array([name in gone for name in sold.transaction], bool)
    return Lines(
        [f"C{name}" for name, hit in zip(sold.transaction, chosen, strict=True) if hit],
        sold.line[chosen],
        sold.customer[chosen],
        sold.store[chosen],
        sold.product[chosen],
        sold.sold_at[chosen] + 600 * SECOND,
        -sold.quantity[chosen],
        sold.unit_price[chosen],
        -sold.discount[chosen],
        sold.payment[chosen],
    )
