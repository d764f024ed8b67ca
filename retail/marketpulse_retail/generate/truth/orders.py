"""The planted web orders: what was ordered, paid back and left, in dollars too; and how the two systems agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from marketpulse_retail.generate import rates
from marketpulse_retail.generate.later import CANCELLED, REFUNDED, Told
from marketpulse_retail.generate.truth.days import reporting_day

_CENT = Decimal("0.01")


@dataclass
class Order:
    """An order: who (customer, -1 for nobody) on which browser, when, in cents of which currency."""

    name: str
    visitor: int
    customer: int
    at: int
    euro: bool
    revenue: int
    #: What its sales lines say (None: there are none).
    goods: int | None
    refunds: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def status(self) -> str:
        """How the two systems agree on it."""
        if self.goods is None:
            return "only_clicked"
        return "matched" if self.goods == self.revenue else "different_amount"

    def pay_back(self, told: Told) -> None:
        """A refund counts for what is left of the order, at most."""
        left = self.revenue - sum(amount for _, _, amount in self.refunds)
        claimed = self.revenue if told.cents is None else told.cents
        self.refunds.append((told.at, told.kind, min(claimed, left)))


@dataclass
class Orders:
    """All orders by name; `alone` are sales of no order: (status, in euro, cents)."""

    found: dict[str, Order] = field(default_factory=dict)
    alone: list[tuple[str, bool, int]] = field(default_factory=list)

    def tell(self, name: str, told: Told) -> None:
        """Take in what was told of an order afterwards."""
        if told.kind in (REFUNDED, CANCELLED):
            self.found[name].pay_back(told)

    def days(self, known: dict[date, int]) -> list[dict[str, Any]]:
        """By day and currency: orders, gross, refunds, cancellations, what was paid back, net, net in dollars."""
        sums: dict[tuple[date, str], Counter[str]] = defaultdict(Counter)
        dollars: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
        for order in self.found.values():
            currency = "EUR" if order.euro else "USD"
            on = reporting_day(order.at)
            sums[on, currency].update(orders=1, gross=order.revenue)
            dollars[on, currency] += in_dollars(known, on, order.euro, order.revenue)
            for at, kind, amount in order.refunds:
                on = reporting_day(at)
                sums[on, currency].update({"refunds" if kind == REFUNDED else "cancelled": 1, "refunded": amount})
                dollars[on, currency] -= in_dollars(known, on, order.euro, amount)
        return [
            {"day": str(day), "currency": currency, "orders": found["orders"], "gross": _text(found["gross"])}
            | {"refunds": found["refunds"], "cancelled": found["cancelled"], "refunded": _text(found["refunded"])}
            | {"net": _text(found["gross"] - found["refunded"]), "net_in_dollars": str(dollars[day, currency])}
            for (day, currency), found in sorted(sums.items())
        ]

    def reconciliation(self) -> list[dict[str, Any]]:
        """By status and currency: orders, and by how much the two sides differ."""
        sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        told = [(order.status, order.euro, order.revenue - (order.goods or 0)) for order in self.found.values()]
        for status, euro, difference in [*told, *self.alone]:
            entry = sums[status, "EUR" if euro else "USD"]
            entry[0] += 1
            entry[1] += difference
        return [
            {"status": status, "currency": currency, "orders": found[0], "difference": _text(found[1])}
            for (status, currency), found in sorted(sums.items())
        ]


def in_dollars(known: dict[date, int], on: date, euro: bool, amount: int, places: int = 4) -> Decimal:
    """Cents in dollars at the rate of a day, or the last one before it."""
    rate = Decimal(rates.valid(known, on)) / 10_000 if euro else Decimal(1)
    return (Decimal(amount) / 100 * rate).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _text(amount: int) -> str:
    return str((Decimal(amount) / 100).quantize(_CENT))
