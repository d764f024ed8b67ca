"""Who did what, when and why is kept, and names no person."""

from __future__ import annotations

import pytest

from marketpulse.errors import UsageError
from marketpulse.people import audit
from marketpulse.privacy.erase import Asked
from marketpulse.privacy.export import export
from tests.privacy.people import click, clicks, erase, named, sales, traces_of
from tests.shop import MiniShop


def test_what_was_done_is_kept_in_its_order_with_who_and_why(shop: MiniShop) -> None:
    shop.run()
    with shop.open() as context:
        for number in range(3):
            audit.note(context, "replay", f"ticket {number}", rows={"silver.sales": number})
        found = audit.trail(context)
    assert [(each.action, each.reason, each.what["rows"]["silver.sales"]) for each in found] == [
        ("replay", f"ticket {number}", number) for number in range(3)
    ]
    assert all(each.by and each.host and each.at for each in found)


def test_an_erasure_is_kept_without_the_person(shop: MiniShop) -> None:
    named(shop)
    sales(shop, "2026-01-01", "s1,2026-01-01,1,ada@1815", "s2,2026-01-01,1,bob@1")
    clicks(shop, "2026-01-01", click("c1", "pc"))
    shop.run()
    erase(shop, "buyer", "ada@1815")
    with shop.open() as context:
        (entry,) = audit.trail(context)
    assert (entry.action, entry.reason, len(entry.people)) == ("erase", "ticket 4711", 1)
    assert entry.what["rows"] == {"bronze.sales": 1, "silver.sales": 1, "gold.agg_buyers": 1}
    assert not traces_of(shop.root / "warehouse", ["ada@1815"])


def test_a_reason_that_names_somebody_is_refused_or_names_nobody_after_the_erasure(shop: MiniShop) -> None:
    named(shop)
    sales(shop, "2026-01-01", "s1,2026-01-01,1,O'Hara@1815", "s2,2026-01-01,1,bob@1")
    shop.run()
    with shop.open() as context:
        with pytest.raises(UsageError, match="the reason names the person"):
            export(context, Asked("buyer", ("O'Hara@1815",), "asked by o'hara@1815"))
        assert export(context, Asked("buyer", ("O'Hara@1815",), "ticket 18")).tables
        audit.note(context, "replay", "rows of O'Hara@1815, of bob@1")
    erase(shop, "buyer", "O'Hara@1815")
    with shop.open() as context:
        assert [entry.reason for entry in audit.trail(context)] == [
            "ticket 18",
            "rows of (erased), of bob@1",
            "ticket 4711",
        ]
    assert not traces_of(shop.root / "warehouse", ["O'Hara@1815"])


def test_where_there_is_no_place_for_it_nothing_is_kept(shop: MiniShop) -> None:
    shop.run()
    with shop.open() as context:
        assert audit.trail(context) == []
