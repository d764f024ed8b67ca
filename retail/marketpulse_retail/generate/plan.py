"""What is to be generated, and what was."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

FEEDS = ("sales", "products", "customers", "stores", "exchange_rates", "marketing_costs", "clickstream")


@dataclass(frozen=True)
class ShopPlan:
    """A shop. `dirt` is the share of records damaged on purpose, per feed and kind of damage.

    `sales_per_day` are lines; None means a tenth of the clicks. `first_day` skips days that are there already.
    """

    start: date
    seed: int = 7
    days: int = 7
    clicks_per_day: int = 20_000
    sales_per_day: int | None = None
    products: int = 400
    customers: int = 5_000
    stores: int = 12
    dirt: float = 0.01
    first_day: int = 0

    @property
    def lines_per_day(self) -> int:
        """Sales lines of one day, online ones included."""
        return self.clicks_per_day // 10 if self.sales_per_day is None else self.sales_per_day

    def day(self, number: int) -> date:
        """Date of a day of the plan."""
        return self.start + timedelta(days=number)

    def random(self, number: int, stream: str) -> np.random.Generator:
        """The random stream of one day and purpose; independent of how many days the plan has."""
        word = int.from_bytes(stream.encode()[:8], "little")
        return np.random.default_rng([self.seed, number + 1, word])


@dataclass
class Generated:
    """Files, records and bytes by feed, and how many records were damaged by kind."""

    files: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FEEDS, 0))
    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FEEDS, 0))
    bytes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FEEDS, 0))
    dirt: dict[str, int] = field(default_factory=dict)

    def damage(self, kind: str, count: int) -> None:
        """Remember damaged records, `kind` being `<feed>.<what>`."""
        if count:
            self.dirt[kind] = self.dirt.get(kind, 0) + int(count)
