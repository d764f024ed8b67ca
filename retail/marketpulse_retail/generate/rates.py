"""Daily exchange rates: what a euro was worth in dollars. Nobody fixes rates at the weekend.

The rate of the second day is a typing error, and comes again, corrected, on the third.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from marketpulse_retail.generate.plan import ShopPlan

Rows = list[list[str]]
RATES = ["rate_date", "currency", "reporting_currency", "rate"]
_WRONG_DAY = 1
#: The first file has the days before, too: the first sales need the last rate before them.
_BEFORE = 7
_SATURDAY = 5


def landing(plan: ShopPlan, day: int) -> dict[date, int]:
    """Rates that land on a day of the plan, in ten thousandths of a dollar for a euro."""
    first = -_BEFORE if day == 0 else day
    found = {plan.day(number): _rate(plan, plan.day(number)) for number in range(first, day + 1)}
    if day == _WRONG_DAY:
        found[plan.day(day)] += 900
    if day == _WRONG_DAY + 1:
        found[plan.day(_WRONG_DAY)] = _rate(plan, plan.day(_WRONG_DAY))
    return {on: rate for on, rate in found.items() if on.weekday() < _SATURDAY}


def rows(plan: ShopPlan, day: int) -> Rows:
    """Lines of the feed that land on a day."""
    return [[str(on), "EUR", "USD", f"{rate / 10_000:.4f}"] for on, rate in sorted(landing(plan, day).items())]


def _rate(plan: ShopPlan, on: date) -> int:
    rng = np.random.default_rng([plan.seed, on.toordinal(), 4711])
    return int(10_850 + rng.integers(-150, 150))


def valid(known: dict[date, int], on: date) -> int:
    """The rate of a day, or the last one before it."""
    while on not in known:
        on -= timedelta(days=1)
    return known[on]
