"""Receipts of the stores of one day: sales, returns and voids; some goods are sold loose, by weight."""

from __future__ import annotations

import numpy as np

from marketpulse_retail.generate.clock import LOS_ANGELES, WINTER
from marketpulse_retail.generate.lines import PIECE, RETURN, SALE, VOID, Lines, line_numbers
from marketpulse_retail.generate.plan import ShopPlan
from marketpulse_retail.generate.stores import in_euro, zones
from marketpulse_retail.generate.visits import HOUR, HOURS, SECOND, day_start
from marketpulse_retail.generate.world import Ints, World
from marketpulse_retail.generate.world import in_euro as euro_price

#: Shares of receipts on which goods come back, and on which a sale is voided: it never was one.
RETURNS, VOIDS = 0.032, 0.008
#: One product in nine is sold loose in the stores.
_LOOSE = 9
_KNOWN = 0.55


def in_stores(world: World, day: int, wanted: int) -> Lines:
    """Receipts of the stores, about `wanted` lines, returns and voids included."""
    plan = world.plan
    rng = plan.random(day, "receipts")
    count = int(wanted / 2.2)
    receipt = np.repeat(np.arange(count), rng.geometric(1 / 2.2, count).clip(1, 15))
    total = len(receipt)
    store = rng.integers(2, plan.stores + 2, count)
    at = _opened(plan, day, rng, store)
    kind = rng.choice([SALE, RETURN, VOID], count, p=[1 - RETURNS - VOIDS, RETURNS, VOIDS])
    euro = in_euro(store)[receipt]
    product = world.pick_products(rng, total)
    loose = product % _LOOSE == 0
    size = np.where(loose, rng.integers(50, 2500, total), rng.choice([1, 1, 1, 1, 2, 3], total) * PIECE)
    quantity = size * np.where(kind == SALE, 1, -1)[receipt]
    price = world.prices(day)[product]
    price = np.where(euro, euro_price(price), price)
    discount = np.where(rng.random(total) < 0.1, price * quantity // (20 * PIECE), 0)
    known = rng.random(count) < _KNOWN
    customer = np.where(known, rng.integers(0, plan.customers, count), -1)
    return Lines(
        _numbers(plan, day, kind, store)[receipt],
        line_numbers(receipt),
        customer[receipt],
        store[receipt],
        product,
        at[receipt],
        quantity,
        price,
        discount,
        rng.integers(0, 4, count)[receipt],
        kind[receipt],
        euro,
        loose,
    )


def _opened(plan: ShopPlan, day: int, rng: np.random.Generator, store: Ints) -> Ints:
    """When each receipt was printed: from eight to ten by the store's clock, in Los Angeles until after midnight."""
    zone = zones(store)
    hour = rng.choice(np.arange(8, 22), len(store), p=HOURS[8:22] / HOURS[8:22].sum())
    hour += np.where(zone == LOS_ANGELES, 4, 0) - WINTER[zone]
    return day_start(plan, day) + hour * HOUR + rng.integers(0, 3600, len(store)) * SECOND


def _numbers(plan: ShopPlan, day: int, kind: Ints, store: Ints) -> np.ndarray:
    """Numbers of the receipts."""
    stamp = plan.day(day).strftime("%Y%m%d")
    letters = ("T", "R", "V")
    found = zip(kind.tolist(), store.tolist(), strict=True)
    names = [f"{letters[k]}{stamp}-{s:03d}-{i:06d}" for i, (k, s) in enumerate(found)]
    return np.array(names, str)
