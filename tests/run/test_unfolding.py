"""Items of orders, a row each, out of an array of the record: exactly once, whatever came first, and none lost."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketpulse.errors import UsageError
from marketpulse.run.validate import validate
from marketpulse.silver import fixing
from marketpulse.silver.quarantine import Filter
from tests.flow.history import content
from tests.privacy.people import erase
from tests.shop import MiniShop, contract, result
from tests.silver.rejected import retry
from tests.tables import same

COLUMNS = [
    ("event_id", "string", "key"), ("line", "int", "key"), ("day", "date", "bucket"), ("sku", "string", "required"),
    ("qty", "int", ""),
]  # fmt: skip
MERGE = "{property: merge, value: {policy: latest}}\n  - {property: rejectedShareLimit, value: 1}"
MAPPING = """
with elements as (
    select
        from_json(raw, 'id STRING, ts STRING') as e,
        _item as line,
        explode(from_json(raw, 'items ARRAY<STRING>').items) as item
    from bronze.clicks
),
items as (select *, from_json(item, 'sku STRING, qty STRING') as i from elements)
select e.id as event_id, line, substring(e.ts, 1, 10) as day, i.sku as sku, i.qty as qty from items
"""
Item = dict[str, Any] | str


def items_of(shop: MiniShop) -> MiniShop:
    """The mini shop, with a table of the items of its clicks."""
    shop.write("silver/items/from_clicks.sql", MAPPING)
    shop.write("silver/items/contract.yaml", contract("silver.items", COLUMNS, MERGE))
    shop.edit("silver/clicks/contract.yaml", "name: name, ", "name: name, classification: pii, customProperties: "
                  "[{property: identifies, value: buyer}], ")  # fmt: skip
    return shop


def event(number: str, *items: Item, day: str = "2026-01-01", **more: Any) -> str:
    """A line of the feed."""
    return json.dumps({"id": number, "ts": f"{day}T00:00:00Z", "items": [*items], **more}) + "\n"


def rows(shop: MiniShop) -> list[tuple[Any, ...]]:
    return [(key, line, sku, qty) for key, line, _, sku, qty in shop.rows("silver.items")]


@pytest.mark.engines(always=False)
def test_each_element_is_a_row_and_none_is_lost(shop: MiniShop) -> None:
    items_of(shop)
    first = event("a", {"sku": "x", "qty": 1}, {"sku": "y", "qty": "two"}, {"qty": 3}, "z", {"sku": "v", "qty": 1.0})
    batch = {"batch": [json.loads(event("b", {"sku": "x", "qty": 2})), json.loads(event("c"))]}
    shop.land("clicks/a.json", first + json.dumps(batch) + '\n{"id": "d", "items": null}\n{"items": 3}\nbroken\n')
    counts = next(f for f in result(shop.run(), "silver.items").feeds if f.source == "clicks")
    assert rows(shop) == [("a", 1, "x", 1), ("a", 5, "v", 1), ("b", 1, "x", 2)]
    assert (counts.read, counts.accepted, counts.quarantined, counts.filtered) == (10, 3, 5, 2)
    assert (counts.reasons["items is no array"], counts.reasons["cannot be read"]) == (1, 1)
    told = sorted(row[8] for row in shop.rows("silver.quarantine") if row[1] == "silver.items")
    assert ["sku is missing" in text for text in told].count(True) == 2
    assert ["qty is not a int" in text for text in told].count(True) == 1
    assert len({row[0] for row in shop.rows("silver.quarantine")}) == len(shop.rows("silver.quarantine"))


def test_rejected_elements_are_replayed_one_by_one(shop: MiniShop) -> None:
    items_of(shop).land("clicks/a.json", event("a", {"sku": "x", "qty": "1 pc"}, {"sku": "y", "qty": 2}, {"qty": 3}))
    shop.run()
    shop.edit("silver/items/from_clicks.sql", "i.qty as qty", "replace(i.qty, ' pc', '') as qty")
    done = next(each for each in retry(shop) if each.table == "silver.items")
    assert (done.tried, done.passed, done.failed) == (2, 1, 1)
    assert rows(shop) == [("a", 1, "x", 1), ("a", 2, "y", 2)]
    found = content(shop)["silver.items"]
    assert shop.run(full_refresh=True).ok
    assert content(shop)["silver.items"] == found


def test_a_record_whose_items_are_no_array_is_replayed_whole(shop: MiniShop) -> None:
    items_of(shop).land("clicks/a.json", json.dumps({"id": "a", "ts": "2026-01-01", "rows": {"sku": "x"}}) + "\n")
    shop.edit("silver/items/from_clicks.sql", "explode(from_json(raw, 'items ARRAY<STRING>').items)",
              "explode(from_json(raw, 'rows ARRAY<STRING>').rows)")  # fmt: skip
    shop.run()
    (row,) = (row for row in shop.rows("silver.quarantine") if row[1] == "silver.items")
    assert '"rows": {"sku": "x"}' in str(row)
    shop.edit("silver/items/from_clicks.sql", "explode(from_json(raw, 'rows ARRAY<STRING>').rows)",
              "explode(case when contains(raw, '[') then from_json(raw, 'rows ARRAY<STRING>').rows"
              " else array(from_json(raw, 'rows STRING').rows) end)")  # fmt: skip
    done = next(each for each in retry(shop) if each.table == "silver.items")
    assert (done.tried, done.passed) == (1, 1)
    assert rows(shop) == [("a", 1, "x", None)]
    found = content(shop)["silver.items"]
    assert shop.run(full_refresh=True).ok
    assert content(shop)["silver.items"] == found


def test_a_correction_of_a_record_takes_the_place_of_its_elements(shop: MiniShop) -> None:
    items_of(shop).land("clicks/a.json", event("a", {"sku": "x", "qty": 1}, {"sku": "y", "qty": 2}))
    shop.run()
    shop.land("clicks/b.json", event("a", {"sku": "x", "qty": 5}))
    counts = next(f for f in result(shop.run(), "silver.items").feeds if f.source == "clicks")
    assert (counts.accepted, counts.replaced) == (1, 1)
    assert rows(shop) == [("a", 1, "x", 5), ("a", 2, "y", 2)]


def test_an_erased_person_takes_the_elements_of_their_records_along(shop: MiniShop) -> None:
    items_of(shop)
    hers = event("a", {"sku": "x", "qty": 1}, {"qty": 2}, name="ann")
    shop.land("clicks/a.json", hers + event("b", {"sku": "y", "qty": 2}, {"qty": 2}, name="bob"))
    shop.run()
    erase(shop, "buyer", "ann")
    assert rows(shop) == [("b", 1, "y", 2)]
    assert [row[7] for row in shop.rows("silver.quarantine")] == ["b/2"]
    shop.land("clicks/b.json", event("a", {"sku": "x", "qty": 1}, name="ann"))
    found = content(shop)["silver.items"]
    assert shop.run(full_refresh=True).ok
    assert content(shop)["silver.items"] == found


def test_an_element_is_not_corrected_alone(shop: MiniShop) -> None:
    items_of(shop)
    shop.edit("sources/clicks.yaml", "ndjson: {records: batch}\n", "")
    shop.land("clicks/a.json", event("a", {"qty": 1}))
    shop.run()
    with shop.open() as context, pytest.raises(UsageError, match="are parts of records"):
        fixing.export(context, Filter(source="clicks"), 100)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (" as item\n", " as item, explode(split(raw, ',')) as other\n", "explode() in the mapping of a feed"),
        ("explode(from_json(raw, 'items ARRAY<STRING>').items) as item", "size(explode(split(raw, ','))) as item",
         "explode() in the mapping of a feed"),
        ("from items", "from items lateral view explode(split(item, ',')) t as part", "lateral view"),
        ("select *, from_json", "select explode(split(item, ',')) as part, *, from_json", "explode()"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_apart_is_refused(shop: MiniShop, old: str, new: str, words: str) -> None:
    items_of(shop).edit("silver/items/from_clicks.sql", old, new)
    assert words in str(shop.project().problems["silver.items"][0])


def test_it_is_valid_and_of_a_feed_with_groups_it_is_not(shop: MiniShop) -> None:
    assert validate(items_of(shop).project_dir).problems == ()
    shop.edit("silver/sales/from_sales.sql", "select id,", "select explode(split(id, ';')) as id,")
    assert validate(shop.project_dir).problems == ()
    shop.edit("sources/sales.yaml", "format: csv\n", "format: csv\ngroups: {by: [id]}\n")
    assert "explodes lines that belong together" in str(validate(shop.project_dir).problems)


_item = st.sampled_from([{"sku": "x", "qty": 1}, {"sku": "y", "qty": 2}, {"sku": "y", "qty": "no"}, {"qty": 1}, "z"])
_event = st.tuples(st.sampled_from("abc"), st.lists(_item, max_size=3), st.sampled_from(["2026-01-01", "2026-01-02"]))
_files = st.lists(st.tuples(st.lists(_event, min_size=1, max_size=4), st.integers(0, 2)), min_size=2, max_size=4)


@pytest.mark.long
@settings(max_examples=3, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None)
@given(files=_files, order=st.permutations(range(4)))
def test_however_files_come_the_tables_are_those_of_one_run_and_of_a_rebuild(
    files: list[tuple[list[tuple[str, list[Item], str]], int]], order: list[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop, other = (items_of(MiniShop(Path(folder) / name)) for name in ("piecemeal", "at_once"))
        for run in range(3):
            for place, (events, lands) in zip(order, files, strict=False):
                if lands == run:
                    text = "".join(event(number, *items, day=day, file=place) for number, items, day in events)
                    shop.land(f"clicks/f{place}.json", text)
                    other.land(f"clicks/f{place}.json", text)
            assert shop.run(chunk_rows=2).ok
        assert other.run().ok
        found = content(shop)
        same(content(other), found)
        assert shop.run(full_refresh=True).ok
        same(content(shop), found)
        (feed,) = result(other.run(full_refresh=True), "silver.items").feeds
        assert feed.read == sum(len(items) or 1 for events, _ in files for _, items, _ in events)
        assert feed.read == feed.accepted + feed.deduplicated + feed.quarantined + feed.filtered
