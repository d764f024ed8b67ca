"""One post, step by step: read it, know whose it is, tell events from what is none, keep both, then answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from marketpulse.door import lines
from marketpulse.door.admission import Admission, shown_key
from marketpulse.door.answers import Answer, Refusal
from marketpulse.door.bodies import read, unpack
from marketpulse.door.events import Sorted, sort
from marketpulse.door.journal import Journal, NotKept
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
        shown = self.admission.meant(shown_key(request, route.key)) if route.key else None
        if broken and not shown and not self.admission.is_open:
            raise broken
        key = self.admission.admit(shown, origin)
        told = {
            "receivedAt": request.at or lines.now(),
            "collector": lines.collector(request, key, self.admission.keys),
        }
        one = _One(request, key, None if route.is_public else shown, told)
        try:
            put = self._put(one, route, broken)
        except Refusal as refusal:
            if refusal.status != 429:
                self.admission.charge(key, 1)
                put = _Put(Answer(), self._rejects(one, [(refusal.message, request.body)]), {"rejected": 1}, refusal)
            else:
                raise
        # What was read is large and of no more use: kept while the disk is waited for, it would be all that the
        # processor's caches hold, and reading the next request would take twice as long.
        request.value, request.body = None, b""
        return await self._heard(key, put)

    def _read(self, request: Request, route: Route) -> Refusal | None:
        """Unpack and read the body; what is wrong with it."""
        packed, request.body = request.body, b""  # nobody could read what was packed
        try:
            encoding = request.headers.get(b"content-encoding", b"").strip().lower()
            request.body = unpack(packed, encoding, self.limits.unpacked)
            if route.is_json:
                request.value = read(request.body)
        except Refusal as refusal:
            return refusal
        return None

    def _put(self, one: _One, route: Route, broken: Refusal | None) -> _Put:
        """Hand the lines of a request to the journal. Raise Refusal, and then nothing of it is there."""
        posted, events = self._posted(one.request, route, broken)
        self.admission.charge(one.key, len(events))
        keys = self.admission.keys
        if keys.do_not_track == "drop" and lines.asks_not_to_track(one.request):
            return _Put(posted.answer, [], {"dropped": len(events)})
        around = {**one.told, **posted.around}
        if posted.is_fresh:
            around["sentAt"] = one.told["receivedAt"]
        found = sort(events, keys, around.get("context"))
        made = lines.event_lines(around, found.kept, keys, self.limits, one.shown)
        # What was no event comes first: if the journal takes no more, it may be there without the events, not they.
        heard = self._rejects(one, found.rejected)
        if made:
            heard.append(self.journal.put(self.feeds[route.dialect], made))
        became = {"kept": len(found.kept), "rejected": len(found.rejected), "dropped": found.unwanted}
        return _Put(posted.answer, heard, became, _nothing(found))

    def _posted(self, request: Request, route: Route, broken: Refusal | None) -> tuple[Posted, list[Any]]:
        """What a request says, and its events: no more of them are made than a request may have."""
        if broken:
            raise broken
        assert route.post is not None  # noqa: S101 - only such routes come here
        posted = route.post(request)
        events = list(islice(posted.events, self.limits.events + 1))
        if len(events) > self.limits.events:
            raise Refusal(413, "too_many", f"a request may have {self.limits.events} events")
        return posted, events

    async def _heard(self, key: Key, put: _Put) -> Answer:
        """The answer, once all is on the disk."""
        failed: NotKept | None = None
        for each in put.heard:
            try:
                await each
            except NotKept as reason:
                failed = reason
        if failed:
            raise failed
        for what, number in put.became.items():
            if number:
                self.metrics.events[key.source, what] += number
        if put.refusal:
            raise put.refusal
        return put.answer

    def _rejects(self, one: _One, found: Sequence[tuple[str, Any]]) -> list[asyncio.Future[None]]:
        feed = self.feeds.get(REJECTS)
        if not feed or not found:
            return []
        told, how = {**one.told, "path": one.request.path[:200]}, self.admission.keys.addresses
        made = (lines.reject_line({**told, "reason": why}, each, how, self.limits, one.shown) for why, each in found)
        return [self.journal.put(feed, b"".join(made))]


@dataclass
class _One:
    """One request: whose, the secret that it showed, and what the server says of it."""

    request: Request
    key: Key
    shown: str | None
    told: dict[str, Any]


@dataclass
class _Put:
    """What was handed to the journal: the answer once it is on the disk, what became of how many, or why not."""

    answer: Answer
    heard: list[asyncio.Future[None]]
    became: dict[str, int]
    refusal: Refusal | None = None


def _nothing(found: Sorted) -> Refusal | None:
    """The refusal where not one thing was an event: a client that is wrong should hear it."""
    if found.rejected and not found.kept and not found.unwanted:
        return Refusal(400, "no_event", f"nothing of it is an event: {found.rejected[0][0]}")
    return None
