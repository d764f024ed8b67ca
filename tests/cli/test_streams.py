"""`marketpulse streams` and `accept`: what a person on call sees of a stream, and says of it."""

from __future__ import annotations

import json

import pytest

from tests.command import marketpulse
from tests.shop import MiniShop
from tests.streams.brokers import Brokers
from tests.streams.shop import TOPIC, click, consumed, ids, streamed

SCREEN = {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}


@pytest.fixture(scope="module")
def cluster() -> Brokers:
    """A cluster."""
    return Brokers()


def test_a_person_sees_how_far_a_stream_was_read_and_accepts_what_is_gone(shop: MiniShop, cluster: Brokers) -> None:
    streamed(shop, cluster)
    cluster.send(TOPIC, *(click(n) for n in range(1_200)))
    done = marketpulse(shop, "streams", **SCREEN)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split() for line in done.stdout.splitlines() if line] == [
        ["feed", "parts", "waiting", "stream"], ["clicks", "4", "1,200", "the", "topic", TOPIC],
    ]  # fmt: skip
    assert shop.run("silver.clicks").ok
    other = Brokers()
    other.send(TOPIC, click(7))
    shop.edit("sources/clicks.yaml", cluster.bootstrap, other.bootstrap)
    stopped = marketpulse(shop, "streams", **SCREEN)
    assert stopped.returncode == 1
    assert "blocked clicks, the topic web-clicks: the topic web-clicks is another one" in stopped.stdout
    taken = marketpulse(shop, "accept", "clicks", "--reason", "moved, ticket 12", "--yes", **SCREEN)
    assert (taken.returncode, taken.stdout) == (0, "accepted: the next run reads on\n")
    assert shop.run("silver.clicks").ok
    assert f"{TOPIC}~2-0-0" in ids(shop)
    (told,) = json.loads(marketpulse(shop, "streams", "--json").stdout)
    assert (told["feed"], told["positions"]["0"], told["behind"]["0"], told["blocked"]) == ("clicks", 1, 0, [])
    assert [each["reason"] for each in told["accepted"]] == ["moved, ticket 12"]
    assert consumed(shop).identity == told["identity"]


@pytest.mark.long
def test_a_stream_that_cannot_be_reached_cannot_be_accepted(shop: MiniShop, cluster: Brokers) -> None:
    streamed(shop, cluster)
    shop.edit("sources/clicks.yaml", f"topic: {TOPIC}", "topic: nowhere")
    done = marketpulse(shop, "accept", "clicks", "--reason", "x", "--yes", **SCREEN)
    assert (done.returncode, done.stderr) == (1, "")
    assert "the topic nowhere is not there" in done.stdout
    wrong = marketpulse(shop, "accept", "sales", "--reason", "x", **SCREEN)
    assert (wrong.returncode, "sales is no feed with a stream" in wrong.stderr) == (2, True)
