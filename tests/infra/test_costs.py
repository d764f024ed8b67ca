"""The model of what an environment costs: real counts of runs, calls and loads."""

from __future__ import annotations

import sys

import pytest

from tests.infra.readmes import INFRA

sys.path.insert(0, str(INFRA))
from costs import Values, calls_usd, costs

ENVIRONMENTS = ("dev", "stg", "prod")


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_runs_are_as_many_as_there_may_be(environment: str) -> None:
    values = Values.of(environment)
    assert values.runs(5.0) == 24 * 60 // values.run_minutes
    assert values.runs(0.0) == 1


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_loads_leave_most_of_the_days_redshift_to_people(environment: str) -> None:
    values = Values.of(environment)
    assert values.serving(5.0) <= values.rpu_hours_a_day / 2


def test_loads_cost_too() -> None:
    values = Values.of("prod")
    often = Values(**{**values.__dict__, "serve_minutes": values.run_minutes, "rpu_hours_a_day": 1e9})
    seldom = Values(**{**values.__dict__, "serve_minutes": 24 * 60, "rpu_hours_a_day": 1e9})
    assert costs(often, 5.0)["Redshift"] > costs(seldom, 5.0)["Redshift"]


def test_a_browser_calls_once_an_event_and_asks_before() -> None:
    events = costs(Values.of("dev"), 5.0)["events in"]
    assert events > 5.0 * 30 * 1.1 * 2.80


def test_many_calls_are_cheaper() -> None:
    assert calls_usd(333) == pytest.approx(333 * 3.5)
    assert calls_usd(1_000) == pytest.approx(333 * 3.5 + 667 * 2.8)
