"""Glue Python-shell step: run a stage on EMR Serverless, follow it to its end, and end as it ended.

Needs boto3 and the standard library only (Python 3.9). A run is known by its name, made from the run id and the stage:
a retry of this step follows the run that is there, and never starts a second one.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import time
from datetime import datetime, timedelta, timezone
from typing import Any

FINAL = {"SUCCESS", "FAILED", "CANCELLED"}
TAIL_LINES = 200
LONGEST_PAUSE = 60.0


def main(argv: list[str]) -> int:
    """Run and follow; 0 done, 1 the job failed or took too long, 2 wrong arguments or AWS refused."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        arguments = parse(argv)
    except ValueError as error:
        say("error", message=str(error))
        return 2
    try:
        step = Step(boto3.client("emr-serverless"), boto3.client("s3"), arguments)
        return step.run()
    except (BotoCoreError, ClientError) as error:
        say("error", message=str(error), hint="check the application, the role and what this step may do")
        return 2


def parse(argv: list[str]) -> argparse.Namespace:
    """Read the arguments; those Glue adds for itself are left alone. Raise ValueError.

    `--run-id workflow` means the id of the workflow's run, which Glue gives as `--WORKFLOW_RUN_ID`.
    """
    parser = argparse.ArgumentParser(prog="glue_start_emr", allow_abbrev=False)
    parser.add_argument("--application-id", required=True, help="EMR Serverless application.")
    parser.add_argument("--execution-role-arn", required=True, help="Role of the job.")
    parser.add_argument("--entry-point", required=True, help="s3:// URI of emr_job.py.")
    parser.add_argument("--archives", required=True, help="s3:// URI of the environment, with its name after #.")
    parser.add_argument("--log-uri", required=True, help="s3:// folder of the logs.")
    parser.add_argument("--timeout-minutes", type=int, required=True, help="How long the job may take; 5 at least.")
    parser.add_argument("--run-id", required=True, help="Name of this run.")
    parser.add_argument("--arguments-json", required=True, help="Arguments of the job: an object of names and values.")
    parser.add_argument("--poll-seconds", type=float, default=5, help="First pause between two looks.")
    parser.add_argument("--WORKFLOW_RUN_ID", dest="workflow_run_id", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_known_args(argv)[0]
    if arguments.run_id == "workflow":
        arguments.run_id = arguments.workflow_run_id
    if not arguments.run_id:
        raise ValueError("--run-id workflow needs a workflow: start the job from one, or name the run")
    given = json.loads(arguments.arguments_json)
    if not isinstance(given, dict):
        raise ValueError("--arguments-json is no object of names and values")  # noqa: TRY004 - a person's mistake
    given["--run-id"] = arguments.run_id
    arguments.job = [text for key, value in given.items() for text in (key, str(value))]
    arguments.stage = given.get("--stage", "job")
    return arguments


class Step:
    """One job run on EMR Serverless."""

    def __init__(self, emr: Any, s3: Any, arguments: argparse.Namespace) -> None:
        self._emr = emr
        self._s3 = s3
        self._arguments = arguments
        self._name = f"{arguments.run_id}-{arguments.stage}"

    def run(self) -> int:
        """Submit, or find what an earlier try submitted; follow; relay the end of its log."""
        run_id = self._find() or self._submit()
        state = self._follow(run_id)
        self._relay(run_id, state)
        say("job ended", level="INFO" if state == "SUCCESS" else "ERROR", state=state, job_run_id=run_id)
        return 0 if state == "SUCCESS" else 1

    def _find(self) -> str | None:
        """Id of the run that has this name already."""
        since = datetime.now(timezone.utc) - timedelta(days=14)
        pages = self._emr.get_paginator("list_job_runs").paginate(
            applicationId=self._arguments.application_id, createdAtAfter=since
        )
        try:
            found = [run["id"] for page in pages for run in page["jobRuns"] if run.get("name") == self._name]
        except self._emr.exceptions.ResourceNotFoundException:
            return None
        if found:
            say("job found", job_run_id=found[0], name=self._name)
        return found[0] if found else None

    def _submit(self) -> str:
        given = self._arguments
        python = f"./{given.archives.partition('#')[2] or 'environment'}/bin/python"
        conf = {
            "spark.archives": given.archives,
            "spark.emr-serverless.driverEnv.PYSPARK_DRIVER_PYTHON": python,
            "spark.emr-serverless.driverEnv.PYSPARK_PYTHON": python,
            "spark.executorEnv.PYSPARK_PYTHON": python,
        }
        started = self._emr.start_job_run(
            applicationId=given.application_id,
            # Two tries at the same moment both find nothing: the service then starts one run for one token.
            clientToken=hashlib.sha256(self._name.encode()).hexdigest(),
            executionRoleArn=given.execution_role_arn,
            name=self._name,
            executionTimeoutMinutes=given.timeout_minutes,
            jobDriver={
                "sparkSubmit": {
                    "entryPoint": given.entry_point,
                    "entryPointArguments": given.job,
                    "sparkSubmitParameters": " ".join(f"--conf {key}={value}" for key, value in conf.items()),
                }
            },
            configurationOverrides={
                "monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": given.log_uri}}
            },
        )
        say("job submitted", job_run_id=started["jobRunId"], name=self._name)
        return str(started["jobRunId"])

    def _follow(self, run_id: str) -> str:
        """State in which the run ended; it is cancelled when its time is over."""
        ends = time.monotonic() + 60 * self._arguments.timeout_minutes
        pause, last = self._arguments.poll_seconds, ""
        while True:
            found = self._emr.get_job_run(applicationId=self._arguments.application_id, jobRunId=run_id)["jobRun"]
            if found["state"] != last:
                last = found["state"]
                say("job state", state=last, details=found.get("stateDetails"), job_run_id=run_id)
            if last in FINAL:
                return str(last)
            if time.monotonic() > ends:
                self._emr.cancel_job_run(applicationId=self._arguments.application_id, jobRunId=run_id)
                say("error", message=f"cancelled after {self._arguments.timeout_minutes} minutes", job_run_id=run_id)
                return "CANCELLED"
            time.sleep(min(pause, max(ends - time.monotonic(), 0) + 0.1))
            pause = min(pause * 1.5, LONGEST_PAUSE)

    def _relay(self, run_id: str, state: str) -> None:
        """Print the end of the driver's log: what it said, and after a failure also its errors."""
        bucket, _, prefix = self._arguments.log_uri[len("s3://") :].partition("/")
        folder = "/".join(part for part in (prefix.strip("/"), "applications") if part)
        folder = f"{folder}/{self._arguments.application_id}/jobs/{run_id}/SPARK_DRIVER"
        for stream in ("stdout",) if state == "SUCCESS" else ("stdout", "stderr"):
            key = f"{folder}/{stream}.gz"
            try:
                body = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            except self._s3.exceptions.ClientError as error:
                say("no log", place=f"s3://{bucket}/{key}", message=str(error))
                continue
            for line in gzip.decompress(body).decode("utf-8", "replace").splitlines()[-TAIL_LINES:]:
                print(line, flush=True)


def say(event: str, **values: Any) -> None:
    """One JSON line, as every job writes them."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    level = values.pop("level", "ERROR" if event == "error" else "INFO")
    print(json.dumps({"time": moment, "level": level, "event": event, **values}), flush=True)


if __name__ == "__main__":
    if code := main(sys.argv[1:]):
        sys.exit(code)
