"""Deliveries -> NDJSON lines, assembled column by column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from marketpulse_retail.generate import names
from marketpulse_retail.generate.delivery import Deliveries
from marketpulse_retail.generate.entries import ENTRIES
from marketpulse_retail.generate.plan import ShopPlan
from marketpulse_retail.generate.visits import (
    ADD,
    CART,
    CHECKOUT,
    DEVICES,
    IDENTIFY,
    LIST,
    ORDER,
    PAGE,
    PAYMENT,
    REMOVE,
    SERVICES,
    VIEW,
    Visits,
)
from marketpulse_retail.generate.world import Ints, in_euro, product_id

_NAMES = {
    LIST: ("Product List Viewed", "view_item_list"),
    VIEW: ("Product Viewed", "view_item"),
    ADD: ("Product Added", "add_to_cart"),
    REMOVE: ("Product Removed", "remove_from_cart"),
    CART: ("Cart Viewed", "view_cart"),
    CHECKOUT: ("Checkout Started", "begin_checkout"),
    PAYMENT: ("Payment Info Entered", "add_payment_info"),
    ORDER: ("Order Completed", "purchase"),
}
_PATHS = {PAGE: "/", IDENTIFY: "/account", LIST: "/products", CART: "/cart", CHECKOUT: "/checkout"}
_PATHS |= {PAYMENT: "/checkout/payment", ORDER: "/checkout/done"}
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile Safari/604.1",
    "Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1",
    "Mozilla/5.0 (compatible; ShopBot/2.1; +https://bot.example/about)",
    "python-requests/2.32.3",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    # A telephone, and a person's.
    "Mozilla/5.0 (Linux; Android 14; CUBOT P80) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36",
)
_CUBOT = 7
SHOP = "https://shop.example"
_CART_PAGE, _CHECKOUT_PAGE = f"{SHOP}/cart", "https://www.shop.example/checkout"


@dataclass(frozen=True)
class Prices:
    """Cents: `unit` by product, `revenue` by order of the day; `lines` is the JSON array of an order's products."""

    unit: Ints
    revenue: Ints
    order_ids: Sequence[str]
    lines: Sequence[str]


def encode(plan: ShopPlan, visits: Visits, deliveries: Deliveries, chosen: Ints, prices: Prices) -> pa.StringArray:
    """The JSON of the chosen deliveries, one object each, without a line end."""
    e = deliveries.event[chosen]
    kind, visitor, visit = visits.kind[e], visits.visitor[e], visits.visit[e]
    tag = np.where(kind == PAGE, 0, np.where(kind == IDENTIFY, 1, 2))
    head = _pick(
        ('{"type":"page","messageId":"', '{"type":"identify","messageId":"', '{"type":"track","messageId":"'), tag
    )
    known = visits.known[e]
    named = names.name_at(plan, np.maximum(visits.owner[visit], 0), visits.at[e])
    # The shop's server knows the customer, not the browser.
    browser = ~(visits.served[visit] & (kind == ORDER))
    anonymous = pc.binary_join_element_wise('"anonymousId":"', browser_ids(visitor), '",', "")
    user = pc.binary_join_element_wise('"userId":"', names.texts(plan.customers).take(pa.array(named)), '",', "")
    return pc.binary_join_element_wise(
        head,
        _message_id(deliveries, chosen),
        '",',
        pc.if_else(pa.array(browser), anonymous, ""),
        pc.if_else(pa.array(known), user, ""),
        '"originalTimestamp":"',
        _time(deliveries.original[chosen]),
        '","sentAt":"',
        _time(deliveries.sent[chosen]),
        '","receivedAt":"',
        _time(deliveries.received[chosen]),
        _event_name(kind, visitor),
        _context(visits, e, kind, visit),
        _properties(visits, e, kind, prices),
        "}",
        "",
    )


def browser_ids(visitor: Ints) -> pa.StringArray:
    """What browsers call themselves."""
    return _hex(visitor * 2654435761 % (1 << 40) + (1 << 40), 11)


def _pick(texts: Sequence[str], index: NDArray[np.integer]) -> pa.StringArray:
    return _texts(texts).take(pa.array(index))


def _texts(texts: Sequence[str]) -> pa.StringArray:
    return pa.array(list(texts), pa.string())


def _time(micros: Ints) -> pa.StringArray:
    text = pc.cast(pa.array(micros // 1000).cast(pa.timestamp("ms")), pa.string())
    return pc.binary_join_element_wise(pc.binary_replace_slice(text, 10, 11, "T"), "Z", "")


def _hex(numbers: Ints, digits: int) -> pa.StringArray:
    """Numbers as text of a fixed width."""
    return pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), digits + 2, "0")


