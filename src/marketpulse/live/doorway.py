"""What the door counts, as its page `/metrics` says."""

from __future__ import annotations

import http.client
import re
import time
from collections import deque
from contextlib import suppress

_EVENTS = re.compile(r'^marketpulse_door_events_total\{.*became="(\w+)"\} (\d+)', re.MULTILINE)
#: Seconds that the page may take; seconds between two looks; seconds over which events a second are counted.
_PATIENCE, _EVERY, _OVER = 0.5, 1.0, 5.0


class Doorway:
    """The numbers of doors that follow each other at one place. A door begins to count at nothing."""

    def __init__(self) -> None:
        self.url = ""
        self.answers = False
        self._before: dict[str, int] = {}
        self._now: dict[str, int] = {}
        self._looked = 0.0
        self._kept: deque[tuple[float, int]] = deque()

    def at(self, url: str) -> None:
        """A door is open there."""
        self.url = url
        self._before = self.counts
        self._now = {}
        self._looked = 0.0

    @property
    def counts(self) -> dict[str, int]:
        """Events by what became of them: kept, rejected, dropped."""
        return {name: self._before.get(name, 0) + self._now.get(name, 0) for name in {*self._before, *self._now}}

    @property
    def rate(self) -> float:
        """Events that were kept a second, over the last seconds."""
        if len(self._kept) < 2:
            return 0.0
        (first, before), (last, now) = self._kept[0], self._kept[-1]
        return (now - before) / (last - first) if last > first else 0.0

    def look(self) -> None:
        """Ask the door, once a second at most. One that does not answer is asked again."""
        moment = time.monotonic()
        if not self.url or moment - self._looked < _EVERY:
            return
        self._looked, self.answers = moment, False
        with suppress(OSError, http.client.HTTPException):
            found: dict[str, int] = {}
            for became, number in _EVENTS.findall(_page(self.url)):
                found[became] = found.get(became, 0) + int(number)
            self._now, self.answers = found, True
            self._kept.append((moment, self.counts.get("kept", 0)))
            while moment - self._kept[0][0] > _OVER:
                self._kept.popleft()


def _page(url: str) -> str:
    """The page of a door of this machine, whatever proxies the environment names."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - one that listens everywhere
    connection = http.client.HTTPConnection(reached, int(port), timeout=_PATIENCE)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read().decode()
    finally:
        connection.close()
