"""A visit to a shop, posted to the door of an environment by plain HTTP as clients do, and what the door answers."""

from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

#: How long a key that was just made, or an address, may be unknown to the door.
KNOWN_SECONDS = 300
PAGE = "https://shop.example"
JSON, BASIC = {"content-type": "application/json"}, "Basic {basic}"
#: Events as clients write them: path, headers, body; of the key `{key}` and `{basic}`. A server, a browser, a beacon.
EVENTS: tuple[tuple[str, dict[str, str], dict[str, Any]], ...] = (
    ("/v1/track", JSON | {"authorization": BASIC}, {"event": "Product Viewed"}),
    ("/v1/page", {"content-type": "application/json; charset=utf-8", "authorization": BASIC}, {}),
    ("/beacon/v1/batch?writeKey={key}", {"content-type": "text/plain"}, {"type": "track", "event": "Product Viewed"}),
)
#: What is no event of anybody's: path, headers, body, and the status and code that say so.
REFUSED: tuple[tuple[str, dict[str, str], bytes, str], ...] = (
    ("/v1/track", JSON, b'{"type":"page"}', "401 no_key"),
    ("/v1/track", JSON | {"authorization": "Basic bm9uZTo="}, b'{"type":"page"}', "401 key_unknown"),
    ("/v1/track", JSON | {"authorization": BASIC}, b'{"type":', "400 no_json"),
    ("/beacon/v1/batch?writeKey={key}", {"content-type": "text/plain"}, b'{"batch":', "400 no_json"),
    # These two are told by what Kinesis says of the name of a stream.
    ("/batch/", JSON, b'{"api_key":"phc_nobody","batch":[]}', "401 key_unknown"),
    ("/wp-login.php", JSON, b"{}", "404 no_such_path"),
)


class Heard(NamedTuple):
    """What a client hears."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Door:
    """A door: its address, a write key, and where it stands where that is not AWS (AWS_ENDPOINT_URL)."""

    endpoint: str
    key: str
    stands: str | None = None

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Heard:
        """One request of a page, with the key where it says so, and what it hears."""
        basic = base64.b64encode(f"{self.key}:".encode()).decode()
        told = {name: value.format(basic=basic) for name, value in headers.items()}
        page = {"origin": PAGE, "user-agent": "Mozilla/5.0 (aws-test)"}
        return self.send(method, path.format(key=self.key), page | told, body)

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Heard:
        """By HTTP. OSError where nobody answers."""
        host = urlsplit(self.endpoint).netloc
        place = self.endpoint.replace(f"https://{host}", self.stands or f"https://{host}") + path
        request = urllib.request.Request(place, body or None, {"host": host, **headers}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as heard:
                return Heard(heard.status, heard.headers, heard.read())
        except urllib.error.HTTPError as error:
            return Heard(error.code, error.headers, error.read())


def visit(door: Door, seconds: float = KNOWN_SECONDS) -> int:
    """Post the events of one visitor, each in a request of its own; how many there were.

    A key that is not known yet is waited for. AssertionError where an event is not answered by 200, a page may not ask
    or not read the answer, or something else is taken for an event.
    """
    who, until = f"aws-test-{uuid.uuid4()}", time.monotonic() + seconds
    for path, headers, event in EVENTS:
        body = _body(path, event | {"messageId": str(uuid.uuid4()), "anonymousId": who})
        while (heard := door.ask("POST", path, headers, body)).status in (401, 403) and time.monotonic() < until:
            time.sleep(5)
        _held(heard, 200, path)
    before = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
    _held(heard := door.ask("OPTIONS", "/v1/track", before), 200, "OPTIONS")
    assert "authorization" in heard.headers.get("access-control-allow-headers", ""), dict(heard.headers)
    for path, headers, body, said in REFUSED:
        heard = door.ask("POST", path, headers, body)
        _held(heard, int(said[:3]), path)
        assert f"{heard.status} {json.loads(heard.body).get('code')}" == said, heard
    return len(EVENTS)


def _body(path: str, event: dict[str, Any]) -> bytes:
    return json.dumps({"batch": [event]} if "batch" in path else event).encode()


def _held(heard: Heard, status: int, what: str) -> None:
    assert heard.status == status, f"{what}: the door answers {heard.status}, not {status}: {heard.body[:500]!r}"
    assert heard.headers.get("access-control-allow-origin") in (PAGE, "*"), f"{what}: {dict(heard.headers)}"
