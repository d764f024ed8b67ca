"""Names lead to each other as far as they are of one person; records are found by what silver reads, or by a word."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from marketpulse.people import finding
from marketpulse.people.erased import Name
from marketpulse.people.finding import Person
from marketpulse.privacy import tracing
from tests.privacy.people import click, clicks, named, sales
from tests.shop import MiniShop


def person(shop: MiniShop, *names: Name) -> Person:
    with shop.open() as context, tracing.looked_at(context) as feeds:
        return finding.person(context, feeds, names)


def found(shop: MiniShop, names: Collection[Name]) -> dict[str, int]:
    with shop.open() as context, tracing.looked_at(context) as feeds:
        ids = tracing.gone(context, feeds, names)
        return {name: context.engine.rows(f"select count(*) from {each.both}")[0][0] for name, each in ids.items()}


@pytest.fixture
def people(shop: MiniShop) -> MiniShop:
    """A household: two phones, a tablet of both, a browser of nobody."""
    named(shop)
    sales(shop, "2026-01-01", "s1,2026-01-01,1,ada@1", "s2,2026-01-01,1,bob@1")
    events = [("phone-a", "ada@1"), ("phone-a", None), ("tablet", "ada@1"), ("tablet", "bob@1"), ("phone-b", "bob@1")]
    clicks(shop, "2026-01-02", *(click(f"c{n}", *pair) for n, pair in enumerate(events)), click("c8", "pc"))
    assert shop.run().ok
    return shop


def test_names_lead_to_those_that_are_of_nobody_else(people: MiniShop) -> None:
    ada = person(people, ("buyer", "ada@1"))
    assert ada.names == {("buyer", "ada@1"), ("browser", "phone-a")}
    assert ada.shared == {("browser", "tablet")}


def test_what_two_people_share_goes_with_both(people: MiniShop) -> None:
    both = person(people, ("buyer", "ada@1"), ("buyer", "bob@1"))
    assert {text for kind, text in both.names if kind == "browser"} == {"phone-a", "phone-b", "tablet"}
    assert not both.shared


def test_a_name_that_nobody_bears_leads_nowhere(people: MiniShop) -> None:
    assert person(people, ("buyer", "eve@1")).names == {("buyer", "eve@1")}


def test_a_name_that_is_written_otherwise_is_told(people: MiniShop) -> None:
    clicks(people, "2026-01-03", click("c9", "jose\u0301-1", "BOB@1"))
    people.run()
    with people.open() as context, tracing.looked_at(context) as feeds:
        assert finding.alike(context, feeds, {("buyer", "Ada@1"), ("browser", "ada@1")}) == {("buyer", "ada@1")}
        assert finding.alike(context, feeds, {("buyer", "bob@1")}) == {("buyer", "BOB@1")}
        assert finding.alike(context, feeds, {("browser", "JOS\u00c9-1")}) == {("browser", "jose\u0301-1")}


def test_a_column_of_several_kinds_writes_no_name_otherwise_that_was_asked_for(people: MiniShop) -> None:
    people.edit("silver/clicks/contract.yaml", "value: buyer}", "value: [account, buyer]}")
    assert people.run().ok
    with people.open() as context, tracing.looked_at(context) as feeds:
        assert finding.alike(context, feeds, {("buyer", "ada@1")}) == set()
        assert finding.alike(context, feeds, {("buyer", "ADA@1")}) == {("account", "ada@1"), ("buyer", "ada@1")}


def test_a_text_is_a_name_of_its_kind_only(people: MiniShop) -> None:
    assert found(people, {("buyer", "ada@1")}) == {"bronze.clicks": 2, "bronze.sales": 1}
    assert found(people, {("browser", "ada@1")}) == {"bronze.clicks": 0, "bronze.sales": 0}


def test_a_record_that_cannot_be_read_is_found_by_its_words(people: MiniShop) -> None:
    clicks(people, "2026-01-03", click("c9", "pc"), name="good.json")
    people.land("clicks/ingest_date=2026-01-03/bad.json", '{"buyer": "ada@1", "id"\n{"buyer": "ada@12", "id"\n')
    people.run("silver.quarantine")
    assert found(people, {("buyer", "ada@1")})["bronze.clicks"] == 3


def test_many_names_are_looked_for_at_once(people: MiniShop) -> None:
    names = {("buyer", f"x-{number}") for number in range(5_000)} | {("buyer", "bob@1")}
    assert found(people, names) == {"bronze.clicks": 2, "bronze.sales": 1}


def test_records_that_lost_or_are_new_or_malformed_are_looked_at_whole_and_no_others(people: MiniShop) -> None:
    clicks(people, "2026-01-03", click("c0", "phone-a", "ada@1"), click("c7", "pc"), name="again.json")
    people.land("clicks/ingest_date=2026-01-03/bad.json", '{"buyer": "ada@1", "id"\n')
    people.run("silver.quarantine")
    with people.open() as context, tracing.looked_at(context) as feeds:
        (named,) = next(feed for feed in feeds if feed.bronze == "bronze.clicks").naming
        others = context.engine.rows(f"select coalesce(raw, _malformed) from {named.others} order by 1")
        assert [text[:11] for (text,) in others] == ['{"buyer": "', '{"id": "c0"', '{"id": "c7"']
