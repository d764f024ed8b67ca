"""What a sandbox cost is counted as AWS counts it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.spent import PRICE, Values, dpu_hours, emr_usd, rpu_hours, standing, told

RUNS: dict[str, list[dict[str, Any]]] = {
    "silver": [{"WorkerType": "G.1X", "NumberOfWorkers": 2, "ExecutionTime": 1800}],
    "gold": [{"MaxCapacity": 0.0625, "ExecutionTime": 10}],
    "ingest": [{"WorkerType": "G.2X", "NumberOfWorkers": 2, "ExecutionTime": 600, "DPUSeconds": 7200.0}],
}


class Answers:
    """Clients that answer as the services do."""

    def get_job_runs(self, JobName: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        return {"JobRuns": RUNS[JobName]}

    def list_job_runs(self, **_: str) -> dict[str, Any]:
        return {"jobRuns": [{"id": "1"}, {"id": "2"}]}

    def get_job_run(self, jobRunId: str, **_: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        billed = {"billedResourceUtilization": {"vCPUHour": 2.0, "memoryGBHour": 8.0}}
        return {"jobRun": billed if jobRunId == "1" else {}}

    def get_metric_statistics(self, **_: Any) -> dict[str, Any]:
        return {"Datapoints": [{"Sum": 3600.0}, {"Sum": 1800.0}]}


def test_a_run_is_paid_by_what_was_counted_and_a_minute_at_least() -> None:
    assert dpu_hours(Answers(), {"silver": "silver"}) == pytest.approx(1.0)
    assert dpu_hours(Answers(), {"gold": "gold"}) == pytest.approx(0.0625 / 60)
    assert dpu_hours(Answers(), {"ingest": "ingest"}) == pytest.approx(2.0), "auto-scaling used less than it might"


def test_emr_and_redshift_say_what_they_bill() -> None:
    assert emr_usd(Answers(), "app") == pytest.approx(2 * PRICE["EMR vCPU hour"] + 8 * PRICE["EMR GB hour"])
    assert rpu_hours(Answers(), "workgroup") == pytest.approx(1.5)


def test_what_stands_costs_by_the_hour() -> None:
    assert 0.01 < standing(Values.of("dev")) < standing(Values.of("stg")) < standing(Values.of("prod"))


def test_what_failed_before_anything_worked_stood_at_most() -> None:
    assert "1.50 h of what stands, at most" in told({}, {}, 1.5)
