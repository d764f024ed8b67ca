"""What is true of a generated shop: the figures a perfect pipeline must find. No pipeline reads them.

Definitions (the same words as in the gold contracts, computed here from what was generated, by no query):

* events: at the time that the pipeline can know, received - (sent - original). An event that is delivered several times
  counts once.
* sessions: see `visits`; whose they are, see `people`. (No visitor of the shop is restless for a whole UTC day, so the
  cut for runaway visitors never applies.)
* funnel: visits of no bot, by day (see `days`) of their start, that took each step after all the steps before it.
* paths: the channels of the visits that led to each online order, see `paths`.
* web_orders, reconciliation: see `orders`.
* channels: what marketing cost and brought, see `spend`.
* sales: by business day and store, after corrections, see `sold`.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from marketpulse_retail.generate import costs, names, rates
from marketpulse_retail.generate.delivery import Deliveries, event_time
from marketpulse_retail.generate.later import Later, Told
from marketpulse_retail.generate.lines import Lines
from marketpulse_retail.generate.orders import Online
from marketpulse_retail.generate.plan import Generated
from marketpulse_retail.generate.truth.days import reporting_days
from marketpulse_retail.generate.truth.orders import Order, Orders
from marketpulse_retail.generate.truth.paths import paths_of, paths_table, persons_of
from marketpulse_retail.generate.truth.sold import Sold
from marketpulse_retail.generate.truth.spend import Spend, performance
from marketpulse_retail.generate.truth.visits import Events, Visited, visits_of
from marketpulse_retail.generate.visits import ORDER, Visits, day_start
from marketpulse_retail.generate.world import World


@dataclass
class Truth:
    """Collects the days; `write` works out the rest."""

    world: World
    events: list[Events] = field(default_factory=list)
    served: list[tuple[int, int, bool]] = field(default_factory=list)
    orders: Orders = field(default_factory=Orders)
    sold: Sold = field(default_factory=Sold)
    spend: Spend = field(default_factory=Spend)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, visits: Visits, deliveries: Deliveries, orders: Online, after: Later) -> None:
        """Take in what clients and the server told of one day."""
        at = np.empty_like(visits.at)
        at[deliveries.event] = event_time(deliveries)
        visit = visits.visit
        begins = np.concatenate(([True], visit[1:] != visit[:-1]))
        is_order = visits.kind == ORDER
        by_server = is_order & visits.served[visit]
        told = Events(
            visits.visitor,
            at,
            visits.kind,
            np.where(visits.known, visits.owner[visit], -1),
            visits.bot[visit],
            np.where(begins, visits.entry[visit], 0),
            is_order & (visits.service[visit] > 0),
        )
        self.events.append(Events(*(column[~by_server] for column in told)))
        self.served += [(int(told.customer[e]), int(at[e]), True) for e in np.flatnonzero(by_server)]
        self.counts.update(deliveries=len(deliveries.event) + len(after.events), orders=len(orders.event))
        self.counts.update(repeated=int(deliveries.repeated.sum()))
        self._add_orders(visits, orders, at)
        for each in after.events:
            self._add_later(orders, each)

    def sell(self, day: int, parts: list[Lines]) -> None:
        """Take in the sales lines, rates and costs of one day."""
        self.spend.add(costs.landing(self.world.plan, day))
        self.sold.rates |= rates.landing(self.world.plan, day)
        for part in parts:
            self.sold.add(self.world.plan, part)

    def _add_orders(self, visits: Visits, orders: Online, at: Any) -> None:
        for i, event in enumerate(orders.event.tolist()):
            name, goods = orders.prices.order_ids[i], int(orders.goods[i])
            euro, revenue = bool(orders.euro[i]), int(orders.prices.revenue[i])
            sold = None if orders.unsold[i] else goods
            visitor, customer = int(visits.visitor[event]), int(orders.customer[i])
            self.orders.found[name] = Order(name, visitor, customer, int(at[event]), euro, revenue, sold)
            if orders.telephone[i]:
                self.orders.alone.append(("only_sold", euro, -goods))
            if orders.cancelled[i]:
                self.orders.alone.append(("only_returned", euro, 0))

    def _add_later(self, orders: Online, told: Told) -> None:
        if told.order >= 0:
            self.orders.tell(orders.prices.order_ids[told.order], told)
        if told.visitor < 0:
            self.served.append((told.customer, told.at, False))
            return
        one = (told.visitor, told.at, told.kind, told.customer, 0, 0, 0)
        self.events.append(Events(*(np.array([value]) for value in one)))

    def write(self, folder: Path, done: Generated) -> None:
        """Write `truth.json`, `sessions.parquet` and `paths.parquet` into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        events = Events(*(np.concatenate(column) for column in zip(*self.events, strict=True))).sorted()
        visited = visits_of(events, self.served)
        orders = list(self.orders.found.values())
        persons = persons_of(visited, orders)
        paths = paths_of(visited, orders, persons)
        sessions = self._sessions(visited)
        spent = self.spend.costs(self.world.plan, visited, self.sold.rates)
        pq.write_table(sessions, folder / "sessions.parquet")
        pq.write_table(paths_table(orders, paths), folder / "paths.parquet")
        figures = {
            "events": len(events.at) + len(self.served),
            "deliveries": self.counts["deliveries"],
            "repeated_deliveries": self.counts["repeated"],
            "sessions": sessions.num_rows,
            "online_orders": self.counts["orders"],
            "funnel": _funnel(visited),
            "owners": _owners(visited),
            "web_orders": self.orders.days(self.sold.rates),
            "reconciliation": self.orders.reconciliation(),
            "channels": performance(spent, visited, (orders, paths, persons), self.sold.rates),
            "sales": self.sold.figures(),
            "dirt": dict(sorted(done.dirt.items())),
            "landed": done.rows,
        }
        (folder / "truth.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")

    def _sessions(self, visited: Visited) -> pa.Table:
        number = visited.events.visitor[visited.first] * 2654435761 % (1 << 40) + (1 << 40)
        owner = visited.owner
        plan = self.world.plan
        end = np.full(len(owner), day_start(plan, plan.days))
        called = names.texts(plan.customers).take(pa.array(names.name_at(plan, np.maximum(owner, 0), end)))
        return pa.table(
            {
                "anonymous_id": [str(i) for i in number],
                "started_at": pa.array(visited.started).cast(pa.timestamp("us")),
                "ended_at": pa.array(visited.events.at[visited.last]).cast(pa.timestamp("us")),
                **visited.counts,
                "is_bot": visited.is_bot,
                "owner": pa.array(np.where(owner >= 0, called.to_numpy(zero_copy_only=False), None), pa.string()),
            }
        )


def _funnel(visited: Visited) -> list[dict[str, Any]]:
    """Counts by day of the start: sessions, viewed, added, checkout, ordered."""
    steps = [~visited.is_bot]
    for name in ("view_count", "add_count", "checkout_count", "order_count"):
        steps.append(steps[-1] & (visited.counts[name] > 0))
    day = reporting_days(visited.started)
    taken = ("sessions", "viewed", "added", "checkout", "ordered")
    return [
        {"day": _date(d), **{n: int((s & (day == d)).sum()) for n, s in zip(taken, steps, strict=True)}}
        for d in np.unique(day[~visited.is_bot]).tolist()
    ]


def _owners(visited: Visited) -> list[dict[str, Any]]:
    """Visits by day and how it is known whose they were."""
    days = reporting_days(visited.started).tolist()
    known = zip(days, visited.owners_known_by(), visited.is_bot.tolist(), strict=True)
    found = Counter((day, reason) for day, reason, bot in known if not bot)
    reasons = ("named", "known", "claimed", "moved", "nobody")
    return [{"day": _date(d), **{r: found[d, r] for r in reasons}} for d in sorted({day for day, _ in found})]


def _date(day: int) -> str:
    return str(date(1970, 1, 1) + timedelta(days=day))
