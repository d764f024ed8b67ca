"""The visits of one day, event by event, as arrays. Times are microseconds since 1970 (UTC)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from marketpulse_retail.generate.entries import SHARE
from marketpulse_retail.generate.plan import ShopPlan
from marketpulse_retail.generate.world import Ints, World

PAGE, IDENTIFY, LIST, VIEW, ADD, REMOVE, CART, CHECKOUT, PAYMENT, ORDER = range(10)
#: Robots: few that look at hundreds of pages, more that look at one to three.
_CRAWLERS, _ROBOTS = 0.0005, 0.002
#: One browser in 23 is used by two customers.
_SHARED = 23
#: How often an order is paid elsewhere, how often that takes its time, and how often the shop's server sends it.
_ELSEWHERE, _SLOWLY, _SERVED = 0.3, 0.1, 0.1
SERVICES = ("", "https://www.paypal.com/", "https://pay.klarna.com/", "https://checkout.stripe.com/")
SECOND, MINUTE, HOUR, DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
#: Share of visits by hour of the day (UTC); evenings are busy.
HOURS = np.array([2, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 6, 7, 6, 6, 6, 7, 8, 9, 10, 9, 7, 5, 3], float)
WEEKDAYS = (0.95, 0.92, 0.95, 1.0, 1.1, 1.15, 1.05)
EVENTS_PER_VISIT = 5.0
DEVICES = ("desktop", "mobile", "tablet")


@dataclass(frozen=True)
class Visits:
    """Events in the order of their visits; `visit` is the index of the visit, 0 to the number of visits.

    By event: visitor, at, kind, product, quantity, order (index, -1 without), known (user id is sent).
    By visit: owner (customer, -1 for nobody), entry, device, bot (0: a person), service (where it is paid), served (its
    order is sent by the shop's server). By order: visit. By order line: order, product, quantity.
    """

    visit: Ints
    visitor: Ints
    at: Ints
    kind: Ints
    product: Ints
    quantity: Ints
    order: Ints
    known: NDArray[np.bool_]
    owner: Ints
    entry: Ints
    device: Ints
    bot: Ints
    service: Ints
    served: NDArray[np.bool_]
    orders: Ints
    line_order: Ints
    line_product: Ints
    line_quantity: Ints

    @staticmethod
    def pays_euro(visitor: Ints) -> NDArray[np.bool_]:
        """Whether a browser shows prices in euro; the others, in dollars."""
        return np.asarray(visitor % 4 == 1)


def day_start(plan: ShopPlan, day: int) -> int:
    """Midnight at the start of a day of the plan."""
    return int((datetime.combine(plan.day(day), datetime.min.time()) - datetime(1970, 1, 1)).total_seconds()) * SECOND


def visits_of(world: World, day: int) -> Visits:
    """All visits that start on a day."""
    plan = world.plan
    rng = plan.random(day, "visits")
    wanted = plan.clicks_per_day * WEEKDAYS[plan.day(day).weekday()]
    count = max(int(wanted / EVENTS_PER_VISIT), 1) if plan.clicks_per_day else 0
    visitor = np.minimum((world.visitors * rng.random(count) ** 1.6).astype(np.int64), world.visitors - 1)
    bot = _bots(rng, count)
    owner = _owners(world, rng, visitor)
    login = (owner >= 0) & (rng.random(count) < 0.3) & (bot == 0)
    counts = _counts(rng, count, login, bot)
    per_visit = counts.sum(axis=1)
    visit = np.repeat(np.arange(count), per_visit)
    kind = np.repeat(np.tile(np.arange(10), count), counts.ravel())
    starts = np.concatenate(([0], np.cumsum(per_visit)))[:-1]
    product, quantity = _products(world, rng, counts, kind, starts)
    has_order = counts[:, ORDER] > 0
    order_of_visit = np.where(has_order, np.cumsum(has_order) - 1, -1)
    known = login[visit] & (kind >= IDENTIFY)
    lines = (kind == ADD) & has_order[visit]
    lines &= ~_removed(counts, kind, starts)
    service = np.where(has_order & (rng.random(count) < _ELSEWHERE), rng.integers(1, len(SERVICES), count), 0)
    served = has_order & login & (service == 0) & (rng.random(count) < _SERVED)
    slowly = (kind == ORDER) & ((service > 0) & (rng.random(count) < _SLOWLY))[visit]
    return Visits(
        visit,
        visitor[visit],
        _times(rng, day_start(plan, day), (visit, per_visit, starts), slowly),
        kind,
        product,
        quantity,
        np.where(kind == ORDER, order_of_visit[visit], -1),
        known,
        owner,
        rng.choice(len(SHARE), count, p=SHARE),
        _device(visitor),
        bot,
        service,
        served,
        np.flatnonzero(has_order),
        order_of_visit[visit][lines],
        product[lines],
        quantity[lines],
    )


def _bots(rng: np.random.Generator, count: int) -> Ints:
    """Which visits are robots': 0 is a person's, 1 that of one that crawls the shop, 2 to 4 those of others."""
    chance = rng.random(count)
    return np.where(chance < _CRAWLERS, 1, np.where(chance < _CRAWLERS + _ROBOTS, rng.integers(2, 5, count), 0))


def _owners(world: World, rng: np.random.Generator, visitor: Ints) -> Ints:
    """Who makes each visit; a shared browser is used by its customer and by the next one, as it comes."""
    owner = world.customer_of(visitor)
    other = (visitor % _SHARED == 5) & (owner >= 0) & (rng.random(len(visitor)) < 0.5)
    return np.where(other, (owner + 1) % world.plan.customers, owner)


def _counts(rng: np.random.Generator, count: int, login: NDArray[np.bool_], bot: Ints) -> Ints:
    """Events of each kind in each visit, shape (visits, 10)."""
    views = np.where(rng.random(count) < 0.3, 0, rng.geometric(0.35, count)).clip(0, 12)
    adds = rng.binomial(views, 0.25)
    removes = ((adds >= 2) & (rng.random(count) < 0.15)).astype(np.int64)
    checkout = (adds > 0) & (rng.random(count) < 0.5)
    order = checkout & (rng.random(count) < 0.65)
    pages = np.where(bot == 1, rng.integers(510, 900, count), np.where(bot > 1, rng.integers(1, 4, count), 1))
    found = (pages, login, views > 0, views, adds, removes, adds > 0, checkout, order, order)
    counts = np.stack([np.asarray(c, np.int64) for c in found], axis=1)
    counts[bot > 0, 1:] = 0
    return counts


def _products(world: World, rng: np.random.Generator, counts: Ints, kind: Ints, starts: Ints) -> tuple[Ints, Ints]:
    """Product and quantity of each event: what is added was viewed, what is removed was added last."""
    product = np.where(kind == VIEW, world.pick_products(rng, len(kind)), -1)
    quantity = np.ones(len(kind), np.int64)
    before = np.cumsum(counts, axis=1) - counts
    visit = np.repeat(np.arange(len(counts)), counts.sum(axis=1))
    place = np.arange(len(kind)) - starts[visit]
    adds = np.flatnonzero(kind == ADD)
    nth = place[adds] - before[visit[adds], ADD]
    product[adds] = product[starts[visit[adds]] + before[visit[adds], VIEW] + nth]
    quantity[adds] = rng.choice([1, 1, 1, 2, 3], len(adds))
    removes = np.flatnonzero(kind == REMOVE)
    last = removes - 1
    product[removes], quantity[removes] = product[last], quantity[last]
    return product, quantity


def _removed(counts: Ints, kind: Ints, starts: Ints) -> NDArray[np.bool_]:
    """True for the last added product of a visit that removed one."""
    gone = np.zeros(len(kind), bool)
    visits = np.flatnonzero(counts[:, REMOVE] > 0)
    before = np.cumsum(counts, axis=1) - counts
    gone[starts[visits] + before[visits, REMOVE] - 1] = True
    return gone


def _times(rng: np.random.Generator, midnight: int, shape: tuple[Ints, Ints, Ints], slowly: NDArray[np.bool_]) -> Ints:
    """When each event happened: a start by the rhythm of the day, then pauses; a few of them long.

    `shape` is the visit of each event, the number of events of each visit, and where each begins.
    """
    visit, per_visit, starts = shape
    count = len(per_visit)
    hour = rng.choice(24, count, p=HOURS / HOURS.sum())
    begin = midnight + hour * HOUR + rng.integers(0, HOUR, count)
    pause = np.round(rng.exponential(35.0, len(visit)) * 1000).astype(np.int64) * 1000 + 250_000
    long_pause = rng.random(len(visit)) < 0.004
    pause[long_pause] += rng.integers(20 * MINUTE, 60 * MINUTE, int(long_pause.sum())) // 1000 * 1000
    pause[slowly] += rng.integers(15 * MINUTE, 110 * MINUTE, int(slowly.sum())) // 1000 * 1000
    pause[starts] = 0
    elapsed = np.cumsum(pause)
    return begin[visit] // 1000 * 1000 + elapsed - elapsed[starts][visit]


def _device(visitor: Ints) -> Ints:
    """A browser is one device for ever: desktop, mobile or tablet."""
    return np.array([0, 0, 1, 1, 1, 1, 2, 1, 0, 1])[visitor * 7919 % 10]
