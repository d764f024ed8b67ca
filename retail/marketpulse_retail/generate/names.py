"""What customers are called. Some were guests once: an alias says who they are, for a few in two steps.

Names of a customer: as a guest, as a member, and for good. Nobody is called by an earlier one after the alias.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa

from marketpulse_retail.generate.plan import ShopPlan
from marketpulse_retail.generate.visits import HOUR, day_start
from marketpulse_retail.generate.world import Ints, customer_id

#: One customer in fifty was a guest, one in a hundred a member in between. All have their name after so many days.
_GUESTS, _MEMBERS, _DAYS = 50, 100, 4
GOOD, GUEST, MEMBER = range(3)


@cache
def texts(customers: int) -> pa.StringArray:
    """All names: of every customer for good, then as a guest, then as a member."""
    good = [customer_id(i) for i in range(customers)]
    return pa.array([*good, *(f"G{name[1:]}" for name in good), *(f"M{name[1:]}" for name in good)], pa.string())


def name_at(plan: ShopPlan, customer: Ints, at: Ints) -> Ints:
    """Index in `texts` of what each customer is called at a moment."""
    first, last = _told(plan, customer)
    is_guest = (customer % _GUESTS == 3) & (at < first)
    is_member = (customer % _MEMBERS == 3) & (at >= first) & (at < last)
    return np.asarray(customer + plan.customers * np.where(is_guest, GUEST, np.where(is_member, MEMBER, GOOD)))


def aliases(plan: ShopPlan, day: int) -> list[tuple[int, int, int, int]]:
    """Aliases of a day: (customer, when, index of the earlier name, index of the later one)."""
    begins = day_start(plan, day)
    found = []
    for customer in range(3, plan.customers, _GUESTS):
        first, last = (int(moment) for moment in _told(plan, np.array(customer)))
        for moment in (first, last) if customer % _MEMBERS == 3 else (first,):
            if begins <= moment < begins + 24 * HOUR:
                before, after = name_at(plan, np.array([customer, customer]), np.array([moment - 1, moment]))
                found.append((customer, moment, int(before), int(after)))
    return found


def _told(plan: ShopPlan, customer: Ints) -> tuple[Ints, Ints]:
    """When the first and the second alias of a customer are told."""
    first = day_start(plan, 0) + (customer * 7919 % (24 * (_DAYS - 1))) * HOUR + customer % 3600 * 1_000_000
    return first, first + 20 * HOUR
