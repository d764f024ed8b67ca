"""What is true of a generated shop: the figures a perfect pipeline must find. No pipeline reads them.

Definitions (the same words as in the gold contracts, computed here from what was generated):

* events: at the time that the pipeline can know, received - (sent - original).
* sessions: events of a visitor in order of time, a new session after more than 30 minutes; an event that
  is delivered several times counts once. Visitors are browsers. (No visitor of the shop is restless for a
  whole UTC day, so the cut for runaway visitors never applies.)
* funnel: sessions of no more than 500 events and no bot, by day (of New York) of their start, that took each step after
  all the steps before it.
* paths: the channels of the visits that led to each online order, see `paths`.
* sales: by business day and store, see `sold`, after corrections.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from marketpulse_retail.generate import rates
from marketpulse_retail.generate.clock import NEW_YORK, local
from marketpulse_retail.generate.delivery import Deliveries, event_time
from marketpulse_retail.generate.lines import Lines
from marketpulse_retail.generate.orders import order_ids
from marketpulse_retail.generate.plan import Generated
from marketpulse_retail.generate.truth.paths import paths_of, persons, touches_of
from marketpulse_retail.generate.truth.sold import Sold
from marketpulse_retail.generate.visits import ADD, CHECKOUT, DAY, ORDER, PAGE, PAYMENT, VIEW, Visits
from marketpulse_retail.generate.world import Ints, World

_PAUSE = 30 * 60 * 1_000_000


@dataclass
class Truth:
    """Collects the days; `write` works out the rest."""

    world: World
    visitor: list[Ints] = field(default_factory=list)
    at: list[Ints] = field(default_factory=list)
    kind: list[Ints] = field(default_factory=list)
    bot: list[Ints] = field(default_factory=list)
    entry: list[Ints] = field(default_factory=list)
    known: list[Ints] = field(default_factory=list)
    placed: dict[str, tuple[int, int]] = field(default_factory=dict)
    sold: Sold = field(default_factory=Sold)
    orders: dict[str, int] = field(default_factory=dict)
    repeated: int = 0
    delivered: int = 0

    def add(self, day: int, visits: Visits, deliveries: Deliveries, lines: list[Lines]) -> None:
        """Take in one day."""
        self.visitor.append(visits.visitor)
        at = np.empty_like(visits.at)
        at[deliveries.event] = event_time(deliveries)
        self.at.append(at)
        self.kind.append(visits.kind)
        self.bot.append(visits.bot[visits.visit].astype(np.int64))
        begins = np.concatenate(([True], visits.visit[1:] != visits.visit[:-1]))
        self.entry.append(np.where(begins, visits.entry[visits.visit], 0))
        self.known.append(visits.known.astype(np.int64))
        ordered = np.flatnonzero(visits.kind == ORDER)
        names = order_ids(self.world, day, len(visits.orders))
        self.placed |= {names[visits.order[e]]: (int(visits.visitor[e]), int(at[e])) for e in ordered}
        self.repeated += int(deliveries.repeated.sum())
        self.delivered += len(deliveries.event)
        self.orders[str(self.world.plan.day(day))] = len(visits.orders)
        self.sold.rates |= rates.landing(self.world.plan, day)
        for part in lines:
            self.sold.add(self.world.plan, part)

    def write(self, folder: Path, done: Generated) -> None:
        """Write `truth.json`, `sessions.parquet` and `paths.parquet` into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        sessions, paths = self._sessions()
        pq.write_table(sessions, folder / "sessions.parquet")
        pq.write_table(paths, folder / "paths.parquet")
        figures = {
            "events": sum(len(part) for part in self.at),
            "deliveries": self.delivered,
            "repeated_deliveries": self.repeated,
            "sessions": sessions.num_rows,
            "online_orders": self.orders,
            "funnel": _funnel(sessions),
            "sales": self.sold.figures(),
            "dirt": dict(sorted(done.dirt.items())),
            "landed": done.rows,
        }
        (folder / "truth.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")

    def _sessions(self) -> tuple[pa.Table, pa.Table]:
        """The sessions, and the paths of the orders through them."""
        visitor, at = np.concatenate(self.visitor), np.concatenate(self.at)
        order = np.lexsort((at, visitor))
        visitor, at = visitor[order], at[order]
        kind, bot = np.concatenate(self.kind)[order], np.concatenate(self.bot)[order]
        start = np.ones(len(at), bool)
        start[1:] = (visitor[1:] != visitor[:-1]) | (at[1:] - at[:-1] > _PAUSE)
        first = np.flatnonzero(start)
        last = np.concatenate((first[1:], [len(at)])) - 1
        size = last - first + 1

        def count(*kinds: int) -> Ints:
            return np.add.reduceat(np.isin(kind, kinds).astype(np.int64), first)

        number = visitor[first] * 2654435761 % (1 << 40) + (1 << 40)
        is_bot = (size > 500) | (bot[first] > 0)
        person = persons(self.world, visitor, np.concatenate(self.known)[order] > 0)
        of_visitor = dict(zip(visitor.tolist(), person.tolist(), strict=True))
        placed = {name: (of_visitor[who], moment) for name, (who, moment) in self.placed.items()}
        entry, session = np.concatenate(self.entry)[order], np.cumsum(start) - 1
        entries, others = touches_of(session, entry)
        others = others[~is_bot[session[others]]]
        touched = np.concatenate((first[~is_bot], others))
        paths = paths_of(placed, person[touched], at[touched], np.concatenate((entries[~is_bot], entry[others])))
        sessions = pa.table(
            {
                "anonymous_id": [str(i) for i in number],
                "started_at": pa.array(at[first]).cast(pa.timestamp("us")),
                "ended_at": pa.array(at[last]).cast(pa.timestamp("us")),
                "event_count": size,
                "page_view_count": count(PAGE),
                "view_count": count(VIEW),
                "add_count": count(ADD),
                "checkout_count": count(CHECKOUT, PAYMENT),
                "order_count": count(ORDER),
                "is_bot": is_bot,
            }
        )
        return sessions, paths


def reporting_days(at: Ints) -> Ints:
    """Days (since 1970) of the web and the app: those of New York."""
    return local(at, np.full(len(at), NEW_YORK)) // DAY


def _funnel(sessions: pa.Table) -> list[dict[str, Any]]:
    """Counts by day of the start: sessions, viewed, added, checkout, ordered."""
    frame = {name: sessions[name].to_numpy() for name in sessions.column_names if name != "anonymous_id"}
    started = frame["started_at"].astype("datetime64[us]").astype(np.int64)
    day = reporting_days(started).astype("datetime64[D]")
    steps = [~frame["is_bot"].astype(bool)]
    for name in ("view_count", "add_count", "checkout_count", "order_count"):
        steps.append(steps[-1] & (frame[name] > 0))
    names = ("sessions", "viewed", "added", "checkout", "ordered")
    return [
        {"day": str(d), **{n: int((s & (day == d)).sum()) for n, s in zip(names, steps, strict=True)}}
        for d in np.unique(day)
    ]
