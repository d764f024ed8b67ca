"""Stores of three zones: whose clock they go by, when their day begins, in what currency they sell.

The second store is in Los Angeles, which nobody had noticed when it was opened: its first record says Denver, and
the record is sent again, corrected, on the second day.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from marketpulse_retail.generate.clock import BERLIN, DENVER, LOS_ANGELES, NEW_YORK, ZONES, local
from marketpulse_retail.generate.plan import ShopPlan
from marketpulse_retail.generate.world import CITIES, FORMATS, Ints, store_id

Rows = list[list[str]]
STORES = ["store_id", "name", "city", "region", "country", "timezone", "day_start_hour", "format", "opened_date"]
STORES += ["updated_at"]
_DAY, _HOUR = 86_400_000_000, 3_600_000_000
_SINCE = "2026-01-01T00:00:00Z"
#: The store whose zone was wrong, and the day of the plan on which that is corrected.
_WRONG, _CORRECTED_DAY = 3, 1
#: Stores of Los Angeles are open until after midnight: their day begins at four.
_LATE_HOUR = 4


def zones(store: Ints) -> Ints:
    """Zone of each store, an index of `clock.ZONES`; the web shop and the app are in New York."""
    return np.where(store < 2, NEW_YORK, np.array([NEW_YORK, LOS_ANGELES, BERLIN])[(store - 2) % 3])


def in_euro(store: Ints) -> NDArray[np.bool_]:
    """Whether a store sells for euro; the others, for dollars."""
    return np.asarray(zones(store) == BERLIN)


def business_days(plan: ShopPlan, store: Ints, at: Ints) -> Ints:
    """Day (since 1970) of a sale by the records of its store that landed within the plan."""
    zone = zones(store)
    late = np.where(zone == LOS_ANGELES, _LATE_HOUR, 0) * _HOUR
    if plan.days <= _CORRECTED_DAY:
        zone = np.where(store == _WRONG, DENVER, zone)
    return np.asarray((local(at, zone) - late) // _DAY, np.int64)


def records(plan: ShopPlan, day: int) -> Rows:
    """Records that land on a day: all stores on the first; from time to time one moves to another town."""
    if day == 0:
        return [_record(i, 0, _SINCE, wrong=i == _WRONG) for i in range(plan.stores + 2)]
    rows: Rows = []
    if day == _CORRECTED_DAY and plan.stores + 2 > _WRONG:
        rows.append(_record(_WRONG, 0, _SINCE))
    if day % 3 == 1:
        moved = 2 + int(plan.random(day, "storemov").integers(plan.stores))
        rows.append(_record(moved, day, f"{plan.day(day)}T00:00:00Z"))
    return rows


def _record(i: int, version: int, since: str, wrong: bool = False) -> list[str]:
    name = ("Web shop", "App")[i] if i < 2 else f"Store {i - 1}"
    zone = int(zones(np.array([i]))[0])
    cities = CITIES[zone]
    city, region = cities[(i + version) % len(cities)]
    kind = "online" if i < 2 else FORMATS[i % len(FORMATS)]
    country = "DE" if zone == BERLIN else "US"
    late = str(_LATE_HOUR) if zone == LOS_ANGELES else ""
    clock = ZONES[DENVER if wrong else zone][0]
    return [store_id(i), name, city, region, country, clock, late, kind, f"20{10 + i % 12}-05-01", since]
