"""Orders of the web shop and the app: what their clients say, their sales lines, and those that cancel some.

The two do not always agree: some lines never arrive, some orders were made by telephone, some clients add the shipping.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from marketpulse_retail.generate.encode import Prices
from marketpulse_retail.generate.lines import PIECE, RETURN, SALE, SHIPPED, Lines, cents, line_numbers
from marketpulse_retail.generate.visits import HOUR, ORDER, SECOND, Visits
from marketpulse_retail.generate.world import Ints, World, product_id
from marketpulse_retail.generate.world import in_euro as euro_price

COUPON, CANCELLED = 0.15, 0.01
#: Shares of orders without sales lines, of those told with shipping, and of those made once more by telephone.
_UNSOLD, _DIFFERENT, _TELEPHONE = 0.012, 0.012, 0.012
SHIPPING_CENTS = 499


@dataclass(frozen=True)
class Online:
    """Orders of a day.

    By order: `event` that tells it, customer (-1: not known), in euro, cancelled, price of its first line, goods
    (cents), without sales lines, sold once more by telephone. `sold` and `cancelled_lines` are sales lines, `prices`
    what clients say.
    """

    event: Ints
    customer: Ints
    euro: NDArray[np.bool_]
    cancelled: NDArray[np.bool_]
    first_price: Ints
    goods: Ints
    unsold: NDArray[np.bool_]
    telephone: NDArray[np.bool_]
    sold: Lines
    cancelled_lines: Lines
    prices: Prices


def order_ids(world: World, day: int, count: int) -> list[str]:
    """Numbers of the online orders of a day, in the order of their visits."""
    stamp = world.plan.day(day).strftime("%Y%m%d")
    return [f"W{stamp}-{number:06d}" for number in range(count)]


def online(world: World, day: int, visits: Visits) -> Online:
    """The orders in the clickstream, their lines, and what the clients report of them."""
    rng = world.plan.random(day, "online")
    count = len(visits.orders)
    event = np.flatnonzero(visits.kind == ORDER)
    euro = visits.pays_euro(visits.visitor[event])
    unit = world.prices(day)
    customer = np.where(visits.known[event], visits.owner[visits.orders], -1)
    ids = order_ids(world, day, count)
    lines, order = _lines(visits, rng, (unit, euro, customer), ids)
    goods = np.bincount(order, np.where(lines.kind == SALE, lines.net // PIECE, 0), count).astype(np.int64)
    chance = world.plan.random(day, "agree").random(count)
    unsold, different = chance < _UNSOLD, (chance >= _UNSOLD) & (chance < _UNSOLD + _DIFFERENT)
    telephone = chance >= 1 - _TELEPHONE
    told = _product_arrays(lines, visits.line_order, count)
    cancelled = world.plan.random(day, "cancel").random(count) < CANCELLED
    again = lines.of(telephone[order])
    again = replace(again, transaction=_numbered("P", again), sold_at=again.sold_at + HOUR)
    first = np.concatenate(([0], np.flatnonzero(np.diff(visits.line_order)) + 1))[:count]
    return Online(
        event,
        customer,
        euro,
        cancelled,
        lines.unit_price[first] if count else np.zeros(0, np.int64),
        goods,
        unsold,
        telephone,
        _joined(lines.of(~unsold[order]), again),
        _cancelled(lines.of(cancelled[order])),
        Prices(unit, goods + np.where(different, SHIPPING_CENTS, 0), ids, told),
    )


def _lines(
    visits: Visits, rng: np.random.Generator, known: tuple[Ints, NDArray[np.bool_], Ints], ids: list[str]
) -> tuple[Lines, Ints]:
    """A line for each product of each order, then one of shipping for each; and the order of each line.

    `known` are the prices of the products, and of each order whether it is in euro, and its customer.
    """
    unit, euro, customer = known
    count, goods = len(ids), len(visits.line_order)
    price = unit[visits.line_product]
    price = np.where(euro[visits.line_order], euro_price(price), price)
    coupon = rng.random(count) < COUPON
    discount = np.where(coupon[visits.line_order], price * visits.line_quantity // 10, 0)
    payment = rng.integers(0, 4, count) // 2 * 2
    at = visits.at[visits.kind == ORDER] // SECOND * SECOND
    order = np.concatenate((visits.line_order, np.arange(count)))
    lines = Lines(
        np.array(ids, "U16")[order],
        np.concatenate((line_numbers(visits.line_order), np.bincount(visits.line_order, minlength=count) + 1)),
        customer[order],
        (visits.device[visits.orders] == 1).astype(np.int64)[order],
        np.concatenate((visits.line_product, np.full(count, -1))),
        at[order],
        np.concatenate((visits.line_quantity, np.ones(count, np.int64))) * PIECE,
        np.concatenate((price, np.full(count, SHIPPING_CENTS))),
        np.concatenate((discount, np.zeros(count, np.int64))),
        payment[order],
        np.where(np.arange(len(order)) < goods, SALE, SHIPPED),
        euro[order],
        np.zeros(len(order), bool),
    )
    return lines, order


def _product_arrays(lines: Lines, order: Ints, count: int) -> list[str]:
    """The `products` array of each order as JSON text."""
    items: list[list[str]] = [[] for _ in range(count)]
    told = zip(order.tolist(), lines.product.tolist(), lines.unit_price.tolist(), lines.quantity.tolist(), strict=False)
    for number, product, price, quantity in told:
        item = f'{{"product_id":"{product_id(product)}","price":{cents(price)},"quantity":{quantity // PIECE}}}'
        items[number].append(item)
    return [f"[{','.join(item)}]" for item in items]


def _cancelled(lines: Lines) -> Lines:
    """Goods and shipping of what is cancelled ten minutes later: negative, under a number of their own."""
    return replace(
        lines,
        transaction=_numbered("C", lines),
        sold_at=lines.sold_at + 600 * SECOND,
        quantity=-lines.quantity,
        discount=-lines.discount,
        kind=np.where(lines.kind == SALE, RETURN, lines.kind),
    )


def _numbered(letter: str, lines: Lines) -> NDArray[np.str_]:
    return np.array([f"{letter}{name}" for name in lines.transaction], "U17")


def _joined(left: Lines, right: Lines) -> Lines:
    both = zip(vars(left).items(), vars(right).values(), strict=True)
    return Lines(**{name: np.concatenate((column, other)) for (name, column), other in both})
