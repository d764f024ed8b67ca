"""What the door counts is shown over all doors that follow each other at one place."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from marketpulse.live import doorway
from marketpulse.live.doorway import Doorway

Said = dict[str, int]


@pytest.fixture
def page() -> Iterator[tuple[str, Said]]:
    """A page of numbers at an address, and the numbers."""
    said: Said = {}

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            lines = [f'marketpulse_door_events_total{{source="{s}",became="kept"}} {n}\n' for s, n in said.items()]
            self.wfile.write("".join(lines).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://0.0.0.0:{server.server_port}", said
    server.shutdown()
    thread.join()
    server.server_close()


def test_counts_go_on_when_a_door_begins_anew(page: tuple[str, Said], monkeypatch: pytest.MonkeyPatch) -> None:
    url, said = page
    monkeypatch.setattr(doorway, "_EVERY", 0.0)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    door = Doorway()
    door.look()
    assert not door.answers
    door.at(url)
    said |= {"website": 5, "app": 2}
    door.look()
    assert (door.answers, door.counts) == (True, {"kept": 7})
    said |= {"website": 9}
    door.look()
    assert door.counts == {"kept": 11}
    assert door.rate > 0
    said.clear()
    door.at(url)
    said |= {"website": 1}
    door.look()
    assert door.counts == {"kept": 12}


def test_a_door_that_does_not_answer_is_told() -> None:
    door = Doorway()
    door.at("http://127.0.0.1:9")
    door.look()
    assert (door.answers, door.rate, door.counts) == (False, 0.0, {})
