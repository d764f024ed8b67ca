"""What arrives can be watched, also while segments are sealed and doors come and go."""

from __future__ import annotations

from pathlib import Path

from marketpulse.door.watching import Watch
from tests.door.house import House, keys, page, told


def test_each_event_is_seen_once_with_its_verdict(tmp_path: Path) -> None:
    found: list[tuple[str, str, str, str]] = []

    async def story(house: House) -> None:
        await house.post("/v1/p", page(userId="before"))
        watch = Watch(house.zone)
        assert list(watch.new()) == []
        await house.post("/v1/batch", {"batch": [page(userId="u"), page(type="track", event="Added"), "junk"]})
        found.extend((seen.source, seen.kind, seen.who, seen.verdict) for seen in watch.new())
        assert list(watch.new()) == []
        await house.post("/v1/p", page(userId="last"))
        await house.door.posting.journal._do(house.door.posting.journal._sink.close)  # sealed before it was looked at
        found.extend((seen.source, seen.kind, seen.who, seen.verdict) for seen in watch.new())
        assert list(watch.new()) == []
        watch.close()

    told(House(tmp_path, keys()), story)
    assert found == [
        ("website", "page", "u", "kept"),
        ("website", "Added", "anon-1", "kept"),
        ("website", "/v1/batch", "", "it is no JSON object"),
        ("website", "page", "last", "kept"),
    ]


def test_nothing_is_there_before_the_first_door(tmp_path: Path) -> None:
    house = House(tmp_path, keys())
    watch = Watch(house.zone)
    assert list(watch.new()) == []

    async def story(house: House) -> None:
        await house.post("/v1/p", page())
        assert len(list(watch.new())) == 1
        watch.close()

    told(house, story)
