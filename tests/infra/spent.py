"""What an hour of an environment cost: what stood, by the hour; what worked, as the services counted it. List prices.

What is billed shows a day later, by the tag Environment; `told` says the command.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.infra import pipeline
from tests.infra.readmes import INFRA

sys.path.insert(0, str(INFRA))
from costs import HOURS, PRICE, Values, costs

#: DPUs of a worker, where a job is not counted in them.
_WORKER = {"G.1X": 1.0, "G.2X": 2.0, "G.4X": 4.0, "G.8X": 8.0}


def told(env: dict[str, str], outputs: dict[str, Any], hours: float) -> str:
    """What it cost, part by part, and how to see what is billed; without outputs nothing worked."""
    if not outputs:
        return f"{standing(Values.of('dev')) * hours:.2f} USD: {hours:.2f} h of what stands, at most"
    parts = {
        f"{hours:.2f} h of what stands": standing(Values.of("dev")) * hours,
        "Glue": dpu_hours(pipeline.client(env, "glue"), outputs["jobs"]) * PRICE["DPU hour"],
        "EMR": emr_usd(pipeline.client(env, "emr-serverless"), outputs["emr"]["application"]),
        "Redshift": rpu_hours(pipeline.client(env, "cloudwatch"), outputs["redshift"]["workgroup"]) * PRICE["RPU hour"],
    }
    said = ", ".join(f"{name} {usd:.2f}" for name, usd in parts.items())
    return f"{sum(parts.values()):.2f} USD: {said}. Billed, from tomorrow on: {_billed(outputs['dashboard'])}"


def standing(values: Values) -> float:
    """USD an hour of what is paid whether it works or not."""
    idle = costs(values, 0.0)
    return (idle["network"] + idle["events in"] + PRICE["key, secret, alarms, dashboard"]) / HOURS


def dpu_hours(glue: Any, jobs: dict[str, str]) -> float:
    """DPU hours of every run of the jobs, at least a minute each."""
    found = 0.0
    for job in jobs.values():
        for run in glue.get_job_runs(JobName=job)["JobRuns"]:
            workers = _WORKER.get(run.get("WorkerType", ""), 0.0) * run.get("NumberOfWorkers", 0)
            seconds = max(60, run.get("ExecutionTime", 0))
            found += run.get("DPUSeconds", seconds * (workers or run.get("MaxCapacity", 0.0))) / 3600
    return found


def emr_usd(emr: Any, application: str) -> float:
    """USD of what runs of an application are billed for."""
    usd = 0.0
    for run in emr.list_job_runs(applicationId=application)["jobRuns"]:
        shown = emr.get_job_run(applicationId=application, jobRunId=run["id"])["jobRun"]
        billed = shown.get("billedResourceUtilization", {})
        usd += billed.get("vCPUHour", 0) * PRICE["EMR vCPU hour"] + billed.get("memoryGBHour", 0) * PRICE["EMR GB hour"]
    return usd


def rpu_hours(cloudwatch: Any, workgroup: str) -> float:
    """RPU hours of a workgroup in the last day."""
    now = datetime.now(UTC)
    points = cloudwatch.get_metric_statistics(
        Namespace="AWS/Redshift-Serverless", MetricName="ComputeSeconds", Statistics=["Sum"], Period=3600,
        Dimensions=[{"Name": "Workgroup", "Value": workgroup}], StartTime=now - timedelta(days=1), EndTime=now,
    )["Datapoints"]  # fmt: skip
    return float(sum(point["Sum"] for point in points)) / 3600


def _billed(dashboard: str) -> str:
    today = datetime.now(UTC).date()
    environment = dashboard.removeprefix("marketpulse-")
    tag = '{"Tags":{"Key":"Environment","Values":["' + environment + '"]}}'
    period = f"Start={today},End={today + timedelta(days=1)}"
    return (
        f"aws ce get-cost-and-usage --granularity DAILY --metrics UnblendedCost --time-period {period} --filter '{tag}'"
    )
