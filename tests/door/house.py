"""A door over a landing zone, asked as a server would ask it, and what it kept."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marketpulse.door.admission import Admission
from marketpulse.door.app import Door
from marketpulse.door.disk import Disk, Sealing
from marketpulse.door.journal import Journal
from marketpulse.door.keys import Key, Keys, hashed
from marketpulse.door.limits import Limits
from marketpulse.door.posting import Posting
from marketpulse.door.segments import Zone
from marketpulse.door.sink import Sink

DIALECTS = ("segment", "snowplow", "posthog", "ga4", "otlp")
SHOP = "http://shop.example"
KEY = "wk_test"
SECRET = "mp_" + "s" * 32
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0"


@dataclass(frozen=True)
class Heard:
    """What a client hears."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of an error, which has a message too."""
        assert set(self.json) == {"code", "message"}
        assert self.json["message"]
        return str(self.json["code"])


def keys(**more: Any) -> Keys:
    """Keys of a website, of a server, and of an app of Snowplow's."""
    site = Key(source="website", hash=hashed(KEY), origins=[SHOP])
    named = {"backend": SECRET, "posthog": "phc_test", "shop": "shop", "ga": "secret"}
    others = [Key(source=source, hash=hashed(key)) for source, key in named.items()]
    return Keys(keys=[site, *others], **more)


class House:
    """One door, open within a story."""

    def __init__(
        self, root: Path, admitted: Keys | None = None, limits: Limits | None = None, sink: Sink | None = None
    ) -> None:
        self.zone = Zone(root, {"events": "events", "rejects": "rejects"})
        feeds = dict.fromkeys(DIALECTS, "events") | {"rejects": "rejects"}
        journal = Journal(sink or Disk(self.zone, Sealing()))
        self.door = Door(Posting(journal, Admission(admitted), feeds, limits or Limits()))

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes | Any = b"",
        headers: Mapping[str, str] | None = None,
        peer: str = "203.0.113.77",
        pieces: int = 1,
    ) -> Heard:
        """One request; a body that is no bytes is JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        path, _, query = path.partition("?")
        sent = {"content-length": str(len(data)), **(headers or {})}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
            "client": (peer, 1),
        }
        size = -(-len(data) // pieces) or 1
        parts = [data[at : at + size] for at in range(0, len(data), size)] or [b""]

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

        said: list[Any] = []

        async def send(message: Any) -> None:
            said.append(message)

        await self.door(scope, receive, send)
        told = {name.decode(): value.decode() for name, value in said[0]["headers"]}
        return Heard(said[0]["status"], told, b"".join(each.get("body", b"") for each in said[1:]))

    async def post(self, path: str, body: Any, headers: Mapping[str, str] | None = None, **more: Any) -> Heard:
        """A post with the website's key."""
        return await self.ask("POST", path, body, {**basic(KEY), **(headers or {})}, **more)

    def lines(self, feed: str = "events") -> list[dict[str, Any]]:
        """Lines of a feed, once the door is closed."""
        files = sorted((self.zone.landing / feed).rglob("*.ndjson"))
        return [json.loads(line) for file in files for line in file.read_bytes().splitlines()]

    def events(self) -> list[dict[str, Any]]:
        """Events that were kept."""
        return [event for line in self.lines() for event in line["batch"]]

    def everything(self) -> bytes:
        """All bytes below the landing zone, names of files too."""
        files = [path for path in self.zone.landing.rglob("*") if path.is_file()]
        return b"".join(str(path).encode() + path.read_bytes() for path in files)


def told(house: House, story: Callable[[House], Awaitable[None]]) -> House:
    """Open the door, tell the story, close it."""

    async def whole() -> None:
        journal = house.door.posting.journal
        await journal.open()
        try:
            await story(house)
        finally:
            await journal.close()

    asyncio.run(whole())
    return house


def basic(key: str) -> dict[str, str]:
    """The header of a write key."""
    return {"authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


def packed(body: Any) -> bytes:
    """JSON, packed."""
    return gzip.compress(json.dumps(body).encode())


def page(**more: Any) -> dict[str, Any]:
    """A small event."""
    return {"type": "page", "anonymousId": "anon-1", "messageId": "m-1", **more}
