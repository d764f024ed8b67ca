"""The planted attribution paths: for each online order, the channels of the visits that led to it.

A touch is a session of the same person, on any browser, that began in the 30 days before the order and is no
bot's, or another campaign that such a session met. A person is the customer of a browser that ever sent a user id,
else the browser. A session has the channel of the first of its events that says one; only the first event of a visit
does, so a session that is the rest of a visit is direct.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from marketpulse_retail.generate.visits import DAY, ENTRIES
from marketpulse_retail.generate.world import Ints, World

#: Channel of each of `visits.ENTRIES`.
CHANNELS = (
    "direct",
    "paid_search",
    "email",
    "organic_search",
    "organic_search",
    "paid_social",
    "social",
    "affiliate",
    "referral",
)
#: Which of them are campaigns.
_CAMPAIGNS = np.array([bool(source) for source, *_ in ENTRIES])
_WINDOW_DAYS = 30


def persons(world: World, visitor: Ints, known: NDArray[np.bool_]) -> Ints:
    """Person of each event: a customer (from 0) where the browser was ever identified, else -1 - visitor."""
    identified = np.isin(visitor, np.unique(visitor[known]))
    return np.where(identified, world.customer_of(visitor), -1 - visitor)


def touches_of(session: Ints, entry: Ints) -> tuple[Ints, Ints]:
    """The entry of each session, and the events at which it met another campaign.

    Both arguments are by event, in order of time in each session; an entry of 0 says nothing.
    """
    says = np.flatnonzero(entry > 0)
    begun, place = np.unique(session[says], return_index=True)
    entries = np.zeros(int(session[-1]) + 1, np.int64)
    entries[begun] = entry[says[place]]
    others = says[_CAMPAIGNS[entry[says]] & (entry[says] != entries[session[says]])]
    _, place = np.unique(session[others] * len(ENTRIES) + entry[others], return_index=True)
    return entries, others[place]


def paths_of(orders: dict[str, tuple[int, int]], person: Ints, started: Ints, channel: Ints) -> pa.Table:
    """Columns order_id and channels (a list, oldest first), one row an order with its (person, time).

    `person`, `started` and `channel` (index of `CHANNELS`) describe the touches that count.
    """
    met: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for who, at, index in zip(person.tolist(), started.tolist(), channel.tolist(), strict=True):
        met[who].append((at, index))
    found = []
    for who, ordered in orders.values():
        first_day = ordered // DAY - _WINDOW_DAYS
        touches = [(at, index) for at, index in met[who] if at <= ordered and at // DAY >= first_day]
        found.append([CHANNELS[index] for _, index in sorted(touches)])
    return pa.table({"order_id": list(orders), "channels": pa.array(found, pa.list_(pa.string()))})
