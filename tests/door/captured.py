"""What thirteen clients put on the wire, captured: `captures/`, one file a client, in the order in which they asked.

Ids, hosts and agents are replaced, cookies left out; a body is shown unpacked and is packed here as it was sent.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.door.house import Heard

CAPTURES = Path(__file__).with_name("captures")
#: Keys that captured clients show -> whose they are. An exporter of OTLP shows what it is told; here it is told none.
SHOWN = {"wk_test": "website", "phc_test": "posthog", "shop": "shop", "secret": "analytics"}
#: Keys that stand in pages, and which the clients show in their bodies or addresses.
PUBLIC = ("phc_test", "shop")


@dataclass(frozen=True)
class Asked:
    """One request of a client."""

    client: str
    number: int
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def __str__(self) -> str:
        return f"{self.client}-{self.number}-{self.method}{self.path.partition('?')[0].replace('/', '_')}"


def captured() -> list[Asked]:
    """Every request, and that of an exporter that was told a key."""
    found = list(_captured())
    logs = next(each for each in found if each.path == "/v1/logs")
    with_key = {**logs.headers, "authorization": "Bearer wk_test"}
    return [*found, Asked("otel-js-with-a-key", 0, logs.method, logs.path, with_key, logs.body)]


def _captured() -> Iterator[Asked]:
    for file in sorted(CAPTURES.glob("*.json")):
        for number, each in enumerate(json.loads(file.read_text(encoding="utf-8"))["requests"]):
            body = json.dumps(each["json"]).encode() if "json" in each else b""
            is_packed = each["headers"].get("content-encoding") == "gzip"
            body = gzip.compress(body, mtime=0) if is_packed else body
            yield Asked(file.stem, number, each["method"], each["path"], each["headers"], body)


def has_events(asked: Asked) -> bool:
    """Whether a request says events, and shows a key with them: a post, or a picture."""
    path = asked.path.partition("?")[0]
    is_post = asked.method == "POST" and path != "/flags/"
    return (is_post or path == "/i") and str(asked).partition("-0-")[0] != "otel-js"


def shape(heard: Heard) -> object:
    """What a client looks at in an answer: of JSON the names and kinds of its values, else what it is."""
    if not heard.body:
        return None  # nothing, whatever it is said to be
    kind = heard.headers.get("content-type", "").partition(";")[0]
    if kind == "application/json":
        return _shape(json.loads(heard.body))
    if kind.startswith("image/"):
        return "a picture"
    return kind, heard.body if kind == "text/plain" else True


def _shape(value: object) -> object:
    return {name: _shape(each) for name, each in value.items()} if isinstance(value, dict) else type(value).__name__


def lets_read(asked: Asked, heard: Heard) -> bool:
    """Whether the page of a request may read its answer; a client that is no page may."""
    origin = asked.headers.get("origin")
    return origin is None or heard.headers.get("access-control-allow-origin") in (origin, "*")
