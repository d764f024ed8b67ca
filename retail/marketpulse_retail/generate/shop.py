"""The whole shop, day by day: what happens, how it lands, and what is true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np

from marketpulse_retail.generate import costs, dirt, rates, reference, stores
from marketpulse_retail.generate.delivery import Deliveries, deliver
from marketpulse_retail.generate.encode import Prices, encode
from marketpulse_retail.generate.files import Landing
from marketpulse_retail.generate.later import Later, later
from marketpulse_retail.generate.lines import SALES, Lines
from marketpulse_retail.generate.orders import online
from marketpulse_retail.generate.plan import Generated, ShopPlan
from marketpulse_retail.generate.receipts import in_stores
from marketpulse_retail.generate.truth import Truth
from marketpulse_retail.generate.visits import DAY, HOUR, Visits, visits_of
from marketpulse_retail.generate.world import World

Report = Callable[[str, int, int], None]
_BATCHED = 12
_CORRECTED_DAY = 3


def generate(plan: ShopPlan, landing: Path, truth: Path | None, report: Report | None = None) -> Generated:
    """Fill `landing` with the days of the plan and write the truth into the folder `truth` (None: not at all).

    `report(step, done, total)` is called after every hour. A pipeline never reads `truth`.
    """
    done = Generated()
    world = World.of(plan)
    target = Landing(landing, done)
    known = Truth(world) if truth else None
    for day in range(plan.first_day, plan.days):
        _day(world, day, target, known, report)
    if known and truth:
        known.write(truth, done)
    return done


def _day(world: World, day: int, target: Landing, known: Truth | None, report: Report | None) -> None:
    plan = world.plan
    visits = visits_of(world, day)
    deliveries = deliver(plan, day, visits)
    orders = online(world, day, visits)
    after = later(plan, day, visits, orders)
    _clicks(world, day, target, (visits, deliveries, orders.prices), report)
    _later(plan, day, target, after)
    receipts = in_stores(world, day, max(plan.lines_per_day - len(orders.sold.line), 0))
    parts = {"online": orders.sold, "stores": receipts, "cancelled": orders.cancelled_lines}
    _sales(plan, day, target, parts)
    _reference(world, day, target)
    if known:
        known.add(visits, deliveries, orders, after)
        known.sell(day, list(parts.values()))


def _reference(world: World, day: int, target: Landing) -> None:
    plan = world.plan
    for feed, header, rows in (
        ("products", reference.PRODUCTS, reference.products(world, day)),
        ("customers", reference.CUSTOMERS, reference.customers(plan, day)),
        ("stores", stores.STORES, stores.records(plan, day)),
        ("exchange_rates", rates.RATES, rates.rows(plan, day)),
        ("marketing_costs", costs.COSTS, costs.rows(plan, day)),
    ):
        if rows:
            lines = dirt.dirty_reference(feed, rows, plan.dirt, plan.random(day, feed), target.done)
            place = f"ingest_date={plan.day(day)}/{feed}.csv"
            target.write(feed, place, [",".join(header), *lines], len(lines))


def _later(plan: ShopPlan, day: int, target: Landing, after: Later) -> None:
    """One file for each day on which something is told of this day's orders."""
    days = [told.at // DAY for told in after.events]
    for on in sorted(set(days)):
        lines = [line for line, when in zip(after.lines, days, strict=True) if when == on]
        place = f"ingest_date={date(1970, 1, 1) + timedelta(days=on)}/hour=23/shop-{plan.day(day)}.ndjson"
        target.write("clickstream", place, lines)


def _sales(plan: ShopPlan, day: int, target: Landing, parts: dict[str, Lines]) -> None:
    for name, lines in parts.items():
        rng = plan.random(day, f"dirt{name[:4]}")
        rows = lines.rows()
        if not rows:
            continue
        ending = "csv.gz" if name == "stores" else "csv"
        if name == "stores" and day == _CORRECTED_DAY:
            # A till sent wrong quantities; the corrected lines land a day later under another name.
            wrong = [[*row[:6], _tenfold(row[6]), *row[7:]] if i % 50 == 0 else row for i, row in enumerate(rows)]
            fixed = [",".join(row) for i, row in enumerate(rows) if i % 50 == 0]
            later = f"ingest_date={plan.day(day + 1)}/sales-stores-corrected.csv"
            target.write("sales", later, [SALES, *fixed], len(fixed))
            rows = wrong
        mixed = dirt.dirty_sales(rows, plan.dirt if plan.dirt else 0.0, rng, target.done)
        target.write("sales", f"ingest_date={plan.day(day)}/sales-{name}.{ending}", [SALES, *mixed], len(mixed))


def _tenfold(quantity: str) -> str:
    return f"{Decimal(quantity) * 10:f}"


def _clicks(
    world: World, day: int, target: Landing, parts: tuple[Visits, Deliveries, Prices], report: Report | None
) -> None:
    """One file an hour of reception; what is received after the day goes into files named after it."""
    visits, deliveries, prices = parts
    plan = world.plan
    hour = deliveries.received // HOUR
    borders = np.flatnonzero(np.concatenate(([True], hour[1:] != hour[:-1]))) if len(hour) else np.array([], int)
    edges = [*borders.tolist(), len(hour)]
    for number, (first, last) in enumerate(pairwise(edges), start=1):
        moment = datetime.fromtimestamp(int(hour[first]) * 3600, UTC)
        rng = plan.random(day, f"h{int(hour[first])}"[:8])
        lines = encode(plan, visits, deliveries, np.arange(first, last), prices).to_pylist()
        records = len(lines)
        lines = _batched(lines, rng)
        clean = len(lines)
        lines = dirt.dirty_lines(lines, plan.dirt, rng, target.done)
        today = moment.date() == plan.day(day)
        name = "events.ndjson.gz" if moment.hour % 6 == 1 else "events.ndjson"
        name = name if today else f"from-{plan.day(day)}-{name}"
        place = f"ingest_date={moment:%Y-%m-%d}/hour={moment:%H}/{name}"
        target.write("clickstream", place, lines, records + len(lines) - clean)
        if report:
            report(f"day {plan.day(day)}", number, len(edges) - 1)


def _batched(lines: list[str], rng: np.random.Generator) -> list[str]:
    """One stretch in ten is posted as a whole batch, which says once when it was sent."""
    out: list[str] = []
    at = 0
    while at < len(lines):
        if rng.random() < 0.01:
            part = lines[at : at + _BATCHED]
            sent = part[0].split('"sentAt":"', 1)[1][:24]
            out.append(f'{{"batch":[{",".join(part)}],"sentAt":"{sent}","writeKey":"shop-web"}}')
            at += len(part)
        else:
            step = int(rng.geometric(0.05))
            out += lines[at : at + step]
            at += step
    return out
