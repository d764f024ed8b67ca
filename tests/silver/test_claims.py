"""What deliveries are whole of is remembered once: the latest of each, however many there were."""

from __future__ import annotations

import pytest

from tests.shop import MiniShop
from tests.silver.replacing import shop_at

DAYS = ("2026-01-01", "2026-01-02", "2026-01-03")


@pytest.mark.parametrize(
    ("deliveries", "found"),
    [
        ("list", [("feed", "", "list")]),
        ("{replace: file}", [("file", f"sales/ingest_date={day}/sales.csv", "") for day in DAYS]),
        ("{replace: day, each: file}", [("columns", day, "list") for day in DAYS[:1]]),
    ],
)
def test_the_latest_claim_of_each_kind_stays(
    shop: MiniShop, deliveries: str, found: list[tuple[str, str, str]]
) -> None:
    shop = shop_at(shop.root / "own", deliveries)
    for day in DAYS:
        shop.land_sales(day, f"a,{DAYS[0]},1,1")
        shop.run("silver.sales")
    claims = claimed(shop)
    assert [(kind, scope) for kind, scope, _ in claims] == [(kind, scope) for kind, scope, _ in found]
    assert all(DAYS[2] in place or kind == "file" for kind, _, place in claims)


def claimed(shop: MiniShop) -> list[tuple[str, str, str]]:
    """Kind, what of and whose of the claims that are kept beside the table."""
    with shop.open() as context:
        paths = context.lake.find("silver.sales").state["marketpulse.kept.claims"].splitlines()
        rows = context.engine.bind("kept", {"_kind": "string", "_scope": "string", "_place": "string"}, paths)
        return sorted(context.engine.rows(f"select _kind, _scope, _place from {rows}"))
