"""The door on the command line: keys are made, listed and taken away; what cannot open says why; what arrives is seen.

That a door runs is seen in tests/door/test_server.py.
"""

from __future__ import annotations

import io
import json
import sys
import threading
import time
from collections.abc import Callable

import pytest

from marketpulse.door.keys import hashed, read_keys
from marketpulse.door.segments import Segment, Zone
from tests.cli.conftest import Typed
from tests.shop import MiniShop


def test_a_key_is_shown_once_and_taken_away(shop: MiniShop, typed: Typed) -> None:
    key = typed("key", "add", "website", "--origin", "https://shop.example", "--rate", "50").stdout.strip()
    file = shop.root / "collect.yaml"
    assert [each.hash for each in read_keys(file).keys] == [hashed(key)]
    (listed,) = json.loads(typed("key", "list", "--json").stdout)
    assert (listed["source"], listed["origins"], listed["rate"]) == ("website", ["https://shop.example"], 50)
    shown = typed("key", "list").stdout
    assert "https://shop.example" in shown
    assert key not in shown
    assert typed("key", "remove", "other").returncode == 2
    assert "1 key of website" in typed("key", "remove", "website").stdout
    assert json.loads(typed("key", "list", "--json").stdout) == []


def test_a_key_that_clients_have_is_read_from_standard_input(
    shop: MiniShop, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("wk_old\n"))
    assert typed("key", "add", "app", "--existing", "--keys", "others.yaml").stdout == ""
    assert [each.hash for each in read_keys(shop.root / "others.yaml").keys] == [hashed("wk_old")]
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert typed("key", "add", "app", "--existing").returncode == 2


def collecting(shop: MiniShop, feed: str) -> None:
    """Let a feed be filled by the door."""
    file = shop.project_dir / "sources" / f"{feed}.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "collect: [segment]\n", encoding="utf-8")


def test_a_door_that_cannot_open_says_why(shop: MiniShop, typed: Typed) -> None:
    nothing = typed("collect", "--port", "0")
    assert (nothing.returncode, "no feed of the project" in nothing.stderr) == (2, True)
    collecting(shop, "clicks")
    open_to_all = typed("collect", "--host", "0.0.0.0", "--port", "0")
    assert (open_to_all.returncode, "without write keys" in open_to_all.stderr) == (2, True)
    assert "marketpulse key add" in open_to_all.stderr


def asleep(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Do something in the place of each sleep of this thread; what others left behind sleeps on."""
    ours, sleep = threading.get_ident(), time.sleep
    monkeypatch.setattr("time.sleep", lambda seconds: act() if threading.get_ident() == ours else sleep(seconds))


def test_what_arrives_is_seen(shop: MiniShop, typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    collecting(shop, "clicks")
    zone = Zone(shop.landing, {"clicks": "clicks"})
    told = {"receivedAt": "2026-03-02T10:00:00Z", "collector": {"source": "website"}}
    event = {"type": "track", "event": "Added\x1b[2J", "userId": "u"}
    arriving = [{**told, "batch": [event]}, {**told, "path": "/v1/t", "reason": "no JSON", "record": ""}]
    segment = Segment.create(zone, "clicks")

    def arrives() -> None:
        if not arriving:
            raise KeyboardInterrupt
        segment.append([json.dumps(arriving.pop(0)).encode() + b"\n"])

    asleep(monkeypatch, arrives)
    shown = typed("tail").stdout
    segment.close()
    assert [line.split()[1:3] for line in shown.splitlines()] == [["website", "Added\\x1b[2J"], ["website", "/v1/t"]]
    assert "no JSON" in shown


def test_watching_ends_when_its_time_is_over_after_a_last_look(
    shop: MiniShop, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    collecting(shop, "clicks")
    segment = Segment.create(Zone(shop.landing, {"clicks": "clicks"}), "clicks")
    told = {"receivedAt": "2026-03-02T10:00:00Z", "collector": {"source": "website"}, "path": "/v1/t"}
    told |= {"reason": "no JSON", "record": ""}
    arrived: list[int] = []

    def arrives() -> None:
        segment.append([json.dumps(told).encode() + b"\n"])
        arrived.append(1)

    asleep(monkeypatch, arrives)
    shown = typed("tail", "--seconds", "0.5").stdout
    segment.close()
    assert shown.count("no JSON") == len(arrived)  # also what arrived in the last of them
