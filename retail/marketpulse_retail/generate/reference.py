"""Change files: every product and customer on the first day, then what changed, some of it late."""

from __future__ import annotations

import numpy as np

from marketpulse_retail.generate.lines import cents
from marketpulse_retail.generate.plan import ShopPlan
from marketpulse_retail.generate.world import (
    BRANDS,
    CATEGORIES,
    CITIES,
    FIRST,
    LAST,
    TIERS,
    World,
    customer_id,
    product_id,
)

Rows = list[list[str]]
PRODUCTS = ["product_id", "name", "category", "subcategory", "brand", "price", "currency", "is_active", "updated_at"]
CUSTOMERS = [
    "customer_id",
    "first_name",
    "last_name",
    "email",
    "phone",
    "city",
    "region",
    "country",
    "birth_date",
    "loyalty_tier",
    "updated_at",
]


def products(world: World, day: int) -> Rows:
    """Rows that land on a day: all on the first, price changes later, a few of them two days late."""
    plan = world.plan
    if day == 0:
        price = world.prices(0)
        return [_product(world, i, price[i], "2026-01-01T00:00:00Z") for i in range(plan.products)]
    rows: Rows = []
    for number, late in ((day, False), (day - 2, True)):
        if number < 1:
            continue
        changed, _ = world.price_changes(number)
        price = world.prices(number)
        is_late = changed % 4 == 0
        rows += [_product(world, i, price[i], f"{plan.day(number)}T00:00:00Z") for i in changed[is_late == late]]
    return rows


def _product(world: World, i: int, price: int, since: str) -> list[str]:
    category = list(CATEGORIES)[world.category[i]]
    sub = CATEGORIES[category][i % 3]
    brand = BRANDS[i * 7 % len(BRANDS)]
    return [product_id(i), f"{brand} {sub} {i}", category, sub, brand, cents(int(price)), "USD", "true", since]


def customers(plan: ShopPlan, day: int) -> Rows:
    """Everybody on the first day; then moves and new tiers."""
    if day == 0:
        return [_customer(i, 0, "2026-01-01T00:00:00Z") for i in range(plan.customers)]
    rng = plan.random(day, "moves")
    movers = np.sort(rng.choice(plan.customers, max(plan.customers // 500, 1), replace=False))
    return [_customer(int(i), day, f"{plan.day(day)}T{rng.integers(0, 24):02d}:00:00Z") for i in movers]


def _customer(i: int, version: int, since: str) -> list[str]:
    first, last = FIRST[i % len(FIRST)], LAST[i // len(FIRST) % len(LAST)]
    city, region = CITIES[0][(i + version * 3) % len(CITIES[0])]
    born = f"{1950 + i * 13 % 55}-{1 + i % 12:02d}-{1 + i * 7 % 28:02d}"
    mail = f"{first}.{last}.{i}@mail.example".lower()
    phone = f"+1-555-{i % 10_000:04d}"
    tier = TIERS[(i + version) % len(TIERS)]
    return [customer_id(i), first, last, mail, phone, city, region, "US", born, tier, since]
