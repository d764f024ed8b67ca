"""What is a person's is found wherever it stands, and what of others mentions them is told."""

from __future__ import annotations

import json

from tests.privacy.people import ADA, click, clicks, erase, named, sales, traces_of
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


#: Names of more than letters, digits and what addresses are made of.
ODD = ("O'Brien@example.org", "auth0|5f7abc", "Ada Lovelace", "+44 20 7946 0000", 'x"y"z99')


def test_broken_records_and_texts_are_searched_for_names_of_any_signs(shop: MiniShop) -> None:
    named(shop)
    for table in ("sales", "clicks"):
        path = f"silver/{table}/contract.yaml"
        shop.edit(path, "customProperties:\n", "customProperties:\n  - {property: rejectedShareLimit, value: 1}\n")

    def lands(day: str) -> None:
        quoted = ['"' + name.replace('"', '""') + '"' for name in ODD]
        broken = [f"{day}-{number},{day},1,{name},too,many" for number, name in enumerate(quoted)]
        sales(shop, day, *broken, *(f"r{line}" for line in broken), f"s1,{day},2,bob@1")
        lines = [f"{json.dumps({'buyer': name.upper()})[:-1]}, 'id\n" for name in ODD]
        lines.append('{"id": "c1", "ts": "2026-01-02T10:00:00Z"}\n')
        shop.land(f"clicks/ingest_date={day}/bad.json", "".join(lines))

    lands("2026-01-01")
    clicks(shop, "2026-01-02", click("c2", "pc", "bob@1", note="of Ada Lovelace, not of O'Brienne nor auth0"))
    assert shop.run().ok
    done = erase(shop, "buyer", *ODD)
    assert {(m.table, m.column, m.rows) for m in done.mentions} == {
        ("bronze.clicks", "raw", 1),
        ("silver.clicks", "note", 1),
    }
    lands("2026-01-03")
    assert {feed.source: (feed.records, feed.erased) for feed in shop.run().feeds} == {
        "clicks": (1, 5),
        "sales": (1, 10),
    }
    assert [text for text in traces_of(shop.root / "warehouse", ODD) if not text.endswith("Ada Lovelace")] == []


def test_what_nobody_can_read_and_has_a_short_name_is_told(shop: MiniShop) -> None:
    named(shop)
    sales(shop, "2026-01-01", "s1,2026-01-01,1,C-1", "s2,2026-01-01,1,C-1,too,many", "s3,2026-01-01,2,bob@1")
    shop.run()
    done = erase(shop, "buyer", "C-1")
    assert "1 records of bronze.sales that nobody can read say a name of less than four letters" in done.problems[0]
    assert not done.ok
    assert [row[3] for row in shop.rows("silver.sales")] == ["bob@1"]


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
