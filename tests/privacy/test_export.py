"""An access request gets all that is known of a person, and nothing of anybody else."""

from __future__ import annotations

import pytest

from marketpulse.errors import UsageError
from marketpulse.people.audit import trail
from marketpulse.privacy.erase import Asked
from marketpulse.privacy.export import Export, export
from tests.privacy.people import click, clicks, erase, named, sales
from tests.shop import MiniShop


def exported(shop: MiniShop, *names: str) -> Export:
    with shop.open() as context:
        return export(context, Asked("buyer", names, "ticket 12"))


@pytest.fixture
def people(shop: MiniShop) -> MiniShop:
    named(shop)
    sales(shop, "2026-01-01", "s1,2026-01-01,1,ada@1815", "s2,2026-01-01,0,ada@1815", "s3,2026-01-01,2,bob@1")
    clicks(
        shop, "2026-01-02", click("c1", "phone-ada", "ada@1815"), click("c2", "phone-ada"), click("c3", "pc", "bob@1")
    )
    assert shop.run().ok
    return shop


def test_all_that_is_known_is_told_table_by_table(people: MiniShop) -> None:
    found = exported(people, "ada@1815")
    assert {known.table: len(known.rows) for known in found.tables} == {
        "bronze.clicks": 2,
        "bronze.sales": 2,
        "silver.clicks": 2,
        "silver.sales": 1,
        "silver.quarantine": 1,
        "gold.agg_buyers": 1,
    }
    assert "bob" not in repr(found)


def test_that_somebody_asked_is_written_down(people: MiniShop) -> None:
    exported(people, "ada@1815")
    with people.open() as context:
        (entry,) = trail(context)
    assert (entry.action, entry.reason, entry.what["rows"]["silver.sales"]) == ("export", "ticket 12", 1)


def test_of_somebody_who_was_erased_nothing_is_known(people: MiniShop) -> None:
    erase(people, "buyer", "ada@1815")
    found = exported(people, "ada@1815")
    assert not found.tables
    assert found.names == (("buyer", "ada@1815"),)


def test_a_kind_that_no_contract_says_is_refused(people: MiniShop) -> None:
    with people.open() as context, pytest.raises(UsageError, match="known: browser, buyer"):
        export(context, Asked("bayer", ("ada",)))
