"""The sizing formula of docs/sizing.md."""

from __future__ import annotations

import sys

import pytest

from tests.infra.readmes import INFRA

sys.path.insert(0, str(INFRA))
from sizing import CLICK_BYTES, GB, OLDER_DAYS, TOUCHED_AGAIN, Plan


def plan(loads: int, gigabytes: int = 100) -> Plan:
    return Plan("a day", gigabytes, loads, 60, "spark")


def test_one_load_a_day_does_the_day_and_touches_the_days_before_it() -> None:
    one = plan(1)
    assert one.millions == 100 * GB / CLICK_BYTES / 1e6
    assert one.work(1) == pytest.approx(one.millions * (1 + TOUCHED_AGAIN["spark"] * OLDER_DAYS))


def test_the_last_load_of_a_day_is_the_largest_and_more_loads_cost_more() -> None:
    four = plan(4)
    assert four.work(1) < four.work(4)
    assert plan(1).core_hours < four.core_hours < plan(24).core_hours


def test_cores_follow_the_data() -> None:
    assert plan(4, 1_000).cores == pytest.approx(10 * plan(4, 100).cores, abs=10)
