"""What becomes of events: those that are none are told apart, and of the rest the server says what it knows itself.

A client's own `receivedAt` goes, and its write key; an address is cut; an event without an id gets one. Whether the
values make sense is for the tables to say: here is only told what is no event at all.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from marketpulse.door import addresses
from marketpulse.door.keys import Keys

_KINDS = frozenset(("track", "page", "identify", "screen", "group", "alias"))
_GONE = ("receivedAt", "writeKey", "write_key", "api_key", "apiKey")
_SAID = (str, int, float)
#: What addresses are called by the clients that do not speak the common form.
_ADDRESSES = frozenset(("ip", "$ip", "uip", "_uip", "ip_override", "client.address", "source.address", "net.peer.ip"))


@dataclass
class Sorted:
    """Events that are kept, those that are none with the reason, and how many nobody wants kept."""

    kept: list[dict[str, Any]]
    rejected: list[tuple[str, Any]]
    unwanted: int = 0


def sort(events: Sequence[Any], keys: Keys) -> Sorted:
    """Tell events from what is none, and make them ready to be kept."""
    found = Sorted([], [])
    refuses = _refuses(keys.consent)
    for event in events:
        if type(event) is not dict:
            found.rejected.append(("it is no JSON object", event))
        elif reason := _wrong(event):
            found.rejected.append((reason, event))
        elif refuses and refuses(event):
            found.unwanted += 1
        else:
            _finish(event, keys.addresses)
            found.kept.append(event)
    return found


def scrub(value: Any) -> Any:
    """What is no event, without the fields that hold keys."""
    if type(value) is dict:
        return {name: each for name, each in value.items() if name not in _GONE}
    return value


def context_kept(context: Any, how: str) -> None:
    """Cut the address in a context that a client sent."""
    if type(context) is dict and "ip" in context:
        address = addresses.kept(context["ip"], how) if type(context["ip"]) is str else None
        if address is None:
            del context["ip"]
        else:
            context["ip"] = address


def _wrong(event: dict[str, Any]) -> str | None:
    kind = event.get("type")
    if kind not in _KINDS and not (type(kind) is str and kind.strip().lower() in _KINDS):
        return "its type is none of track, page, identify, screen, group, alias"
    if not _names_somebody(event.get("anonymousId")) and not _names_somebody(event.get("userId")):
        return "it names nobody: neither anonymousId nor userId"
    if kind == "track" and not event.get("event"):
        return "it is a track event without a name"
    return None


def _names_somebody(value: Any) -> bool:
    if type(value) is str:
        return value != "" and not value.isspace()
    return type(value) in _SAID


def _finish(event: dict[str, Any], how: str) -> None:
    for name in _GONE:
        event.pop(name, None)
    if not event.get("messageId"):
        event["messageId"] = "door-" + os.urandom(16).hex()
    context = event.get("context")
    if context and "ip" in context:
        context_kept(context, how)
    if "received" in event:
        _cut(event, how)


def _cut(event: dict[str, Any], how: str) -> None:
    """Cut the addresses in what a dialect gave, and in what came."""
    received = event["received"]
    inner = received.get("attributes") if type(received) is dict else None
    for place in (received, inner, event.get("properties")):
        if type(place) is dict:
            for name in _ADDRESSES & place.keys():
                place[name] = addresses.kept(place[name], how) if type(place[name]) is str else None


def _refuses(category: str) -> Callable[[dict[str, Any]], bool] | None:
    """Whether an event's client said no to a category of consent."""
    if not category:
        return None

    def refuses(event: dict[str, Any]) -> bool:
        context = event.get("context")
        consent = context.get("consent") if type(context) is dict else None
        said = consent.get("categoryPreferences") if type(consent) is dict else None
        return type(said) is dict and said.get(category) is False

    return refuses
