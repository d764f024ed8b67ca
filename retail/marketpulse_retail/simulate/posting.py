"""Post at a rate, as long as it takes: what is not kept is posted again, as clients do."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from random import Random
from urllib.parse import urlsplit

from marketpulse.errors import UsageError
from marketpulse_retail.simulate.clients import CLIENTS, Client, Post, segment_server
from marketpulse_retail.simulate.visitors import Event, visit

#: Seconds between two tries; visits that are open at once, a second of the rate.
_AGAIN, _OPEN = 0.25, 4
#: Requests a second that a person's browser may be one of: beyond, more events come in a batch.
_TICK = 0.05


class Door:
    """A door that is posted to; it may go and come again."""

    def __init__(self, url: str, patience: float) -> None:
        """Raise UsageError for what is no address, and when nothing answers there for `patience` seconds."""
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise UsageError(f"{url[:80]} is no address of a door", hint="http://127.0.0.1:8055")
        self._host, self._port = parts.hostname, parts.port or 80
        self._patience = patience
        self._connection = http.client.HTTPConnection(self._host, self._port, timeout=10)

    def post(self, post: Post) -> None:
        """Come back when it is kept. Raise UsageError when it is refused, or nobody answers."""
        until = time.monotonic() + self._patience
        while True:
            status, told = self._answer(post)
            if status == 200:
                return
            if 400 <= status < 500:
                raise UsageError(f"the door refuses it: {status} {told[:200]}", hint="--key, where it has keys")
            if time.monotonic() > until:
                raise UsageError(f"no door answers at {self._host}:{self._port}", hint="marketpulse live opens one")
            time.sleep(_AGAIN)

    def _answer(self, post: Post) -> tuple[int, str]:
        """Status and text of an answer; 0 where there is none."""
        try:
            self._connection.request("POST", post.path, post.body, dict(post.headers))
            answer = self._connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return 0, ""


def open_shop(door: Door, key: str, rate: float, seconds: float, chance: Random) -> int:
    """Let visitors in, `rate` events a second, for so many seconds (0: without end); events that were kept."""
    began, kept = time.monotonic(), 0
    visits: list[tuple[Client, Iterator[Event]]] = []
    gathered: list[Event] = []
    while not seconds or time.monotonic() - began < seconds:
        due = int((time.monotonic() - began) * rate) - kept - len(gathered)
        for _ in range(due):
            client, event = _next(visits, chance, most=max(int(rate * _OPEN), 5))
            if client is segment_server:
                gathered.append(event)
                continue
            kept += _posted(door, client([event], key), 1)
        if gathered:
            kept += _posted(door, segment_server(gathered, key), len(gathered))
            gathered = []
        time.sleep(_TICK)
    return kept


def _posted(door: Door, posts: list[Post], events: int) -> int:
    for post in posts:
        door.post(post)
    return events


def _next(visits: list[tuple[Client, Iterator[Event]]], chance: Random, most: int) -> tuple[Client, Event]:
    """The next event of one of the visits that are open; a visit that is over makes room for another."""
    while True:
        if len(visits) < most:
            visits.append((chance.choice(CLIENTS), visit(chance)))
        place = chance.randrange(len(visits))
        client, events = visits[place]
        if event := next(events, None):
            return client, event
        del visits[place]
