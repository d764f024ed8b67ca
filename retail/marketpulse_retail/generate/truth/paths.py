"""The planted attribution paths: for each online order, the channels of the visits that led to it.

A touch is a visit of the same person, on any browser, that began in the 30 days before the order and is no bot's, or
another campaign that such a visit met. A visit has the channel of the first of its events that says one; only the first
event of what was generated as a visit does, so a visit that is the rest of one is direct.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pyarrow as pa

from marketpulse_retail.generate.entries import CAMPAIGNS, CHANNELS, ENTRIES, SAYS
from marketpulse_retail.generate.truth.orders import Order
from marketpulse_retail.generate.truth.visits import Visited
from marketpulse_retail.generate.visits import DAY
from marketpulse_retail.generate.world import Ints

_WINDOW_DAYS = 30


def touches_of(session: Ints, entry: Ints) -> tuple[Ints, Ints]:
    """The entry of each visit, and the events at which it met another campaign.

    Both arguments are by event, in order of time in each visit.
    """
    says = np.flatnonzero(SAYS[entry])
    begun, place = np.unique(session[says], return_index=True)
    entries = np.zeros(int(session[-1]) + 1, np.int64)
    entries[begun] = entry[says[place]]
    others = says[CAMPAIGNS[entry[says]] & (entry[says] != entries[session[says]])]
    _, place = np.unique(session[others] * len(ENTRIES) + entry[others], return_index=True)
    return entries, others[place]


def persons_of(visited: Visited, orders: list[Order]) -> Ints:
    """Who ordered: the customer who is named, or whose the visit was (only what names somebody may be of none)."""
    events, order = visited.events, visited.people.order
    visitor = np.array([order.visitor for order in orders], np.int64)
    at = np.array([order.at for order in orders], np.int64)
    customer = np.array([order.customer for order in orders], np.int64)
    place = np.searchsorted(order.key(events.visitor, events.at), order.key(visitor, at), side="right") - 1
    return np.where(customer >= 0, customer, visited.owner[visited.session[place]])


def paths_of(visited: Visited, orders: list[Order], persons: Ints) -> list[list[str]]:
    """Channels that led to each order, oldest first."""
    entries, others = touches_of(visited.session, visited.events.entry)
    person = ~visited.is_bot
    others = others[person[visited.session[others]]]
    owner = visited.owner
    events = visited.events
    who = np.concatenate((owner[person], owner[visited.session[others]]))
    when = np.concatenate((visited.started[person], events.at[others]))
    what = np.concatenate((entries[person], events.entry[others]))
    met: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for one, at, index in zip(who.tolist(), when.tolist(), what.tolist(), strict=True):
        met[one].append((at, index))
    found = []
    for order, one in zip(orders, persons.tolist(), strict=True):
        since = order.at // DAY - _WINDOW_DAYS
        touches = sorted((at, index) for at, index in met[one] if at <= order.at and at // DAY >= since)
        found.append([CHANNELS[index] for _, index in touches] or ["direct"])
    return found


def paths_table(orders: list[Order], paths: list[list[str]]) -> pa.Table:
    """Columns order_id and channels (a list, oldest first), one row an order."""
    return pa.table({"order_id": [o.name for o in orders], "channels": pa.array(paths, pa.list_(pa.string()))})
