"""Junk of strangers, who can read a write key in any page, stops the load of nobody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.door.house import House, page, told
from tests.door.test_clients import Shop

GOOD = [page(messageId=f"g-{number}") for number in range(100)]
NO_EVENTS: list[Any] = [{"type": "hello"}, "x", {"type": "track", "anonymousId": "a"}, {"type": "page"}] * 10
#: Well formed, and refused by the rules of the table.
ODD = [page(messageId=f"o-{n}", timestamp="2099-01-01T00:00:00Z", sentAt="2000-01-01T00:00:00Z") for n in range(60)]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    (tmp_path / "landing").mkdir()
    return Shop(tmp_path)


def test_junk_goes_apart_or_into_quarantine_and_the_good_rows_come_in(shop: Shop) -> None:
    async def story(house: House) -> None:
        assert (await house.post("/v1/batch", {"batch": GOOD})).status == 200
        assert (await house.post("/v1/batch", {"batch": NO_EVENTS})).status == 400
        assert (await house.post("/v1/batch", {"batch": ODD})).status == 200
        assert (await house.post("/v1/batch", b"\xff" * 100)).status == 400

    told(shop, story)
    report = shop.run("silver.clicks")
    assert report.ok
    (counts,) = next(table.feeds for table in report.tables if table.name == "silver.clicks")
    assert (counts.read, counts.accepted, counts.quarantined) == (160, 100, 60)
    assert counts.conserved
    assert next(feed.records for feed in report.feeds if feed.source == "collect_rejects") == len(NO_EVENTS) + 1


def test_values_that_are_odd_cost_themselves_at_most(shop: Shop) -> None:
    deep: Any = 1
    for _ in range(240):
        deep = {"a": deep}
    odd = [{"a": deep}, {"a": "\0"}, {"a": "\ud83d\ude00"}, {"price": 10**30}, {"a\nb": "c\r\n"}, {"quantity": [1]}, []]
    events = [page(messageId=f"p-{n}", properties=each) for n, each in enumerate(odd)]
    events += [page(messageId=5), page(messageId="c", context=[1]), page(messageId="n", context={"page": 5, "ip": 5})]
    events += [page(messageId="\0"), page(messageId="x" * 5_000, userId={"a": 1}), page(messageId="t", sentAt=5)]

    async def story(house: House) -> None:
        assert (await house.post("/v1/batch", {"batch": events})).status == 200
        around = {"context": {"a": "x" * 30_000}}
        many = [page(messageId=f"m-{number}") for number in range(1_500)]
        assert (await house.post("/v1/batch", {"batch": many, **around})).status == 200

    told(shop, story)
    report = shop.run("silver.clicks")
    assert report.ok
    (counts,) = next(table.feeds for table in report.tables if table.name == "silver.clicks")
    assert counts.read == len(events) + 1_500
    assert counts.conserved
    assert counts.quarantined <= 3
    there = {row[0] for row in shop.ask_silver("select event_id from {clicks}")}
    assert there >= {f"m-{number}" for number in range(1_500)} | {f"p-{number}" for number in (0, 2, 4)}


def test_what_lands_otherwise_still_stops_a_load_and_the_door_does_not_hide_it(shop: Shop) -> None:
    async def story(house: House) -> None:
        assert (await house.post("/v1/batch", {"batch": GOOD})).status == 200

    told(shop, story)
    wrong = shop.settings.landing_place + "/clickstream/ingest_date=2026-03-02/export.json"
    Path(wrong).parent.mkdir(parents=True)
    Path(wrong).write_text("".join(json.dumps({**each, "receivedAt": "x"}) + "\n" for each in ODD), encoding="utf-8")
    report = shop.run("silver.clicks")
    assert not report.ok
    assert [table.status for table in report.tables if table.name == "silver.clicks"] == ["blocked"]
