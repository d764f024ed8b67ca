"""A shop with rejected rows: what lands, what becomes of it, and another try."""

from __future__ import annotations

from typing import Any

from marketpulse.silver.quarantine import Filter
from marketpulse.silver.replay import Replayed, replay
from tests.shop import MiniShop


def land(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", *[f"{n},2026-01-0{1 + n % 3},{n},1" for n in range(1, 20)], "a,2026-01-01,3 pcs,1")
    shop.land_sales("2026-01-02", "a,2026-01-05,4 pcs,1", "b,2026-01-02,0,1", "2,2026-01-09,7,1", name="b.csv")
    shop.land_sales("2026-01-02", *[f"c{n},2026-01-02,1,1" for n in range(9)], "d,2026-13-01,1,1", name="c.csv")
    shop.land("clicks/a.json", '{"id":"a","ts":"2026-01-01T00:00:01Z"}\n')


def statuses(shop: MiniShop) -> list[tuple[str, str, int]]:
    rows = shop.rows("silver.quarantine")
    return sorted((row[7] or "", row[13], row[12]) for row in rows)


def retry(shop: MiniShop, **where: Any) -> list[Replayed]:
    with shop.open() as context:
        return replay(context, Filter(**where))
