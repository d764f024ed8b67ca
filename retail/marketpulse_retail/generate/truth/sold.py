"""The planted sales: what was sold on each day of each store, in its currency and in dollars.

Counted with whole numbers: amounts in thousandths of a cent, rates in ten thousandths.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from marketpulse_retail.generate import rates
from marketpulse_retail.generate.lines import PIECE, RETURN, SALE, SHIPPED, VOID, Lines
from marketpulse_retail.generate.plan import ShopPlan
from marketpulse_retail.generate.stores import business_days
from marketpulse_retail.generate.world import Ints, store_id

_SUMS = ("net", "returned", "shipping", "voided", "net_of_tax", "kilograms")
_COUNTS = ("lines", "returned_lines", "orders")
_PER_UNIT = 100_000
_EPOCH = date(1970, 1, 1)


@dataclass
class Sold:
    """Sums by (day since 1970, store, whether in euro); `rates` are those that landed, the last one of each day."""

    rates: dict[date, int] = field(default_factory=dict)
    sums: dict[tuple[int, int, bool], Ints] = field(default_factory=dict)

    def add(self, plan: ShopPlan, part: Lines) -> None:
        """Take in lines."""
        if not len(part.line):
            return
        net, taxed = part.net, part.tax * PIECE
        columns = (
            net,
            np.where(part.kind == RETURN, -net, 0),
            np.where(part.kind == SHIPPED, net, 0),
            np.where(part.kind == VOID, net, 0),
            np.where(part.euro, net - taxed, net),
            np.where(part.loose & (part.kind == SALE), part.quantity, 0),
            np.ones(len(net), np.int64),
            part.kind == RETURN,
            (part.kind == SALE) & (part.line == 1),
        )
        keys = np.stack((business_days(plan, part.store, part.sold_at), part.store, part.euro.astype(np.int64)), axis=1)
        places, of = np.unique(keys, axis=0, return_inverse=True)
        sums = np.zeros((len(places), len(columns)), np.int64)
        np.add.at(sums, of.ravel(), np.stack(columns, axis=1).astype(np.int64))
        for (day, store, euro), found in zip(places.tolist(), sums, strict=True):
            key = (day, store, bool(euro))
            self.sums[key] = self.sums.get(key, 0) + found

    def figures(self) -> list[dict[str, Any]]:
        """A row for each day, store and currency, in their order."""
        rows = []
        for (day, store, euro), found in self.sums.items():
            on = _EPOCH + timedelta(days=day)
            sums = dict(zip((*_SUMS, *_COUNTS), found.tolist(), strict=True))
            rate = rates.valid(self.rates, on) if euro else 10_000
            rows.append(
                {"day": str(on), "store_id": store_id(store), "currency": "EUR" if euro else "USD"}
                | {name: _decimal(sums[name], _PER_UNIT) for name in _SUMS[:5]}
                | {
                    "kilograms": _decimal(sums["kilograms"], PIECE),
                    "net_in_dollars": _decimal(sums["net"] * rate, 10**9),
                }
                | {name: sums[name] for name in _COUNTS}
            )
        return sorted(rows, key=lambda row: (row["day"], row["store_id"], row["currency"]))


def _decimal(number: int, divisor: int) -> str:
    """A whole number of parts as decimal text: (150, 100) -> 1.50."""
    digits = len(str(divisor)) - 1
    whole, rest = divmod(abs(number), divisor)
    return f"{'-' if number < 0 else ''}{whole}.{rest:0{digits}d}"
