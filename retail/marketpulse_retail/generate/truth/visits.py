"""The planted visits: events of a browser with pauses of no more than half an hour.

* Who comes back from a payment service may have been away for two hours; what a client sends within the minute before
  counts as the return, too.
* An event that names another customer than was named before in the visit begins one.
* What the server sends counts in the visit of its customer that had the latest event, in the half hour before; it
  neither begins nor prolongs a visit, and is of none where no visit is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marketpulse_retail.generate.truth.people import Order, People
from marketpulse_retail.generate.visits import ADD, CHECKOUT, DAY, MINUTE, ORDER, PAGE, PAYMENT, VIEW
from marketpulse_retail.generate.world import Ints

_PAUSE, _AWAY, _JUST_BEFORE = 30 * MINUTE, 120 * MINUTE, MINUTE
_MOST_EVENTS = 500


class Events(NamedTuple):
    """Events of browsers, by column.

    Who is named (customer, -1 for nobody), whether the agent is a bot's, the entry that the event says (index of
    `entries.ENTRIES`), whether it comes back from a payment service.
    """

    visitor: Ints
    at: Ints
    kind: Ints
    customer: Ints
    bot: Ints
    entry: Ints
    returns: Ints

    def sorted(self) -> Events:
        """In the order of browsers and time."""
        order = np.lexsort((self.at, self.visitor))
        return Events(*(column[order] for column in self))


@dataclass(frozen=True)
class Visited:
    """Visits: the place of the first and the last event of each; `session` is the visit of each event."""

    events: Events
    people: People
    session: Ints
    first: Ints
    last: Ints
    customer: Ints
    counts: dict[str, Ints]
    is_bot: NDArray[np.bool_]

    @property
    def started(self) -> Ints:
        """When each visit began."""
        return self.events.at[self.first]

    @property
    def owner(self) -> Ints:
        """Person of each visit: who is named in it, or whose its browser was."""
        return np.where(
            self.customer >= 0, self.customer, self.people.owner(self.events.visitor[self.first], self.started)
        )

    def owners_known_by(self) -> list[str]:
        """How it is known whose each visit was, as in agg_visit_owners_daily."""
        following, previous = self.people.around(self.events.visitor[self.first], self.started)
        moved = (following >= 0) & (previous >= 0) & (following != previous)
        claimed = (following >= 0) & (previous < 0)
        reason = np.select(
            [self.customer >= 0, (following < 0) & (previous < 0), moved, claimed],
            ["named", "nobody", "moved", "claimed"],
            "known",
        )
        return [str(each) for each in reason]


def visits_of(events: Events, served: list[tuple[int, int, bool]]) -> Visited:
    """Visits of browsers' events (sorted), with what the server sent: (customer, when, whether it is an order)."""
    people = People.of(events.visitor, events.at, events.customer)
    same = events.visitor[1:] == events.visitor[:-1]
    pause = np.where(_coming_back(events)[1:], _AWAY, _PAUSE)
    start = np.ones(len(events.at), bool)
    start[1:] = ~same | (events.at[1:] - events.at[:-1] > pause)
    named = np.flatnonzero(events.customer >= 0)
    start[people.handovers(named, np.cumsum(start)[named])] = True
    session = np.cumsum(start) - 1
    first = np.flatnonzero(start)
    last = np.concatenate((first[1:], [len(events.at)])) - 1
    customer = np.maximum.reduceat(events.customer, first)
    extra, orders = _served(events, people, (session, customer), served)

    def count(*kinds: int) -> Ints:
        return np.add.reduceat(np.isin(events.kind, kinds).astype(np.int64), first)

    counts = {
        "event_count": last - first + 1 + extra,
        "page_view_count": count(PAGE),
        "view_count": count(VIEW),
        "add_count": count(ADD),
        "checkout_count": count(CHECKOUT, PAYMENT),
        "order_count": count(ORDER) + orders,
    }
    is_bot = (counts["event_count"] > _MOST_EVENTS) | (events.bot[first] > 0)
    return Visited(events, people, session, first, last, customer, counts, is_bot)


def _coming_back(events: Events) -> NDArray[np.bool_]:
    """Events that come back from a payment service, and those of the minute before, on the same day."""
    key = Order.of(events.at).key(events.visitor, events.at)
    returns = np.flatnonzero(events.returns)
    since = np.maximum(events.at[returns] - _JUST_BEFORE, events.at[returns] // DAY * DAY)
    begins = np.searchsorted(key, key[returns] - (events.at[returns] - since) // 1000)
    change = np.zeros(len(key) + 1, np.int64)
    np.add.at(change, begins, 1)
    np.add.at(change, returns + 1, -1)
    return np.asarray(np.cumsum(change)[:-1] > 0)


def _served(
    events: Events, people: People, visits: tuple[Ints, Ints], served: list[tuple[int, int, bool]]
) -> tuple[Ints, Ints]:
    """How many events and orders of the server each visit has."""
    session, customer = visits
    extra, orders = np.zeros(len(customer), np.int64), np.zeros(len(customer), np.int64)
    browsers = people.browsers()
    key = people.order.key(events.visitor, events.at)
    for who, at, is_order in served:
        visitor = np.array(browsers.get(who, ()), np.int64)
        place = np.searchsorted(key, people.order.key(visitor, np.full(len(visitor), at)), side="right") - 1
        there = (place >= 0) & (events.visitor[place] == visitor) & (at - events.at[place] <= _PAUSE)
        open_ = [p for p in place[there].tolist() if customer[session[p]] == who]
        if open_:
            chosen = session[max(open_, key=lambda p: int(events.at[p]))]
            extra[chosen] += 1
            orders[chosen] += is_order
    return extra, orders
