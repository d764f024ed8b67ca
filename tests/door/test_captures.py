"""Every captured request, to a door before a disk and to one before a stream: the same answers, the same lines.

What API Gateway answers to them is in infra/tests/test_doors.py.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from marketpulse.door.keys import Key, Keys, hashed
from marketpulse.door.stream import Stream, kinesis
from tests.door.captured import SHOWN, Asked, captured, has_events, lets_read, shape
from tests.door.house import Heard, House, told
from tests.door.test_stream import NAME, cloud, there

__all__ = ["cloud"]
ADMITTED = Keys(keys=[Key(source=source, hash=hashed(key)) for key, source in SHOWN.items()])
#: Events of all captures, counted in their files.
EVENTS = 85
NOW = "2026-11-28T13:00:00.000Z"


def answers(house: House) -> list[tuple[Asked, Heard]]:
    """What each client hears, at one moment."""
    found = []

    async def everybody(house: House) -> None:
        found.extend([(each, await house.ask(each.method, each.path, each.body, each.headers)) for each in captured()])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("marketpulse.door.lines.now", lambda: NOW)
        told(house, everybody)
    return found


def lines(found: list[dict[str, Any]]) -> list[str]:
    """Lines without the ids that the door gives, in an order of their own."""
    for event in (event for line in found for event in line["batch"]):
        if event["messageId"].startswith("door-"):
            event["messageId"] = "door"
    return sorted(json.dumps(line, sort_keys=True) for line in found)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> tuple[House, list[tuple[Asked, Heard]]]:
    house = House(tmp_path_factory.mktemp("disk"), ADMITTED)
    return house, answers(house)


def test_every_client_is_answered_as_it_needs(disk: tuple[House, list[tuple[Asked, Heard]]]) -> None:
    house, found = disk
    refused = [(asked.client, heard.code) for asked, heard in found if heard.status != 200]
    assert refused == [("otel-js", "no_key")]
    assert all(lets_read(*each) for each in found)
    assert len(house.lines()) == len([asked for asked, _ in found if has_events(asked)])
    assert len(house.events()) == EVENTS
    assert house.lines("rejects") == []


def test_a_stream_gives_the_same_answers_and_holds_the_same_lines(
    tmp_path: Path, cloud: Any, disk: tuple[House, list[tuple[Asked, Heard]]]
) -> None:
    found = answers(House(tmp_path, ADMITTED, sink=Stream(NAME, kinesis())))
    for (asked, heard), (_, before) in zip(found, disk[1], strict=True):
        assert (heard.status, heard.headers, shape(heard)) == (before.status, before.headers, shape(before)), asked
    put = [json.loads(line) for feed, data in there(cloud) for line in data.splitlines() if feed == "events"]
    assert lines(put) == lines(disk[0].lines())
