"""What clients put on the wire: path, headers and body of a post, as their libraries make them (docs/collect.md)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from marketpulse_retail.generate.encode import SHOP
from marketpulse_retail.simulate.visitors import Event


@dataclass(frozen=True)
class Post:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: bytes


Client = Callable[[Sequence[Event], str], list[Post]]


def segment_browser(events: Sequence[Event], key: str) -> list[Post]:
    """@segment/analytics-next: an event a request, as text/plain, so that no browser asks first."""
    found = []
    for event in events:
        number = f"ajs-next-{int(datetime.now(UTC).timestamp() * 1000)}-{uuid4()}"
        body = _event(event, number, {"name": "analytics.js", "version": "npm:next-1.84.3"})
        body |= {"integrations": {"Segment.io": True}, "writeKey": key, "sentAt": _now()}
        body["_metadata"] = {"bundled": ["Segment.io"], "unbundled": [], "bundledIds": []}
        headers = {**_browser(event), "content-type": "text/plain", **_basic(key)}
        found.append(Post(f"/v1/{event.kind[0]}", headers, _json(body)))
    return found


def rudder_browser(events: Sequence[Event], key: str) -> list[Post]:
    """@rudderstack/analytics-js: an event a request, with times under names of its own."""
    found = []
    for event in events:
        body = _event(event, str(uuid4()), {"name": "RudderLabs JavaScript SDK", "version": "3.34.1"})
        body |= {"channel": "web", "originalTimestamp": body.pop("timestamp"), "sentAt": _now()}
        body["userId"] = event.user or ""
        anonymous = base64.b64encode(event.visitor.anonymous.encode()).decode()
        headers = {**_browser(event), "content-type": "application/json;charset=UTF-8", "anonymousid": anonymous}
        found.append(Post(f"/v1/{event.kind}", {**headers, **_basic(key)}, _json(body)))
    return found


def segment_server(events: Sequence[Event], key: str) -> list[Post]:
    """segment-analytics-python: what gathered in half a second, in one batch, from the shop's own server."""
    batch = [_event(event, str(uuid4()), {"name": "analytics-python", "version": "2.4.0"}) for event in events]
    headers = {"user-agent": "analytics-python/2.4.0", "content-type": "application/json", **_basic(key)}
    return [Post("/v1/batch", headers, _json({"batch": batch, "sentAt": _now(), "writeKey": key}))] if batch else []


CLIENTS: tuple[Client, ...] = (segment_browser, rudder_browser, segment_server)


def _event(event: Event, number: str, library: Mapping[str, str]) -> dict[str, Any]:
    page = {"path": event.path, "url": event.url, "title": event.name, "search": "", "referrer": _referrer(event)}
    context: dict[str, Any] = {"page": page, "userAgent": event.visitor.agent, "locale": "en-US", "library": library}
    if event.is_first and event.visitor.entry.campaign:
        context["campaign"] = dict(zip(("source", "medium", "name"), event.visitor.entry.campaign, strict=True))
    told: dict[str, Any] = {"type": event.kind, "messageId": number, "timestamp": _now(), "context": context}
    told |= {"anonymousId": event.visitor.anonymous, "userId": event.user}
    if event.kind == "track":
        return told | {"event": event.name, "properties": dict(event.properties)}
    if event.kind == "identify":
        return told | {"traits": dict(event.properties)}
    return told | {"name": event.name, "properties": {"name": event.name, "path": event.path, "url": event.url}}


def _referrer(event: Event) -> str:
    return event.visitor.entry.referrer if event.is_first else f"{SHOP}/"


def _browser(event: Event) -> dict[str, str]:
    return {"user-agent": event.visitor.agent, "origin": SHOP, "sec-fetch-mode": "cors"}


def _basic(key: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


def _json(body: Any) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
