"""Whose a browser was, and when: by the events that named a customer.

An event that names nobody is of the customer who is named next on its browser, else of the one named last; where nobody
ever is, the browser is somebody of its own. (No plan of tests is longer than the window of an identification.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketpulse_retail.generate.world import Ints

_HOUR = 3_600_000_000


@dataclass(frozen=True)
class Order:
    """The order of browsers, then time: both as one number."""

    begins: int
    span: int

    @classmethod
    def of(cls, at: Ints) -> Order:
        """For moments (whole milliseconds) up to an hour before and after these."""
        return cls(int(at.min()) - _HOUR, (int(at.max() - at.min()) + 2 * _HOUR) // 1000 + 1)

    def key(self, visitor: Ints, at: Ints) -> Ints:
        """The number of each browser at a moment."""
        return np.asarray(visitor * self.span + (at - self.begins) // 1000, np.int64)


@dataclass(frozen=True)
class People:
    """Events that named a customer, in the order of browsers and time."""

    visitor: Ints
    at: Ints
    customer: Ints
    order: Order

    @classmethod
    def of(cls, visitor: Ints, at: Ints, customer: Ints) -> People:
        """Keep those of all events that name somebody; the events are in order."""
        named = customer >= 0
        return cls(visitor[named], at[named], customer[named], Order.of(at))

    def around(self, visitor: Ints, at: Ints) -> tuple[Ints, Ints]:
        """Of browsers at moments: the customer named next (at it or later), and the one named before; -1 for none."""
        if not len(self.at):
            return np.full(len(at), -1), np.full(len(at), -1)
        place = np.searchsorted(self.order.key(self.visitor, self.at), self.order.key(visitor, at))
        after, before = np.minimum(place, len(self.at) - 1), np.maximum(place - 1, 0)
        has_next = (place < len(self.at)) & (self.visitor[after] == visitor)
        has_previous = (place > 0) & (self.visitor[before] == visitor)
        return np.where(has_next, self.customer[after], -1), np.where(has_previous, self.customer[before], -1)

    def owner(self, visitor: Ints, at: Ints) -> Ints:
        """Person of each browser at a moment: a customer from 0, or -1 - visitor."""
        following, previous = self.around(visitor, at)
        return np.where(following >= 0, following, np.where(previous >= 0, previous, -1 - visitor))

    def browsers(self) -> dict[int, list[int]]:
        """Browsers that ever named a customer."""
        found: dict[int, list[int]] = {}
        for customer, visitor in np.unique(np.stack((self.customer, self.visitor)), axis=1).T.tolist():
            found.setdefault(customer, []).append(visitor)
        return found

    def handovers(self, named: Ints, visit: Ints) -> Ints:
        """Which of the events (`named` are their places) name another customer than was named before in their visit.

        `visit` is that of each of them, by pauses alone.
        """
        changed = (visit[1:] == visit[:-1]) & (self.customer[1:] != self.customer[:-1])
        return np.asarray(named[1:][changed])
