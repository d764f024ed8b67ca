"""From a stream to landing: what lands of each record, whichever door put it there.

    visits/5f2b…   line ⏎ line                     a collector made them: lines of the feed that the key names
    <any other>    at=…&path=…&query=… body        a gateway put a request there: what a door would have made of it

The feed of events is delivered by who hands the records over (Firehose), so each of them has one answer; lines of
other feeds, as those of what was no event, are kept by `keep`. A gateway has answered 200 long ago: what cannot land
whole is put aside whole.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from marketpulse.door.admission import Admission
from marketpulse.door.answers import Refusal
from marketpulse.door.journal import Journal
from marketpulse.door.keys import Key, Keys
from marketpulse.door.limits import Limits
from marketpulse.door.lines import said
from marketpulse.door.posting import REJECTS, Posting
from marketpulse.door.request import Request
from marketpulse.door.routes import find
from marketpulse.door.sink import State

#: What gateways say of a header, by its name.
_HEADERS = {"agent": b"user-agent", "content-type": b"content-type", "dnt": b"dnt", "sec-gpc": b"sec-gpc"}
_DIALECTS = ("segment", "snowplow", "posthog", "ga4", "otlp")
#: Bytes of the events of all answers, in base64: with what is around them they stay below the six MiB of Lambda.
_ANSWER = 5_500_000
#: A gateway lets through what a record of the stream holds, and has no other limit. `kept` is what an answer has room
#: for; no event is as short as a byte, so `events` limits nothing.
_LIMITS = Limits(body=10 << 20, unpacked=10 << 20, events=10 << 20, around=1 << 20, kept=3 << 20)
#: Whose a key is that nobody has named.
_SOMEBODY = "endpoint"
_NO_KEY = "sha256:" + "0" * 64
_LOG = logging.getLogger("marketpulse.door")
#: What lands of a record, by feed.
Lines = dict[str, bytes]


@dataclass
class Delivery:
    """What is delivered: `events` and `rejects` are feeds, `sources` whose a write key is, by its id.

    `keep` takes lines of another feed than `events`, and must have kept them when it comes back.
    """

    events: str
    rejects: str
    sources: Mapping[str, str]
    keep: Callable[[str, bytes], None]
    keys: Keys = field(default_factory=Keys)

    def deliver(self, given: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
        """Records as Firehose hands them over, and what it is to do with each.

        One of which nobody knows what lands, or for which an answer has no room, is told to have failed: Firehose puts
        it aside as it came. Raise what `keep` raises: then all of them come again.
        """
        found = self._with_room(given, asyncio.run(self._all(given)))
        for feed in sorted({feed for each in found if each for feed in each} - {self.events}):
            self.keep(feed, b"".join(each.get(feed, b"") for each in found if each))
        return [self._answer(record["recordId"], each) for record, each in zip(given, found, strict=True)]

    def _answer(self, name: str, found: Lines | None) -> dict[str, str]:
        if found is None:  # Firehose has what it puts aside
            return {"recordId": name, "result": "ProcessingFailed"}
        if not (lines := found.get(self.events)):
            return {"recordId": name, "result": "Dropped"}
        return {"recordId": name, "result": "Ok", "data": base64.b64encode(lines).decode()}

    def _with_room(self, given: Sequence[Mapping[str, Any]], found: list[Lines | None]) -> list[Lines | None]:
        """What one answer has room for: of what became of records that which grew least comes first, whoever sent it.

        So a source whose requests say one large thing of every event takes no room from others.
        """
        sizes = {n: _base64(len(each.get(self.events, b""))) for n, each in enumerate(found) if each is not None}
        room, kept = _ANSWER, list(found)
        for number in sorted(sizes, key=lambda n: sizes[n] / max(1, len(given[n]["data"]))):
            if sizes[number] <= room:
                room -= sizes[number]
            else:
                kept[number] = None
                _tell_aside(given[number], f"{sizes[number]} bytes of an answer that has {room} left")
        return kept

    async def _all(self, given: Sequence[Mapping[str, Any]]) -> list[Lines | None]:
        return [await self._landed(record) for record in given]

    async def _landed(self, record: Mapping[str, Any]) -> Lines | None:
        """Lines by feed; None where the record is put aside."""
        data = base64.b64decode(record["data"])
        feed, made, _ = record.get("kinesisRecordMetadata", {}).get("partitionKey", "").partition("/")
        try:
            return {feed: data.rstrip(b"\n") + b"\n"} if made else await self._requested(data)
        except Refusal as refusal:
            _tell_aside(record, refusal.message)
        except Exception:  # noqa: BLE001 - one record must not hold up the others
            _LOG.exception("a mistake, or no request")
            _tell_aside(record, "it was not understood")
        return None

    async def _requested(self, data: bytes) -> Lines:
        """What a door would have kept of a request. Raise Refusal where it would not have kept all of it."""
        head, _, body = data.partition(b" ")
        told = dict(parse_qsl(head.decode("ascii"), keep_blank_values=True))
        request = _request(told, body)
        route = find(request.method, request.path)
        if route is None or route.post is None:
            raise Refusal(404, "no_such_path", f"no client posts to {request.path[:200]!r}")
        source = told.get("source") or self.sources.get(told.get("key", ""), _SOMEBODY)
        gathered = _Gathered()
        feeds = dict.fromkeys(_DIALECTS, self.events) | {REJECTS: self.rejects}
        try:
            await Posting(gathered, _Judged(self.keys, source), feeds, _LIMITS).post(request, route, None)
        except Refusal as refusal:
            # Of events that are none each is kept; of a request that was refused as a whole, the beginning.
            if refusal.code != "no_event" and (refusal.status == 413 or len(body) > _LIMITS.reject):
                raise
        if len(gathered.lines.get(self.rejects, b"")) > _LIMITS.kept:
            raise Refusal(413, "too_large", "what is no event of it is too large")
        return gathered.lines


def _tell_aside(record: Mapping[str, Any], why: str) -> None:
    """Nobody looks for what no line of the log tells."""
    size = len(base64.b64decode(record["data"]))
    _LOG.warning("record %s is put aside, %d bytes: %s", record["recordId"], size, why)


def _base64(size: int) -> int:
    return -(-size // 3) * 4


def _request(told: Mapping[str, str], body: bytes) -> Request:
    headers = {name: told[said_].encode() for said_, name in _HEADERS.items() if told.get(said_)}
    at = said(datetime.fromtimestamp(int(told["at"]) / 1000, UTC))
    query = told.get("query", "").lstrip("&").encode()
    return Request(told["method"], told["path"], query, headers, told.get("ip", ""), body, at)


class _Judged(Admission):
    """A gateway has judged the key already: all that is known of it is whose it is."""

    def __init__(self, keys: Keys, source: str) -> None:
        super().__init__(keys)
        self.is_open = True
        self._key = Key(source=source, hash=_NO_KEY)

    def admit(self, shown: str | None, origin: str | None) -> Key:  # noqa: ARG002 - see Admission.admit
        """See `Admission.admit`."""
        return self._key


class _Gathered(Journal):
    """Lines of one request, at once."""

    def __init__(self) -> None:
        super().__init__(_Nowhere())
        self.lines: dict[str, bytes] = {}

    def put(self, feed: str, line: bytes) -> asyncio.Future[None]:
        """See `Journal.put`."""
        self.lines[feed] = self.lines.get(feed, b"") + line
        heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heard.set_result(None)
        return heard


class _Nowhere:
    """A sink that nothing reaches."""

    state = State()

    def open(self) -> None: ...

    def keep(self, _lines: Mapping[str, Sequence[bytes]]) -> dict[str, str]:
        return {}

    def look(self) -> None: ...

    def close(self) -> None: ...
