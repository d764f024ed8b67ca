"""Who and what there is: products with their prices over time, customers, stores, browsers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marketpulse_retail.generate.plan import ShopPlan

CATEGORIES = {
    "Coffee": ("Espresso", "Filter", "Decaf"),
    "Tea": ("Green", "Black", "Herbal"),
    "Kitchen": ("Mugs", "Kettles", "Grinders"),
    "Home": ("Candles", "Blankets", "Lamps"),
    "Outdoor": ("Flasks", "Picnic", "Lanterns"),
    "Gifts": ("Sets", "Cards", "Wrapping"),
}
BRANDS = ("Aster", "Birchwood", "Cobalt", "Driftway", "Elmsworth", "Fjord", "Granite", "Harbor")
FIRST = ("Ada", "Ben", "Chloe", "Dev", "Elif", "Finn", "Grace", "Hugo", "Ines", "Jonas", "Kira", "Liam", "Mina", "Noah")
LAST = ("Abbott", "Baker", "Castro", "Dubois", "Evans", "Fischer", "Garcia", "Haas", "Ito", "Jensen", "Khan", "Lopez")
#: Towns by zone: around New York, Los Angeles, Berlin.
CITIES = (
    (("Columbus", "OH"), ("Cleveland", "OH"), ("Detroit", "MI"), ("Pittsburgh", "PA"), ("Louisville", "KY")),
    (("Los Angeles", "CA"), ("San Diego", "CA"), ("Portland", "OR"), ("Seattle", "WA")),
    (("Berlin", "BE"), ("Leipzig", "SN"), ("Hamburg", "HH"), ("Munich", "BY")),
)
TIERS = ("none", "silver", "gold")
#: What the lines of shipping name as their product; it is none of the catalogue.
SHIPPING = "SHIPPING"
FORMATS = ("flagship", "city", "outlet")

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """Arrays by product, customer and store index. Prices are in cents."""

    plan: ShopPlan
    base_price: Ints
    popularity: Floats
    category: Ints
    visitors: int

    @classmethod
    def of(cls, plan: ShopPlan) -> World:
        """The world of a plan; the same seed gives the same world."""
        rng = plan.random(-1, "world")
        rank = rng.permutation(plan.products) + 1
        weight = 1.0 / rank**0.9
        return cls(
            plan,
            np.round(np.exp(rng.normal(2.8, 0.7, plan.products)) * 100).astype(np.int64).clip(150, 50_000),
            np.cumsum(weight) / weight.sum(),
            rng.integers(0, len(CATEGORIES), plan.products),
            max(plan.customers * 2 + plan.clicks_per_day // 4, 100),
        )

    def prices(self, day: int) -> Ints:
        """Price of every product on a day, in cents: about one in two hundred changes on a day."""
        price = self.base_price.copy()
        for number in range(1, day + 1):
            changed, factor = self.price_changes(number)
            price[changed] = np.maximum(np.round(price[changed] * factor), 100).astype(np.int64)
        return price

    def price_changes(self, day: int) -> tuple[Ints, Floats]:
        """Products whose price changes at the start of a day, and by what factor."""
        rng = self.plan.random(day, "prices")
        count = max(self.plan.products // 200, 1)
        return rng.choice(self.plan.products, count, replace=False), rng.uniform(0.85, 1.2, count)

    def pick_products(self, rng: np.random.Generator, count: int) -> Ints:
        """Products drawn by popularity."""
        return np.searchsorted(self.popularity, rng.random(count)).clip(0, self.plan.products - 1)

    def customer_of(self, visitor: Ints) -> Ints:
        """Customer of a browser, -1 for one that never says; every customer has two browsers."""
        return np.where(visitor < 2 * self.plan.customers, visitor % self.plan.customers, -1)


def product_id(index: int) -> str:
    """`P00042`."""
    return f"P{index:05d}"


def customer_id(index: int) -> str:
    """`C000042`."""
    return f"C{index:06d}"


def store_id(index: int) -> str:
    """`S001`; the web shop is `WEB`, the app `APP`."""
    return ("WEB", "APP")[index] if index < 2 else f"S{index - 1:03d}"


def in_euro(cents: Ints) -> Ints:
    """The price in euro cents of what costs so many dollar cents: nobody converts prices by the day."""
    return np.asarray(cents * 9 // 10, np.int64)
