"""What a person sees of `live`: cycles that brought something, what goes wrong once while it lasts."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from rich.console import Console
from rich.live import Live

from marketpulse.cli.livescreen import Lines, Machines, Picture
from marketpulse.live.doorway import Doorway

SHOWN = {"title": "Today", "columns": ["web_orders"], "rows": [["1,\x1b[2J5"]], "problem": None}


def cycle(number: int, **more: Any) -> dict[str, Any]:
    return {
        "event": "cycle", "cycle": number, "at": "2026-03-02T10:00:03.123Z", "files": 1, "records": 1_200, "built": 9,
        "seconds": 2.34, "cpu_seconds": 0.5, "behind_seconds": 3.21, "waiting": 2, "told": [], "headlines": [], **more,
    }  # fmt: skip


def test_lines_tell_what_came_and_a_trouble_once_while_it_lasts() -> None:
    told: list[str] = []
    lines = Lines(told.append)
    trouble = {"event": "error", "message": "disk full", "hint": None}
    lines.event({"event": "opened", "url": "http://127.0.0.1:8055"})
    for event in (trouble, trouble, cycle(1), cycle(2, files=0, built=0), trouble, cycle(3, told=["sales: no"])):
        lines.event(event)
    assert told == [
        "open at http://127.0.0.1:8055",
        "disk full; the next cycle tries again",
        "10:00:03 1: 1,200 records, 9 tables in 2.3 s (500 ms CPU); newest event 3.2 s old, 2 segments wait",
        "disk full; the next cycle tries again",
        "sales: no",
        "10:00:03 3: 1,200 records, 9 tables in 2.3 s (500 ms CPU); newest event 3.2 s old, 2 segments wait",
    ]


def test_machines_read_each_event_with_what_the_door_counted(capsys: pytest.CaptureFixture[str]) -> None:
    machines, door = Machines(), Doorway()
    machines.look(door)
    machines.event(cycle(1))
    machines.event({"event": "waiting", "message": "x\x1b"})
    first, second = capsys.readouterr().out.splitlines()
    assert json.loads(first)["door"] == {}
    assert json.loads(second)["message"] == "x\x1b"
    assert "\x1b" not in second


def test_the_picture_has_door_gold_cycle_and_headlines_and_steers_no_terminal() -> None:
    written = io.StringIO()
    console = Console(file=written, width=80, force_terminal=False)
    with Live(console=console, auto_refresh=False) as shown:
        picture, door = Picture(shown), Doorway()
        picture.look(door)
        door.at("http://127.0.0.1:8055")
        picture.event(cycle(1, headlines=[SHOWN], told=["sales: no"]))
        picture.look(door)
    text = written.getvalue()
    for words in ("sales: no", "does not answer", "newest event 3.2 s old", "1: 1,200 records", "web orders", "Today"):
        assert words in text
    assert "\x1b[2J" not in text
    assert max(map(len, text.splitlines())) <= 80
