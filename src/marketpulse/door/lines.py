"""Lines as they are kept: one a request, with what the server knows around the events.

{"receivedAt": …, "collector": {"source": …, "ip": …, "userAgent": …}, "sentAt": …, "context": …, "batch": […]}
{"receivedAt": …, "collector": {…}, "path": …, "reason": …, "record": …}               what was no event
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marketpulse.door import addresses
from marketpulse.door.answers import Refusal
from marketpulse.door.bodies import write
from marketpulse.door.events import context_kept, scrub
from marketpulse.door.keys import Key, Keys
from marketpulse.door.limits import Limits
from marketpulse.door.request import Request

_LONG_AGENT = 512
_HIDDEN = "***"
#: A key shorter than this may be a word of a text.
_SECRET = 12
#: Bytes that what stands around the events of a line may be, counted once an event: landing has such a bound, too.
_AROUND_ALL = 4 << 20


def now() -> str:
    """The moment, as a line says it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


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
    """The line of events; several where what stands around them would be too much, since it is there once an event.

    Raise Refusal when it is too much for any.
    """
    context_kept(around.get("context"), keys.addresses)
    head = write(around)
    if len(head) > limits.around:
        raise Refusal(413, "too_large", f"what stands around the batch has more than {limits.around} bytes")
    most = max(1, _AROUND_ALL // len(head))
    pieces = (events[at : at + most] for at in range(0, len(events), most))
    return hidden(b"".join(b'%s,"batch":%s}\n' % (head[:-1], write(each)) for each in pieces), secret)


def reject_line(
    around: Mapping[str, Any], path: str, reason: str, record: Any, limits: Limits, secret: str | None
) -> bytes:
    """The line of what was no event: its beginning, as a text."""
    try:
        text = record if type(record) is bytes else write(scrub(record))
    except Refusal:
        text = b""
    text = hidden(text, secret, 1)[: limits.reject]
    told = {**around, "path": path[:200], "reason": reason, "record": text.decode("utf-8", "replace")}
    return write(told) + b"\n"


def hidden(line: bytes, secret: str | None, least: int = _SECRET) -> bytes:
    """A line in which a key that was shown stands nowhere, wherever a client wrote it."""
    if secret and len(secret) >= least:
        shown = secret.encode("utf-8", "replace")
        if shown in line:
            return line.replace(shown, _HIDDEN.encode())
    return line
