"""The planted returns of marketing: by day and channel what it cost and brought, by the last touch, in dollars."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from marketpulse_retail.generate.costs import Cost
from marketpulse_retail.generate.entries import CHANNELS, ENTRIES
from marketpulse_retail.generate.plan import ShopPlan
from marketpulse_retail.generate.truth.days import reporting_day, reporting_days
from marketpulse_retail.generate.truth.orders import Order, in_dollars
from marketpulse_retail.generate.truth.paths import touches_of
from marketpulse_retail.generate.truth.visits import Visited

_EPOCH = date(1970, 1, 1)


@dataclass
class Row:
    """A channel on a day; `cost` is None where a rate is missing."""

    cost: Decimal | None = Decimal(0)
    visits: int = 0
    orders: int = 0
    revenue: Decimal = Decimal(0)
    new_customers: int = 0

    def figures(self) -> dict[str, Any]:
        """As text, as in the table; a quotient without a divisor is None."""
        figures = {"cost": None if self.cost is None else f"{self.cost:.6f}", "visits": self.visits}
        figures |= {"orders": self.orders, "revenue": f"{self.revenue:.4f}", "new_customers": self.new_customers}
        return figures | {"return_on_ad_spend": f"{self.revenue / self.cost:.4f}" if self.cost else None}


@dataclass
class Spend:
    """Bills: the last one that landed of each day, channel, campaign and currency."""

    bills: dict[tuple[Any, ...], Cost] = field(default_factory=dict)

    def add(self, landed: list[Cost]) -> None:
        """Take in the bills that landed on a day."""
        for cost in landed:
            self.bills[cost.day, cost.channel, cost.source, cost.campaign, cost.currency] = cost

    def costs(self, plan: ShopPlan, visited: Visited, known: dict[date, int]) -> list[tuple[date, str, Decimal | None]]:
        """Day, channel and dollars of each bill; the channel of a campaign is that of its touches of the day."""
        met = _campaigns(visited)
        found = []
        for cost in self.bills.values():
            on = plan.day(cost.day)
            told = cost.channel.lower().replace(" ", "_")
            channel = told or met.get((on, cost.source, cost.campaign), "unknown")
            euro = cost.currency == "EUR"
            dollars = None if cost.currency == "GBP" else in_dollars(known, on, euro, cost.cents, 6)
            found.append((on, channel, dollars))
        return found


def _campaigns(visited: Visited) -> dict[tuple[date, str, str], str]:
    """Channel of each (day, source, name) of a campaign that a person's visit of the day met."""
    entries, others = touches_of(visited.session, visited.events.entry)
    session = np.concatenate((np.arange(len(entries)), visited.session[others]))
    entry = np.concatenate((entries, visited.events.entry[others]))
    days = reporting_days(visited.started)[session][~visited.is_bot[session]]
    met = np.unique(np.stack((days, entry[~visited.is_bot[session]])), axis=1).T.tolist()
    return {
        (date.fromordinal(day + _EPOCH.toordinal()), told.campaign[0], told.campaign[2]): told.channel
        for day, index in met
        if (told := ENTRIES[index]).campaign
    }


def performance(
    costs: list[tuple[date, str, Decimal | None]],
    visited: Visited,
    brought: tuple[list[Order], list[list[str]], np.ndarray],
    known: dict[date, int],
) -> list[dict[str, Any]]:
    """Rows by day and channel; `brought` are the orders, the channels that led to each, and who ordered."""
    found: dict[tuple[date, str], Row] = defaultdict(Row)
    for on, channel, dollars in costs:
        row = found[on, channel]
        row.cost = None if row.cost is None or dollars is None else row.cost + dollars
    entries, _ = touches_of(visited.session, visited.events.entry)
    days = reporting_days(visited.started)
    for day, entry in zip(days[~visited.is_bot].tolist(), entries[~visited.is_bot].tolist(), strict=True):
        found[date.fromordinal(day + _EPOCH.toordinal()), CHANNELS[entry]].visits += 1
    first: dict[int, Order] = {}
    for order, person in zip(brought[0], brought[2].tolist(), strict=True):
        first[person] = min(first.get(person, order), order, key=lambda o: (o.at, o.name))
    for order, path, person in zip(brought[0], brought[1], brought[2].tolist(), strict=True):
        on = reporting_day(order.at)
        for channel in path:
            found[on, channel].orders += 0
        row = found[on, path[-1]]
        row.orders += 1
        row.revenue += in_dollars(known, on, order.euro, order.revenue)
        row.new_customers += first[person] is order
    return [{"day": str(on), "channel": channel} | row.figures() for (on, channel), row in sorted(found.items())]
