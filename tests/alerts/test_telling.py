"""Each trouble is told once, and once that it is over, to whoever can be reached."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from marketpulse.alerts.finding import Alert
from marketpulse.alerts.telling import tell
from marketpulse.errors import UsageError
from tests.command import marketpulse
from tests.serving.metrics.counting import with_metrics
from tests.shop import MiniShop

LOW, LATE = Alert("metric lines", "2026-03-04: Lines 1 is below 2"), Alert("bronze.sales is late", "none came")


class Listener(HTTPServer):
    """Somebody who takes messages, unless he is `away`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.heard: list[dict[str, Any]] = []
        self.away = False
        self.address = f"json://127.0.0.1:{self.server_port}/"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Listener)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.server.away:
            self.server.heard.append(body)
        self.send_response(500 if self.server.away else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as found:
        yield found
        found.shutdown()


def test_what_is_new_and_what_is_over_is_told_once(listener: Listener, tmp_path: Path) -> None:
    told = [tell(found, listener.address, tmp_path) for found in ([LOW], [LOW], [LOW, LATE], [LATE], [], [], [LOW])]
    assert told == [1, 0, 1, 1, 1, 0, 1]
    assert [each["message"] for each in listener.heard] == [
        f"{LOW.about}: {LOW.text}", f"{LATE.about}: {LATE.text}", f"over: {LOW.about}", f"over: {LATE.about}",
        f"{LOW.about}: {LOW.text}",
    ]  # fmt: skip


def test_what_was_not_taken_is_told_again(listener: Listener, tmp_path: Path) -> None:
    listener.away = True
    with pytest.raises(UsageError, match=r"address 2 .json. did not take") as caught:
        tell([LOW], f"nonsense {listener.address}?key=s3cret", tmp_path)
    assert "address 1" in str(caught.value)
    assert "s3cret" not in f"{caught.value} {caught.value.hint}"
    listener.away = False
    assert tell([LOW], listener.address, tmp_path) == 1
    assert len(listener.heard) == 1


def test_a_memory_that_is_damaged_tells_twice_rather_than_never(listener: Listener, tmp_path: Path) -> None:
    tell([LOW], listener.address, tmp_path)
    (tmp_path / "alerts.json").write_text("{")
    assert tell([LOW], listener.address, tmp_path) == 1


def test_the_command_shows_tells_and_ends_with_1(shop: MiniShop, listener: Listener) -> None:
    with_metrics(shop).land_sales("2026-03-09", "a,2026-03-02,1,1")
    assert shop.run().ok
    shown = marketpulse(shop, "alerts", "--json")
    assert (shown.returncode, json.loads(shown.stdout)) == (
        1, [{"about": "metric lines", "text": "2026-03-02: Lines 1 is below 2"}],
    )  # fmt: skip
    assert marketpulse(shop, "alerts", "--notify").returncode == 2  # nobody is named
    for _ in range(2):
        told = marketpulse(shop, "alerts", "--notify", MARKETPULSE_NOTIFY=listener.address)
        assert (told.returncode, told.stderr) == (1, "")
    assert [each["title"] for each in listener.heard] == ["MarketPulse: 1 new, 0 over"]
    shop.land_sales("2026-03-10", "b,2026-03-02,1,1")
    assert shop.run().ok
    over = marketpulse(shop, "alerts", "--notify", MARKETPULSE_NOTIFY=listener.address)
    assert (over.returncode, over.stdout.strip()) == (0, "nothing to tell")
    assert len(listener.heard) == 2
