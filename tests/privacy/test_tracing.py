"""What is a person's is found wherever it stands, and what of others mentions them is told."""

from __future__ import annotations

from tests.privacy.people import ADA, click, clicks, erase, named, traces_of
from tests.shop import MiniShop, contract


def test_names_that_are_of_others_too_lead_nowhere(busy: MiniShop) -> None:
    done = erase(busy, "browser", "phone-ada")
    assert done.names == (("browser", "phone-ada"),)
    assert ("buyer", "ada@1815") in done.shared
    assert [row[0] for row in busy.rows("silver.clicks")] == ["c3", "c4", "c5"]


def test_only_what_is_asked_for(busy: MiniShop) -> None:
    erase(busy, "buyer", "ada@1815", only=True)
    assert [row[0] for row in busy.rows("silver.clicks")] == ["c2", "c4", "c5"]


def test_a_record_that_names_nobody_as_it_should_is_looked_through(shop: MiniShop) -> None:
    named(shop).edit("silver/clicks/contract.yaml", "name: browser, ", "name: browser, required: true, ")
    strange = {"id": "c3", "ts": "2026-01-02T10:00:03Z", "user": "ada@1815"}
    clicks(shop, "2026-01-02", click("c1", "phone-ada", "ada@1815"), click("c2", "pc", "bob@1"), strange)
    assert shop.run().ok
    assert [row[0] for row in shop.rows("silver.clicks")] == ["c1", "c2"]
    assert erase(shop, "buyer", "ada@1815").ok
    clicks(shop, "2026-01-03", {**strange, "id": "c4"}, click("c5", "pc", "bob@1"))
    assert [feed.erased for feed in shop.run().feeds if feed.source == "clicks"] == [1]
    assert not traces_of(shop.root / "warehouse", ADA)


def test_a_table_of_the_same_records_that_names_nobody_follows(shop: MiniShop) -> None:
    named(shop)
    columns = [("event_id", "string", "key"), ("day", "date", "bucket")]
    shop.write(
        "silver/views/contract.yaml", contract("silver.views", columns, "{property: merge, value: {policy: latest}}")
    )
    query = "select get_json_object(raw, '$.id') as event_id, date '2026-01-02' as day from bronze.clicks\n"
    shop.write("silver/views/from_clicks.sql", query)
    clicks(shop, "2026-01-02", click("c1", "phone-ada", "ada@1815"), click("c2", "pc", "bob@1"))
    assert shop.run().ok
    erase(shop, "buyer", "ada@1815")
    assert [row[0] for row in shop.rows("silver.views")] == ["c2"]
    assert {table.status for table in shop.run().tables} == {"up to date"}
