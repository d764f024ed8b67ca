"""`marketpulse live` as a process of its own over a mini shop, and clients that post to its door."""

from __future__ import annotations

import asyncio
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.command import places
from tests.door.process import answer, request
from tests.shop import MiniShop

Event = dict[str, Any]
QUICK = ("--port", "0", "--every", "0.1", "--seal-seconds", "0.1")


def collecting(shop: MiniShop) -> MiniShop:
    """The shop, of which the door fills the clicks."""
    file = shop.project_dir / "sources" / "clicks.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "collect: [segment]\n", encoding="utf-8")
    return shop


def clicks(names: Sequence[str]) -> list[Event]:
    """Events of the mini shop, as the door takes them."""
    ts = "2026-01-01T00:00:01Z"
    return [{"type": "page", "anonymousId": "a", "messageId": name, "id": name, "ts": ts} for name in names]


class Live:
    """A process that lives: what it says, event by event."""

    def __init__(self, shop: MiniShop, *more: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "marketpulse", "live", "--json", *QUICK, *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=places(shop),
            cwd=shop.root,
            start_new_session=True,
        )
        self.events: list[Event] = []
        self._new: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()
        self.port = 0

    def until(self, found: Callable[[Event], bool], seconds: float = 60) -> Event:
        """The next event that is so."""
        end = time.monotonic() + seconds
        while event := self._new.get(timeout=max(end - time.monotonic(), 0.01)):
            self.events.append(event)
            if found(event):
                return event
        assert self.process.stderr
        raise AssertionError(f"it ended: {self.events[-3:]} {self.process.stderr.read()}")

    def opened(self) -> Live:
        """Wait for the door."""
        url = self.until(lambda event: event["event"] == "opened")["url"]
        self.port = int(url.rpartition(":")[2])
        return self

    def post(self, names: Sequence[str]) -> None:
        """Post events in one request: they are kept."""
        status, _ = asyncio.run(_posted(self.port, clicks(names)))
        assert status == 200

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._new.put(json.loads(line))
        self._new.put(None)


@contextmanager
def live(shop: MiniShop, *more: str) -> Iterator[Live]:
    """Live as long as the block; it is killed in the end, and its children end by themselves."""
    found = Live(shop, *more)
    try:
        yield found
    finally:
        if found.process.poll() is None:
            found.process.kill()
        found.process.wait()
        for stream in (found.process.stdout, found.process.stderr):
            if stream:
                stream.close()


def children(pid: int) -> list[int]:
    """Processes that a process has started: of `live` first the door, then the worker."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def kill(pid: int) -> None:
    """End a process at once."""
    os.kill(pid, signal.SIGKILL)


async def _posted(port: int, events: list[Event]) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request("/v1/batch", {"batch": events}))
        return await answer(reader)
    finally:
        writer.close()
