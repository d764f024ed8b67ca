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
from marketpulse.door.bodies import Number
from marketpulse.door.keys import Keys

_KINDS = frozenset(("track", "page", "identify", "screen", "group", "alias"))
_GONE = ("receivedAt", "writeKey", "write_key", "api_key", "apiKey")
_SAID = (str, int, float, Number)


@dataclass
class Sorted:
    """Events that are kept, those that are none with the reason, and how many nobody wants kept."""

    kept: list[dict[str, Any]]
    rejected: list[tuple[str, Any]]
    unwanted: int = 0


def sort(events: Sequence[Any], keys: Keys, shared: Any = None) -> Sorted:
    """Tell events from what is none, and make them ready to be kept; `shared` is the context around them."""
    found = Sorted([], [])
    refuses = _refuses(keys.consent, shared)
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


def scrub(value: Any, how: str) -> Any:
    """What is no event, without the fields that hold keys, and its addresses cut."""
    if type(value) is dict:
        value = {name: each for name, each in value.items() if name not in _GONE}
    addresses.cut(value, how)
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
    if type(kind) is not str or (kind not in _KINDS and kind.strip().lower() not in _KINDS):
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
    context_kept(event.get("context"), how)


def _refuses(category: str, shared: Any) -> Callable[[dict[str, Any]], bool] | None:
    """Whether an event's client said no to a category of consent, for this event or around all of them."""
    if not category:
        return None

    def said_no(context: Any) -> bool:
        consent = context.get("consent") if type(context) is dict else None
        said = consent.get("categoryPreferences") if type(consent) is dict else None
        return type(said) is dict and said.get(category) is False

    for_all = said_no(shared)
    return lambda event: for_all or said_no(event.get("context"))
