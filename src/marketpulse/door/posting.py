"""One post, step by step: read it, know whose it is, tell events from what is none, keep both, then answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketpulse.door import lines
from marketpulse.door.admission import Admission, shown_key
from marketpulse.door.answers import Answer, Refusal
from marketpulse.door.bodies import read, unpack
from marketpulse.door.events import Sorted, sort
from marketpulse.door.journal import Journal
from marketpulse.door.keys import Key
from marketpulse.door.limits import Limits
from marketpulse.door.metrics import Metrics
from marketpulse.door.request import Posted, Request
from marketpulse.door.routes import Route

#: The part of a feed that takes what is no event.
REJECTS = "rejects"


@dataclass
class Posting:
    """What posts need. `feeds` are where the events of each dialect are kept, and what was none (`rejects`)."""

    journal: Journal
    admission: Admission
    feeds: Mapping[str, str]
    limits: Limits = field(default_factory=Limits)
    metrics: Metrics = field(default_factory=Metrics)

    async def post(self, request: Request, route: Route, origin: str | None) -> Answer:
        """Keep what a request says. Raise Refusal or NotKept, and then the client may send it again."""
        if route.dialect not in self.feeds:
            raise Refusal(404, "no_feed", f"no feed of the project takes events of {route.dialect}")
        broken = self._read(request, route)
        shown = shown_key(request, route.key) if route.key else None
        if broken and not shown and not self.admission.is_open:
            raise broken
        key = self.admission.admit(shown, origin)
        told = {"receivedAt": lines.now(), "collector": lines.collector(request, key, self.admission.keys)}
        one = _One(request, key, shown, told)
        try:
            return await self._keep(one, route, self._posted(request, route, broken))
        except Refusal as refusal:
            if refusal.status != 429 and not one.is_told:
                self.admission.charge(key, 1)
                await self._reject(one, [(refusal.message, request.body)])
            raise

    def _read(self, request: Request, route: Route) -> Refusal | None:
        """Unpack and read the body; what is wrong with it."""
        try:
            encoding = request.headers.get(b"content-encoding", b"").strip().lower()
            request.body = unpack(request.body, encoding, self.limits.unpacked)
            if route.is_json:
                request.value = read(request.body)
        except Refusal as refusal:
            return refusal
        return None

    def _posted(self, request: Request, route: Route, broken: Refusal | None) -> Posted:
        if broken:
            raise broken
        assert route.post is not None  # noqa: S101 - only such routes come here
        posted = route.post(request)
        if len(posted.events) > self.limits.events:
            raise Refusal(413, "too_many", f"a request may have {self.limits.events} events")
        return posted

    async def _keep(self, one: _One, route: Route, posted: Posted) -> Answer:
        self.admission.charge(one.key, len(posted.events))
        keys = self.admission.keys
        if keys.do_not_track == "drop" and lines.asks_not_to_track(one.request):
            self._count(one.key, dropped=len(posted.events))
            return posted.answer
        found = sort(posted.events, keys)
        around = {**one.told, **posted.around}
        if posted.is_fresh:
            around["sentAt"] = one.told["receivedAt"]
        heard: list[asyncio.Future[None]] = []
        if found.kept:
            line = lines.event_lines(around, found.kept, keys, self.limits, one.shown)
            heard.append(self.journal.put(self.feeds[route.dialect], line))
        heard += self._rejects(one, found.rejected)
        one.is_told = True
        for each in heard:
            await each
        self._count(one.key, kept=len(found.kept), rejected=len(found.rejected), dropped=found.unwanted)
        _refuse_nothing(found)
        return posted.answer

    async def _reject(self, one: _One, found: Sequence[tuple[str, Any]]) -> None:
        for each in self._rejects(one, found):
            await each
        self._count(one.key, rejected=len(found))

    def _rejects(self, one: _One, found: Sequence[tuple[str, Any]]) -> list[asyncio.Future[None]]:
        feed = self.feeds.get(REJECTS)
        if not feed or not found:
            return []
        path = one.request.path
        made = (lines.reject_line(one.told, path, reason, each, self.limits, one.shown) for reason, each in found)
        return [self.journal.put(feed, b"".join(made))]

    def _count(self, key: Key, **became: int) -> None:
        for what, number in became.items():
            if number:
                self.metrics.events[key.source, what] += number


@dataclass
class _One:
    """One request: whose, the key that it showed, and what the server says of it."""

    request: Request
    key: Key
    shown: str | None
    told: dict[str, Any]
    is_told: bool = False


def _refuse_nothing(found: Sorted) -> None:
    """Raise Refusal where not one thing was an event: a client that is wrong should hear it."""
    if found.rejected and not found.kept and not found.unwanted:
        raise Refusal(400, "no_event", f"nothing of it is an event: {found.rejected[0][0]}")
