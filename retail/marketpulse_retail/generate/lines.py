"""Sales lines as columns, and as the fields of the feed.

Tills write differently: those of New York do not say what kind of line it is (the sign of the quantity does), those of
Berlin count in codes of the United Nations and have the tax in their prices.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketpulse_retail.generate.clock import NEW_YORK
from marketpulse_retail.generate.stores import in_euro, zones
from marketpulse_retail.generate.world import SHIPPING, Ints, customer_id, product_id, store_id

SALES = (
    "transaction_id,line_number,customer_id,store_id,product_id,sold_at,quantity,unit_price,discount,payment_type,"
    "currency,channel,unit,tax_amount,price_includes_tax,line_type"
)
SALE, RETURN, VOID, SHIPPED = range(4)
_KINDS = ("sale", "return", "void", "shipping")
_PAYMENTS = ("card", "cash", "wallet", "gift_card")
#: Thousandths of a piece or a kilogram.
PIECE = 1000


@dataclass(frozen=True)
class Lines:
    """Sales lines by column; `unit_price` and `discount` in cents of `euro` or dollars, `quantity` in thousandths.

    `sold_at` is in microseconds, customer -1 is nobody, product -1 shipping; `loose` goods are sold by weight.
    """

    transaction: NDArray[np.str_]
    line: Ints
    customer: Ints
    store: Ints
    product: Ints
    sold_at: Ints
    quantity: Ints
    unit_price: Ints
    discount: Ints
    payment: Ints
    kind: Ints
    euro: NDArray[np.bool_]
    loose: NDArray[np.bool_]

    def of(self, chosen: NDArray[np.bool_], **changed: NDArray[Any]) -> Lines:
        """Some of the lines, with other values in some columns."""
        columns = {each.name: getattr(self, each.name)[chosen] for each in fields(self)}
        return Lines(**columns | changed)

    @property
    def net(self) -> Ints:
        """Gross less discount of each line, in thousandths of a cent."""
        return self.quantity * self.unit_price - self.discount * PIECE

    @property
    def tax(self) -> Ints:
        """Tax of each line in cents: 19 % that are in the price, or 7 % on top of it."""
        share = np.where(self.euro, 19 / 119, 0.07)
        return np.round(self.net * share / PIECE).astype(np.int64)

    def rows(self) -> list[list[str]]:
        """The lines as the fields of the CSV."""
        moment = np.datetime_as_string(self.sold_at.astype("datetime64[us]"), unit="s")
        channel = ["web", "app", "store"]
        told, unit = self._told()
        columns = (self.line, self.customer, self.store, self.product, self.quantity, self.unit_price, self.discount)
        numbers = zip(*(column.tolist() for column in (*columns, self.payment, self.euro, self.tax)), strict=True)
        return [
            [
                str(self.transaction[i]),
                str(line),
                customer_id(customer) if customer >= 0 else "",
                store_id(store),
                product_id(product) if product >= 0 else SHIPPING,
                f"{moment[i]}Z",
                amount(quantity),
                cents(price),
                cents(discount),
                _PAYMENTS[payment],
                "EUR" if euro else "USD",
                channel[min(store, 2)],
                unit[i],
                cents(tax),
                "true" if euro else "false",
                told[i],
            ]
            for i, (line, customer, store, product, quantity, price, discount, payment, euro, tax) in enumerate(numbers)
        ]

    def _told(self) -> tuple[list[str], list[str]]:
        """What the till says of the kind of each line, and of its unit."""
        said = (self.kind >= VOID) | (zones(self.store) != NEW_YORK) | (self.store < 2)
        kind = np.where(said, np.array(_KINDS)[self.kind], "")
        codes = in_euro(self.store)
        loose, piece = np.where(codes, "KGM", "kg"), np.where(codes, "C62", "")
        return kind.tolist(), np.where(self.loose, loose, piece).tolist()


def cents(amount: int) -> str:
    """`-150` -> `-1.50`."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def amount(thousandths: int) -> str:
    """`2000` -> `2`, `-1250` -> `-1.250`."""
    whole, rest = divmod(abs(thousandths), PIECE)
    return f"{'-' if thousandths < 0 else ''}{whole}" + (f".{rest:03d}" if rest else "")


def line_numbers(group: Ints) -> Ints:
    """1, 2, … within each run of equal values."""
    starts = np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1]))) if len(group) else np.array([], int)
    lengths = np.diff(np.concatenate((starts, [len(group)])))
    return np.arange(len(group)) - np.repeat(starts, lengths) + 1
