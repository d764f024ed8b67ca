"""`marketpulse live`: what is posted is in gold, whatever fails, dies or is stopped meanwhile."""

from __future__ import annotations

import json
import signal
import time

import pytest

from marketpulse.errors import UsageError
from marketpulse.live.doorway import Doorway
from marketpulse.live.supervisor import Supervisor
from tests.live.process import Event, children, collecting, kill, live
from tests.shop import MiniShop
from tests.streams.brokers import Brokers
from tests.streams.shop import TOPIC, click, streamed


def counted(shop: MiniShop) -> int:
    """Clicks that gold has counted."""
    ((_, _, clicks),) = shop.rows("gold.mart_total")
    return int(clicks)


def brings(event: Event) -> bool:
    """A cycle that brought records."""
    return bool(event["event"] == "cycle" and event["records"])


@pytest.mark.long
def test_without_a_door_what_comes_in_a_topic_is_in_gold(shop: MiniShop) -> None:
    cluster = Brokers()
    streamed(shop, cluster)
    cluster.send(TOPIC, click(1))
    with live(shop, "--no-door") as process:
        assert process.until(brings)["records"] == 1
        cluster.send(TOPIC, click(2), click(3), partition=3)
        assert process.until(brings)["records"] == 2
        assert len(children(process.process.pid)) == 1
        process.process.send_signal(signal.SIGTERM)
        assert process.process.wait(20) == 0
    assert counted(shop) == 3


def test_what_is_posted_is_in_gold_whatever_fails_or_dies_meanwhile(shop: MiniShop) -> None:
    shop.land("sales/bad.csv", "id,qty\n1,1\n")  # it lacks a required column: this file stays out, all else goes on
    with live(collecting(shop)) as process:
        process.opened().post(["a", "b"])
        first = process.until(brings)
        assert (first["records"], first["exit_code"]) == (2, 1)
        assert [told for told in first["told"] if "bad.csv" in told]
        assert 0 <= first["behind_seconds"] < 60
        port = process.port
        for child in children(process.process.pid):
            kill(child)
        assert "was ended by signal 9" in process.until(lambda event: event["event"] == "died")["message"]
        assert process.opened().port == port
        process.post(["b", "c"])
        assert process.until(brings)["records"] == 2
        began = time.monotonic()
        process.process.send_signal(signal.SIGTERM)
        assert process.process.wait(20) == 1  # as of the last cycle
        assert time.monotonic() - began < 8
    assert sorted(row[0] for row in shop.rows("silver.clicks")) == ["a", "b", "c"]
    assert counted(shop) == 3


def test_the_end_of_the_time_that_was_given_is_a_cycle(shop: MiniShop) -> None:
    shop.land("clicks/a.json", '{"id":"a","ts":"2026-01-01T00:00:01Z"}\n')
    with live(collecting(shop), "--for", "0.1") as process:
        assert process.process.wait(60) == 0
    assert counted(shop) == 1


def test_what_cannot_begin_says_why_in_its_own_words() -> None:
    """Children that say no at once, as the door does without keys and the worker before a broken project."""
    refuses = "echo 'error no keys' >&2; echo ' hint make one' >&2; exit 2"
    idle = "read line"
    error = json.dumps({"event": "error", "message": "no project", "hint": None, "exit_code": 2, "refused": True})
    for door, worker, words in ((refuses, idle, "no keys"), (idle, f"echo '{error}'; exit 2", "no project")):
        with pytest.raises(UsageError) as refused:
            Supervisor(["sh", "-c", door], 0, ["sh", "-c", worker], Silence()).run(0)
        assert refused.value.message == words


class Silence:
    """A watcher that shows nothing."""

    def event(self, event: Event) -> None:
        """See `Watcher`."""

    def look(self, door: Doorway) -> None:
        """See `Watcher`."""
