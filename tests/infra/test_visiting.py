"""A door that takes no visit, that pages may not read, or that takes anything fails the gate with what it said."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.infra.visiting import EVENTS, PAGE, Door, visit

#: What a request is told by a door: status and code. None keeps it.
Rule = Callable[["Answering"], tuple[int, str] | None]


class Answering(BaseHTTPRequestHandler):
    """A door by one rule; without it, it does what it should."""

    def __init__(self, rule: Rule, origin: str, kept: list[bytes], *given: object) -> None:
        self.rule, self.origin, self.kept = rule, origin, kept
        super().__init__(*given)  # type: ignore[arg-type]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        status, code = self.rule(self) or self._right(body)
        if status == 200:
            self.kept.append(body)
        self._say(status, code)

    def do_OPTIONS(self) -> None:
        self._say(*(self.rule(self) or (200, "")))

    def _right(self, body: bytes) -> tuple[int, str]:
        if self.path == "/live/wp-login.php":
            return 404, "no_such_path"
        if self.path == "/live/batch/":
            return 401, "key_unknown"
        key = self.headers.get("authorization", "Basic a2V5Og==" if "writeKey=key" in self.path else "")
        if key != "Basic a2V5Og==":
            return 401, "key_unknown" if key else "no_key"
        return (200, "") if body.endswith(b"}") else (400, "no_json")

    def _say(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("access-control-allow-origin", self.origin)
        self.send_header("access-control-allow-headers", self.headers.get("access-control-request-headers", ""))
        self.end_headers()
        self.wfile.write(json.dumps({"code": code}).encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def standing(rule: Rule = lambda _: None, origin: str = PAGE) -> Iterator[tuple[Door, list[bytes]]]:
    kept: list[bytes] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Answering, rule, origin, kept))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Door("https://api.example/live", "key", f"http://127.0.0.1:{server.server_port}"), kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_visit_is_the_events_of_one_visitor_each_of_its_own() -> None:
    with standing() as (door, kept):
        assert visit(door) == len(EVENTS)
    said = [json.loads(body) for body in kept]
    events = [event for each in said for event in each.get("batch", [each])]
    assert len({event["anonymousId"] for event in events}) == 1
    assert len({event["messageId"] for event in events}) == len(events) == len(EVENTS)


def test_a_key_that_is_not_known_yet_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.infra.visiting.time.sleep", lambda _: None)
    early = iter([(403, "Forbidden")] * 3)
    with standing(lambda _: next(early, None)) as (door, _):
        assert visit(door) == len(EVENTS)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (lambda _: (403, "Forbidden"), "/v1/track: the door answers 403, not 200"),
        (lambda asked: (415, "type_refused") if "charset" in asked.headers["content-type"] else None, "answers 415"),
        (lambda asked: (400, "no_json") if "beacon" in asked.path else None, "/beacon/v1/batch.*answers 400"),
        (lambda asked: (403, "") if asked.command == "OPTIONS" else None, "OPTIONS: the door answers 403"),
        (lambda _: (200, ""), "answers 200, not 401"),
    ],
)
def test_what_a_door_does_not_do_is_told(rule: Rule, said: str) -> None:
    with standing(rule) as (door, _), pytest.raises(AssertionError, match=said):
        visit(door, seconds=0)


def test_an_answer_that_pages_may_not_read_is_told() -> None:
    with standing(origin="https://other.example") as (door, _), pytest.raises(AssertionError, match="allow-origin"):
        visit(door)