def _message_id(deliveries: Deliveries, chosen: Ints) -> pa.StringArray:
    """As browsers make them: the millisecond of the device's clock, then noise."""
    clock = pc.cast(pa.array(deliveries.original[chosen] // 1000), pa.string())
    return pc.binary_join_element_wise("ajs-next-", clock, "-", _hex(deliveries.message[chosen], 15), "")


def _event_name(kind: Ints, visitor: Ints) -> pa.StringArray:
    """`"event":"…"` of a track event; one browser in ten sends Google Analytics 4 names."""
    table = [""] * 20
    for number, (name, alias) in _NAMES.items():
        table[number], table[10 + number] = f'","event":"{name}', f'","event":"{alias}'
    return _pick(table, kind + 10 * (visitor % 10 == 3))


def _context(visits: Visits, e: Ints, kind: Ints, visit: Ints) -> pa.StringArray:
    first = np.concatenate(([True], visits.visit[1:] != visits.visit[:-1]))[e]
    entry = np.where(first, visits.entry[visit], 0)
    campaign = [
        '"campaign":{{"source":"{}","medium":"{}","name":"{}"}},'.format(*told.campaign) if told.campaign else ""
        for told in ENTRIES
    ]
    addresses = [told.referrer for told in ENTRIES] + [_CART_PAGE, _CHECKOUT_PAGE, *SERVICES]
    # Later pages say where they were reached from too: the shop itself, or the service where the order was paid.
    later = np.where(kind == CHECKOUT, len(ENTRIES), np.where(kind == PAYMENT, len(ENTRIES) + 1, entry))
    later = np.where((kind == ORDER) & ~first, len(ENTRIES) + 2 + visits.service[visit], later)
    referrer = [f'","referrer":"{address}' if address else "" for address in addresses]
    paths = [_PATHS.get(number, "") for number in range(10)]
    product = np.maximum(visits.product[e], 0)
    on_product = np.isin(kind, (VIEW, ADD, REMOVE))
    page = pc.if_else(
        pa.array(on_product),
        pc.binary_join_element_wise("/products/", _product_ids(product), ""),
        _pick(paths, kind),
    )
    person = np.where(visits.visitor[e] % 40 == 8, _CUBOT, visits.device[visit])
    agent = np.where(visits.bot[visit] > 0, visits.bot[visit] + 2, person)
    return pc.binary_join_element_wise(
        '","context":{',
        _pick(campaign, entry),
        f'"page":{{"url":"{SHOP}',
        page,
        _pick([told.query for told in ENTRIES], entry),
        '","path":"',
        page,
        _pick(referrer, later),
        '"},"userAgent":"',
        _pick(AGENTS, agent),
        '","locale":"en-US","ip":"203.0.113.',
        pc.cast(pa.array(visits.visitor[e] % 256), pa.string()),
        '","device":{"type":"',
        _pick(DEVICES, visits.device[visit]),
        '"},"library":{"name":"analytics.js","version":"next-1.77.0"}}',
        "",
    )


def _product_ids(index: Ints) -> pa.StringArray:
    return _texts([product_id(i) for i in range(int(index.max(initial=0)) + 1)]).take(pa.array(index))


def _money(cents: Ints) -> pa.StringArray:
    """Cents as dollars: `1234` -> `12.34`."""
    rest = pc.utf8_lpad(pc.cast(pa.array(cents % 100), pa.string()), 2, "0")
    return pc.binary_join_element_wise(pc.cast(pa.array(cents // 100), pa.string()), ".", rest, "")


def _properties(visits: Visits, e: Ints, kind: Ints, prices: Prices) -> pa.StringArray:
    product = np.maximum(visits.product[e], 0)
    euro = visits.pays_euro(visits.visitor[e])
    currency = _pick((',"currency":"USD"', ',"currency":"EUR"'), euro.astype(np.int64))
    item = pc.binary_join_element_wise(
        ',"properties":{"product_id":"',
        _product_ids(product),
        '","price":',
        _money(np.where(euro, in_euro(prices.unit[product]), prices.unit[product])),
        ',"quantity":',
        pc.cast(pa.array(visits.quantity[e]), pa.string()),
        currency,
        "}",
        "",
    )
    order = np.maximum(visits.order[e], 0)
    if len(prices.order_ids):
        whole = pc.binary_join_element_wise(
            ',"properties":{"order_id":"',
            _texts(prices.order_ids).take(pa.array(order)),
            '","revenue":',
            _money(prices.revenue[order]),
            ',"shipping":4.99,"total":',
            _money(prices.revenue[order] + 499),
            currency,
            ',"products":',
            _texts(prices.lines).take(pa.array(order)),
            "}",
            "",
        )
    else:
        whole = pa.array([""] * len(e), pa.string())
    plain = pc.if_else(pa.array(kind == LIST), ',"properties":{"list_id":"all"}', "")
    with_item = pc.if_else(pa.array(np.isin(kind, (VIEW, ADD, REMOVE))), item, plain)
    return pc.if_else(pa.array(kind == ORDER), whole, with_item)
