"""How old the newest event in gold is, and which segments wait."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from marketpulse.live.lag import Lag
from marketpulse.project.project import load_project
from marketpulse.run.report import FeedReport, RunReport, Status, TableReport
from tests.live.process import collecting
from tests.shop import MiniShop

SECOND = 1_000_000_000


def report(newest: int, gold: Status = "built") -> RunReport:
    return RunReport("r", [FeedReport("clicks", newest=newest)], [TableReport("gold.mart_total", gold)])


@pytest.mark.parametrize("stopped", ["blocked", "failed", "skipped"])
def test_what_a_gate_keeps_out_of_gold_is_not_in_gold(shop: MiniShop, stopped: Status) -> None:
    project, lag, now = load_project(collecting(shop).project_dir), Lag(), time.time_ns()
    assert lag.seconds is None
    lag.note(project, report(now - 60 * SECOND))
    assert lag.seconds == pytest.approx(60, abs=5)
    lag.note(project, report(now, stopped))
    assert lag.seconds == pytest.approx(60, abs=5)
    lag.note(project, report(0))
    assert lag.seconds == pytest.approx(0, abs=5)


def test_a_segment_waits_when_it_was_sealed_after_the_cycle_began_and_did_not_come_with_it(shop: MiniShop) -> None:
    project, lag = load_project(collecting(shop).project_dir), Lag()
    lag.begin()
    now = datetime.now(UTC)
    for number in range(3):
        shop.land(f"clicks/ingest_date={now:%Y-%m-%d}/hour={now:%H}/door-{number}.ndjson", "{}\n")
    assert lag.waiting(project, str(shop.landing)) == 3
    lag.note(project, report(time.time_ns()))
    assert lag.waiting(project, str(shop.landing)) == 0
    lag.begin()
    assert lag.waiting(project, str(shop.landing)) == 0
