"""What is live is seen while it is, as it says itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from marketpulse.console.living import living
from marketpulse.run.beats import Beat, end, write
from tests.console.house import Page
from tests.console.test_page import Outline
from tests.shop import MiniShop


def told(shop: MiniShop, ago: timedelta, count: int = 12) -> None:
    """Say cycles, one a second, of which the last ended some time ago."""
    last = datetime.now(UTC) - ago
    each = [(n, (last - timedelta(seconds=count - 1 - n)).isoformat()) for n in range(count)]
    write(shop.settings.scratch, [Beat(n, at, 1, 10, 4, 0.75, 1.5 + n, 2, n % 2) for n, at in each])


@pytest.fixture
def live(sold: MiniShop) -> Iterator[MiniShop]:
    yield sold
    end(sold.settings.scratch)


def test_lag_and_events_are_shown_and_again_by_themselves(live: MiniShop, browser: TestClient) -> None:
    assert 'id="live"' not in browser.get("/runs").text
    told(live, timedelta(seconds=3))
    text = browser.get("/runs").text
    page = Page(text)
    assert (page.dangers, [*Outline(text).faults()]) == ([], [])
    assert {"Live, now", "12.5 s", "120", "2 files", "0.75 s"} <= set(page.words)
    assert '<script src="/static/live.js"' in text
    part = browser.get("/runs/live").text
    assert ('id="living"' in part, Page(part).dangers) == (True, [])


def test_one_that_says_nothing_any_more_is_told_to_be_silent_and_then_forgotten(live: MiniShop) -> None:
    told(live, timedelta(seconds=10))
    assert not living(live.settings).is_silent
    told(live, timedelta(minutes=5))
    assert living(live.settings).is_silent
    told(live, timedelta(hours=1))
    assert living(live.settings) is None


def test_what_has_ended_says_so_to_who_looks(live: MiniShop, browser: TestClient) -> None:
    assert "It has ended." in browser.get("/runs/live").text
