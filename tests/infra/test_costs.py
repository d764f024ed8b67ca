"""The model of what an environment costs: real counts of runs, calls and loads."""

from __future__ import annotations

import re
import sys
from dataclasses import replace

import pytest

from tests.infra.readmes import INFRA

sys.path.insert(0, str(INFRA))
from costs import ALARMS, ENDPOINTS, METRICS, PRICE, Values, calls_usd, costs

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


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_stream_that_nothing_comes_in_costs_its_runs_and_its_endpoint_and_wakes_nobody(environment: str) -> None:
    without = replace(Values.of(environment), streams=False)
    values = replace(without, streams=True)
    assert values.runs(0.0) == without.runs(5.0)
    assert values.loads(0.0) == without.loads(0.0) == 1
    assert values.endpoints - without.endpoints == (without.endpoint_zones if without.standby == "full" else 0)
    assert costs(values, 0.0)["Glue"] > 10 * costs(without, 0.0)["Glue"]
    assert costs(values, 5.0)["Glue"] == costs(without, 5.0)["Glue"]


def test_many_calls_are_cheaper() -> None:
    assert calls_usd(333) == pytest.approx(333 * 3.5)
    assert calls_usd(1_000) == pytest.approx(333 * 3.5 + 667 * 2.8)


def test_a_quiet_dev_costs_less_than_25_usd_with_one_setting() -> None:
    dev = Values.of("dev")
    assert dev.standby == "least"
    assert sum(costs(dev, 0.0).values()) < 25
    full = costs(replace(dev, standby="full"), 0.0)
    assert full["network"] + full["events in"] > 3 * 25


@pytest.mark.parametrize("environment", ["stg", "prod"])
def test_others_stand_in_the_private_network(environment: str) -> None:
    assert Values.of(environment).standby == "full"


def test_one_shard_carries_what_it_carries() -> None:
    dev = Values.of("dev")
    assert dev.carries(5.0)
    assert not dev.carries(500.0)


def test_what_lands_passes_a_function_that_costs_little() -> None:
    assert 0.004 < PRICE["GB through delivery's function"] < PRICE["delivery GB"]


def test_alarms_and_metrics_are_counted_as_they_are_declared() -> None:
    alone = ("quarantine-rate", "start-failed", "events-undelivered of the rule of failures")
    listed = entries("observability/alarms", "alarms") + entries("observability/alarms", "gateway")
    assert listed + entries("orchestration/events", "starts") + len(alone) == ALARMS
    assert entries("observability/metrics", "metrics") == METRICS


def entries(file: str, local: str) -> int:
    """How many entries a local of a module has."""
    text = (INFRA / "modules" / f"{file}.tf").read_text()
    (block,) = re.findall(rf"^  {local} = \{{$(.*?)^  \}}$", text, re.MULTILINE | re.DOTALL)
    return len(re.findall(r"^    [a-z-]+ += \{", block, re.MULTILINE))


def test_endpoints_are_counted_as_they_are_declared() -> None:
    network = (INFRA / "modules" / "network" / "main.tf").read_text()
    (services,) = re.findall(r"services = \{\n(.*?)\n  \}", network, re.DOTALL)
    assert len(services.splitlines()) == ENDPOINTS
