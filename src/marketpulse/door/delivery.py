"""From a stream to landing: what lands of each record, whichever door put it there.

    visits/5f2b…   line ⏎ line                     a collector made them: lines of the feed that the key names
    <any other>    at=…&path=…&query=… body        a gateway put a request there: what a door would have made of it

The feed of events is delivered by who hands the records over (Firehose), so each of them has one answer; lines of
other feeds, as those of what was no event, are kept by `keep`.
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
#: Bytes of an answer, in base64: Lambda's may have six million.
_ANSWER = 5_500_000
#: What becomes of one request must fit beside others.
_LIMITS = Limits(body=10 << 20, kept=3 << 20)
#: Whose a key is that nobody has named.
_SOMEBODY = "endpoint"
_FAILED = "ProcessingFailed"
_NO_KEY = "sha256:" + "0" * 64
_LOG = logging.getLogger("marketpulse.door")


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

        One that nobody understands, or that is too large to answer with, is told to have failed: Firehose puts it
        aside as it is. Raise what `keep` raises: then all of them come again.
        """
        answers, apart, size = [], dict[str, list[bytes]](), 0
        for record in given:
            found = self._landed(record)
            answer = self._answer(record, found, _ANSWER - size)
            answers.append(answer)
            if found is not None and answer["result"] != _FAILED:
                size += len(answer["data"])
                for feed in found.keys() - {self.events}:
                    apart.setdefault(feed, []).append(found[feed])
        for feed, held in apart.items():
            self.keep(feed, b"".join(held))
        return answers

    def _answer(self, record: Mapping[str, Any], found: Mapping[str, bytes] | None, room: int) -> dict[str, str]:
        """What Firehose is to do with a record, told in no more letters than there is room for."""
        lines = b"" if found is None else found.get(self.events, b"")
        data = base64.b64encode(lines).decode()
        if found is None or len(data) > room:
            return {"recordId": record["recordId"], "result": _FAILED, "data": record["data"]}
        return {"recordId": record["recordId"], "result": "Ok" if lines else "Dropped", "data": data}

    def _landed(self, record: Mapping[str, Any]) -> dict[str, bytes] | None:
        """Lines by feed; None where nobody knows what to make of a record."""
        data = base64.b64decode(record["data"])
        feed, made, _ = record.get("kinesisRecordMetadata", {}).get("partitionKey", "").partition("/")
        try:
            return {feed: data.rstrip(b"\n") + b"\n"} if made else self._requested(data)
        except Exception:  # noqa: BLE001 - one record must not hold up the others; it is put aside and told
            _LOG.exception("a record was not understood")
            return None

    def _requested(self, data: bytes) -> dict[str, bytes] | None:
        head, _, body = data.partition(b" ")
        told = dict(parse_qsl(head.decode("ascii"), keep_blank_values=True))
        request = _request(told, body)
        route = find(request.method, request.path)
        if route is None or route.post is None:
            return None
        source = told.get("source") or self.sources.get(told.get("key", ""), _SOMEBODY)
        gathered = _Gathered()
        feeds = dict.fromkeys(_DIALECTS, self.events) | {REJECTS: self.rejects}
        posting = Posting(gathered, _Judged(self.keys, source), feeds, _LIMITS)
        try:
            asyncio.run(posting.post(request, route, None))
        except Refusal as refusal:  # what it refused is kept apart, with the reason
            return gathered.lines if gathered.lines or refusal.code == "no_event" else None
        return gathered.lines


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
