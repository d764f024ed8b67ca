"""What visitors do, event by event: they look, some add, fewer go to the checkout, fewer buy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from marketpulse_retail.generate.encode import AGENTS, SHOP
from marketpulse_retail.generate.entries import ENTRIES, Entry
from marketpulse_retail.generate.world import customer_id, product_id

_PRODUCTS, _CUSTOMERS, _BROWSERS, _DEVICES = 400, 5_000, 20_000, 3
_SHIPPING = 4.99
Item = dict[str, Any]


@dataclass(frozen=True)
class Visitor:
    """Who visits: a browser, its agent, where it came from, and the customer once that is known."""

    anonymous: str
    agent: str
    entry: Entry
    customer: str | None


@dataclass(frozen=True)
class Event:
    """One thing that a visitor did, before a client puts it on the wire; `user` where it is known who it is."""

    visitor: Visitor
    kind: str
    name: str
    path: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    user: str | None = None
    is_first: bool = False

    @property
    def url(self) -> str:
        """The page, with what the first address of a visit says of where it came from."""
        return f"{SHOP}{self.path}{self.visitor.entry.query if self.is_first else ''}"


def visit(chance: Random) -> Iterator[Event]:
    """The events of one visit, in their order."""
    visitor = _visitor(chance)
    yield Event(visitor, "page", "Home", "/", is_first=True)
    user = None
    if visitor.customer:
        user = visitor.customer
        yield Event(visitor, "identify", "", "/account", {"plan": chance.choice(("none", "silver", "gold"))}, user)
    if chance.random() < 0.2:
        return
    yield Event(visitor, "track", "Product List Viewed", "/products", {"list_id": "all"}, user)
    cart: list[Item] = []
    for _ in range(1 + int(chance.expovariate(0.6))):
        item = _item(chance)
        path = f"/products/{item['product_id']}"
        yield Event(visitor, "track", "Product Viewed", path, item, user)
        if chance.random() < 0.35:
            cart.append(item)
            yield Event(visitor, "track", "Product Added", path, item, user)
    if cart:
        yield from _checkout(chance, visitor, cart, user)


def _checkout(chance: Random, visitor: Visitor, cart: list[Item], user: str | None) -> Iterator[Event]:
    yield Event(visitor, "track", "Cart Viewed", "/cart", {}, user)
    if chance.random() < 0.4:
        return
    yield Event(visitor, "track", "Checkout Started", "/checkout", {}, user)
    if chance.random() < 0.3:
        return
    yield Event(visitor, "track", "Payment Info Entered", "/checkout/payment", {}, user)
    revenue = round(sum(item["price"] * item["quantity"] for item in cart), 2)
    order = {
        "order_id": f"O-{chance.getrandbits(48):012x}",
        "revenue": revenue,
        "shipping": _SHIPPING,
        "total": round(revenue + _SHIPPING, 2),
        "currency": "USD",
        "products": [{key: item[key] for key in ("product_id", "price", "quantity")} for item in cart],
    }
    yield Event(visitor, "track", "Order Completed", "/checkout/done", order, user)


def _visitor(chance: Random) -> Visitor:
    """One of the shop's browsers; every third belongs to a customer who signs in."""
    number = chance.randrange(_BROWSERS)
    entry = chance.choices(ENTRIES, [each.share for each in ENTRIES])[0]
    customer = customer_id(number % _CUSTOMERS) if number % 3 == 0 else None
    return Visitor(f"{number * 2654435761 % (1 << 40):011x}", AGENTS[number % _DEVICES], entry, customer)


def _item(chance: Random) -> Item:
    product = min(int(chance.paretovariate(0.7)), _PRODUCTS) - 1
    quantity = chance.choice((1, 1, 1, 2))
    price = round(5 + product * 37 % 90 + 0.99, 2)
    return {
        "product_id": product_id(product),
        "price": price,
        "quantity": quantity,
        "currency": "USD",
    }
