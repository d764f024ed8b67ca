"""How events reach us: crooked device clocks, batches, late and repeated deliveries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marketpulse_retail.generate.plan import ShopPlan
from marketpulse_retail.generate.visits import DAY, HOUR, MINUTE, SECOND, Visits
from marketpulse_retail.generate.world import Ints

LATE, REPEATED = 0.008, 0.008


@dataclass(frozen=True)
class Deliveries:
    """One entry a delivery, in the order of reception: `event` indexes the visits' events.

    `original` and `sent` are by the clock of the device, `received` by ours; `message` is the same for
    every delivery of one event.
    """

    event: Ints
    original: Ints
    sent: Ints
    received: Ints
    message: Ints
    repeated: NDArray[np.bool_]


def deliver(plan: ShopPlan, day: int, visits: Visits) -> Deliveries:
    """Deliver every event at least once."""
    rng = plan.random(day, "delivery")
    count = len(visits.at)
    skew = _skew(visits.visitor)
    wait = rng.integers(50_000, 3 * SECOND, count) // 1000 * 1000
    late = rng.random(count) < LATE
    wait[late] += rng.integers(10 * MINUTE, 2 * DAY, int(late.sum())) // 1000 * 1000
    network = rng.integers(20, 400, count) * 1000
    again = np.flatnonzero(rng.random(count) < REPEATED)
    retry = rng.integers(SECOND, HOUR, len(again)) // 1000 * 1000
    event = np.concatenate([np.arange(count), again])
    waited = np.concatenate([wait, wait[again] + retry])
    sent_true = visits.at[event] + waited
    # The network takes as long for every delivery of an event, so each delivery tells the same time.
    received = sent_true + network[event]
    original = visits.at[event] + skew[event]
    order = np.argsort(received, kind="stable")
    message = rng.integers(0, 1 << 48, count)[event]
    repeated = np.arange(len(event)) >= count
    return Deliveries(
        event[order],
        original[order],
        (sent_true + skew[event])[order],
        received[order],
        message[order],
        repeated[order],
    )


def _skew(visitor: Ints) -> Ints:
    """How wrong the clock of a browser is: most are right, some off by minutes, few by days."""
    mixed = visitor * 2654435761 % 1000
    minutes = (mixed * 31 % 41 - 20) * MINUTE
    days = (mixed * 17 % 7 - 3) * DAY
    return np.where(mixed < 900, 0, np.where(mixed < 990, minutes, days))


def event_time(deliveries: Deliveries) -> Ints:
    """Received - (sent - original): when the event happened, the clock of the device corrected."""
    return deliveries.received - (deliveries.sent - deliveries.original)
