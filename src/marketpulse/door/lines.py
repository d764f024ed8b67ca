"""Lines as they are kept: one a request, with what the server knows around the events.

{"receivedAt": …, "collector": {"source": …, "ip": …, "userAgent": …}, "sentAt": …, "context": …, "batch": […]}
{"receivedAt": …, "collector": {…}, "path": …, "reason": …, "record": …}               what was no event
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from marketpulse.door import addresses
from marketpulse.door.answers import Refusal
from marketpulse.door.bodies import write
from marketpulse.door.events import context_kept, scrub
from marketpulse.door.keys import Key, Keys
from marketpulse.door.limits import Limits
from marketpulse.door.request import Request

_LONG_AGENT = 512
_HIDDEN = b"***"
#: A key shorter than this may be a word of a text.
_SECRET = 12
#: Bytes that what stands around the events of a line may be, counted once an event: landing has such a bound, too.
_AROUND_ALL = 4 << 20


def now() -> str:
    """The moment, as a line says it."""
    return said(datetime.now(UTC))


def said(moment: datetime) -> str:
    """A moment of UTC, as a line says it."""
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def collector(request: Request, key: Key, keys: Keys) -> dict[str, Any]:
    """What the server knows of a request."""
    told: dict[str, Any] = {"source": key.source}
    if address := addresses.kept(request.address, keys.addresses):
        told["ip"] = address
    if agent := request.headers.get(b"user-agent"):
        told["userAgent"] = agent[:_LONG_AGENT].decode("utf-8", "replace")
    if asks_not_to_track(request):
        told["doNotTrack"] = True
    return told


def asks_not_to_track(request: Request) -> bool:
    """Whether a browser says so: DNT, or Global Privacy Control."""
    return b"1" in (request.headers.get(b"dnt"), request.headers.get(b"sec-gpc"))


def event_lines(around: dict[str, Any], events: list[Any], keys: Keys, limits: Limits, secret: str | None) -> bytes:
    """The line of events; several where it would be longer than landing reads, or carry too much around its events.

    Raise Refusal for more than a request may be kept as: what came small may say one large thing of every event.
    """
    context_kept(around.get("context"), keys.addresses)
    head = _event(around, keys.addresses)
    if len(head) > limits.around:
        raise Refusal(413, "too_large", f"what stands around the batch has more than {limits.around} bytes")
    most, size, whole = max(1, _AROUND_ALL // len(head)), 0, 0
    lines: list[list[bytes]] = []
    for event in events:
        text = _event(event, keys.addresses)
        is_next = not lines or len(lines[-1]) >= most or size + len(text) > limits.line
        whole += len(text) + len(head) * is_next
        if len(text) > limits.line or whole > limits.kept:
            raise Refusal(413, "too_large", "the events, as they would be kept, are too large: send fewer at once")
        if is_next:
            lines.append([])
            size = 0
        lines[-1].append(text)
        size += len(text) + 1
    return hidden(b"".join(b'%s,"batch":[%s]}\n' % (head[:-1], b",".join(each)) for each in lines), secret)


def reject_line(around: Mapping[str, Any], record: Any, how: str, limits: Limits, secret: str | None) -> bytes:
    """The line of what was no event: its beginning, as a text, its addresses kept as `how` says."""
    try:
        text = record if type(record) is bytes else write(scrub(record, how))
    except Refusal:
        text = b""
    text = hidden(text, secret, 1)[: limits.reject]
    return hidden(write({**around, "record": text.decode("utf-8", "replace")}), secret) + b"\n"


def hidden(line: bytes, secret: str | None, least: int = _SECRET) -> bytes:
    """A line in which a key that was shown stands nowhere, wherever and however a client wrote it."""
    for shown in _forms(secret) if secret and len(secret) >= least else ():
        if shown in line:
            line = line.replace(shown, _HIDDEN)
    return line


def _event(value: Any, how: str) -> bytes:
    """A value as it is kept."""
    text = write(value)
    if how != "whole" and addresses.may_stand_in(text):
        addresses.cut(value, how)
        return write(value)
    return text


@lru_cache(maxsize=1_000)
def _forms(secret: str) -> tuple[bytes, ...]:
    """A key as texts write it: in JSON, in an address, in the header of a request."""
    plain = secret.encode("utf-8", "replace")
    basic = base64.b64encode(plain + b":").rstrip(b"=")
    return tuple({write(plain.decode())[1:-1], quote(plain, safe="").encode(), basic})
