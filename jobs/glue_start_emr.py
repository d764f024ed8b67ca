"""Glue Python-shell step: run a stage on EMR, follow it to its end, and end as it ended.

On an EMR Serverless application (`--application-id`) or on an EMR cluster on EC2 (`--cluster-id`), one of the two.
Needs boto3 and the standard library only (Python 3.9); `--libraries-uri` brings a boto3 that is newer than the shell's.
A run is known by its name, made from the run id and the stage: a retry of this step follows the run that is there, and
never starts a second one.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import datetime, timedelta, timezone
from typing import Any

TAIL_LINES = 200
LONGEST_PAUSE = 60.0
# What the cluster's primary node does: Spark unpacks archives for executors only, so the driver's is unpacked here.
# The driver is a process of the step: a step that is cancelled, kindly (SIGTERM) or not, takes the whole run with it.
ON_PRIMARY = """
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
aws s3 cp --no-progress "$1" archive.tar.gz
mkdir "$2"
tar -xzf archive.tar.gz -C "$2"
shift 2
spark-submit "$@" &
driver=$!
trap 'kill "$driver"' INT TERM
wait "$driver"
"""


def main(argv: list[str]) -> int:
    """Run and follow; 0 done, 1 the job failed or took too long, 2 wrong arguments or AWS refused."""
    try:
        arguments = parse(argv)
    except ValueError as error:
        say("error", message=str(error))
        return 2
    be_in(arguments.region)
    use_libraries(arguments.libraries_uri)
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        place = (
            Cluster(boto3.client("emr"), arguments)
            if arguments.cluster_id
            else Serverless(boto3.client("emr-serverless"), arguments)
        )
        return Step(place, boto3.client("s3"), arguments).run()
    except EndedError as error:
        say("error", message=str(error), hint=error.hint)
        return 2
    except (BotoCoreError, ClientError) as error:
        say("error", message=str(error), hint="check the application or cluster, the role and what this step may do")
        return 2


def parse(argv: list[str]) -> argparse.Namespace:
    """Read the arguments; those Glue adds for itself are left alone. Raise ValueError.

    `--run-id workflow` means the id of the workflow's run, which Glue gives as `--WORKFLOW_RUN_ID`.
    """
    parser = argparse.ArgumentParser(prog="glue_start_emr", allow_abbrev=False)
    parser.add_argument("--application-id", default="", help="EMR Serverless application; this or --cluster-id.")
    parser.add_argument("--execution-role-arn", default="", help="Role of the job on the application.")
    parser.add_argument("--cluster-id", default="", help="EMR cluster on EC2; its nodes have their role.")
    parser.add_argument("--entry-point", required=True, help="s3:// URI of emr_job.py.")
    parser.add_argument("--archives", required=True, help="s3:// URI of the environment, with its name after #.")
    parser.add_argument("--log-uri", required=True, help="s3:// folder of the logs.")
    parser.add_argument(
        "--log-minutes", type=float, default=6, help="How long to wait for a failed cluster step's log."
    )
    parser.add_argument("--region", default="", help="Region of AWS (default: as the environment says).")
    parser.add_argument("--libraries-uri", default="", help="s3:// URI of a zip of libraries to use.")
    parser.add_argument("--timeout-minutes", type=int, required=True, help="How long the job may take; 5 at least.")
    parser.add_argument("--run-id", required=True, help="Name of this run.")
    parser.add_argument("--arguments-json", required=True, help="Arguments of the job: an object of names and values.")
    parser.add_argument("--poll-seconds", type=float, default=5, help="First pause between two looks.")
    parser.add_argument("--WORKFLOW_RUN_ID", dest="workflow_run_id", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_known_args(argv)[0]
    if bool(arguments.application_id) == bool(arguments.cluster_id):
        raise ValueError("give --application-id (EMR Serverless) or --cluster-id (EMR on EC2): exactly one of them")
    if bool(arguments.application_id) != bool(arguments.execution_role_arn):
        raise ValueError("--execution-role-arn belongs to --application-id; on a cluster the nodes have their role")
    if arguments.run_id == "workflow":
        arguments.run_id = arguments.workflow_run_id
    if not arguments.run_id:
        raise ValueError("--run-id workflow needs a workflow: start the job from one, or name the run")
    given = json.loads(arguments.arguments_json)
    if not isinstance(given, dict):
        raise ValueError("--arguments-json is no object of names and values")  # noqa: TRY004 - a person's mistake
    given["--run-id"] = arguments.run_id
    arguments.job = [text for key, value in given.items() for text in (key, str(value))]
    arguments.name = f"{arguments.run_id}-{given.get('--stage', 'job')}"
    arguments.environment = arguments.archives.partition("#")[2] or "environment"
    return arguments


class EndedError(Exception):
    """The cluster is no more. Carries what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Step:
    """One run of a stage, wherever it runs."""

    def __init__(self, place: Serverless | Cluster, s3: Any, arguments: argparse.Namespace) -> None:
        self._place = place
        self._s3 = s3
        self._arguments = arguments

    def run(self) -> int:
        """Submit, or find what an earlier try submitted; follow; relay the end of its log."""
        run_id, name = self._place.find(), self._arguments.name
        if run_id:
            say("job found", job_run_id=run_id, name=name)
        else:
            run_id = self._place.submit()
            say("job submitted", job_run_id=run_id, name=name)
        state = self._follow(run_id)
        done = state == self._place.done
        self._relay(run_id, done)
        say("job ended", level="INFO" if done else "ERROR", state=state, job_run_id=run_id)
        return 0 if done else 1

    def _follow(self, run_id: str) -> str:
        """State in which the run ended; it is cancelled when its time is over."""
        ends = time.monotonic() + 60 * self._arguments.timeout_minutes
        pause, last = self._arguments.poll_seconds, ""
        while True:
            state, details = self._place.state(run_id)
            if state != last:
                last = state
                say("job state", state=last, details=details, job_run_id=run_id)
            if last in self._place.final:
                return last
            if time.monotonic() > ends:
                self._place.cancel(run_id)
                say("error", message=f"cancelled after {self._arguments.timeout_minutes} minutes", job_run_id=run_id)
                return "CANCELLED"
            time.sleep(min(pause, max(ends - time.monotonic(), 0) + 0.1))
            pause = min(pause * 1.5, LONGEST_PAUSE)

    def _relay(self, run_id: str, done: bool) -> None:
        """Print the end of the driver's log: what it said, and after a failure also its errors."""
        bucket, _, prefix = self._arguments.log_uri[len("s3://") :].partition("/")
        folder = "/".join(part for part in (prefix.strip("/"), self._place.log_folder(run_id)) if part)
        ends = time.monotonic() + (0 if done else 60 * self._place.log_minutes)
        for stream in ("stdout",) if done else ("stdout", "stderr"):
            key = f"{folder}/{stream}.gz"
            try:
                body = self._read(bucket, key, ends)
            except self._s3.exceptions.ClientError as error:
                say("no log", place=f"s3://{bucket}/{key}", message=str(error))
                continue
            for line in gzip.decompress(body).decode("utf-8", "replace").splitlines()[-TAIL_LINES:]:
                print(line, flush=True)

    def _read(self, bucket: str, key: str, ends: float) -> bytes:
        """The object, once it is there."""
        while True:
            try:
                return bytes(self._s3.get_object(Bucket=bucket, Key=key)["Body"].read())
            except self._s3.exceptions.NoSuchKey:
                if time.monotonic() > ends:
                    raise
            time.sleep(min(self._arguments.poll_seconds * 4, LONGEST_PAUSE))


class Serverless:
    """An EMR Serverless application: a run is a job run."""

    done = "SUCCESS"
    final = frozenset({"SUCCESS", "FAILED", "CANCELLED"})
    log_minutes = 0  # the log is there when the run has ended

    def __init__(self, emr: Any, arguments: argparse.Namespace) -> None:
        self._emr = emr
        self._arguments = arguments

    def find(self) -> str | None:
        """Id of the run that has this name already."""
        since = datetime.now(timezone.utc) - timedelta(days=14)
        pages = self._emr.get_paginator("list_job_runs").paginate(
            applicationId=self._arguments.application_id, createdAtAfter=since
        )
        try:
            found = [run["id"] for page in pages for run in page["jobRuns"] if run.get("name") == self._arguments.name]
        except self._emr.exceptions.ResourceNotFoundException:
            return None
        return found[0] if found else None

    def submit(self) -> str:
        """Start the run; its id."""
        given = self._arguments
        python = f"./{given.environment}/bin/python"
        conf = {
            "spark.archives": given.archives,
            "spark.emr-serverless.driverEnv.PYSPARK_DRIVER_PYTHON": python,
            "spark.emr-serverless.driverEnv.PYSPARK_PYTHON": python,
            "spark.executorEnv.PYSPARK_PYTHON": python,
        }
        started = self._emr.start_job_run(
            applicationId=given.application_id,
            # Two tries at the same moment both find nothing: the service then starts one run for one token.
            clientToken=hashlib.sha256(given.name.encode()).hexdigest(),
            executionRoleArn=given.execution_role_arn,
            name=given.name,
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
        return str(started["jobRunId"])

    def state(self, run_id: str) -> tuple[str, str | None]:
        """State of the run, and what EMR says about it."""
        found = self._emr.get_job_run(applicationId=self._arguments.application_id, jobRunId=run_id)["jobRun"]
        return found["state"], found.get("stateDetails")

    def cancel(self, run_id: str) -> None:
        """End the run."""
        self._emr.cancel_job_run(applicationId=self._arguments.application_id, jobRunId=run_id)

    def log_folder(self, run_id: str) -> str:
        """Where the driver's log lies."""
        return f"applications/{self._arguments.application_id}/jobs/{run_id}/SPARK_DRIVER"


class Cluster:
    """An EMR cluster on EC2: a run is a step, its driver a process of the primary node."""

    done = "COMPLETED"
    final = frozenset({"COMPLETED", "FAILED", "CANCELLED", "INTERRUPTED"})

    def __init__(self, emr: Any, arguments: argparse.Namespace) -> None:
        self._emr = emr
        self._arguments = arguments
        # EMR copies a step's log to S3 every few minutes.
        self.log_minutes = arguments.log_minutes

    def find(self) -> str | None:
        """Id of the step that has this name already; a cluster that has ended still tells."""
        pages = self._emr.get_paginator("list_steps").paginate(ClusterId=self._arguments.cluster_id)
        found = [step["Id"] for page in pages for step in page["Steps"] if step["Name"] == self._arguments.name]
        return found[0] if found else None

    def submit(self) -> str:
        """Add the step; its id. Raise EndedError when there is no cluster to add it to."""
        given = self._arguments
        self._need_cluster()
        added = self._emr.add_job_flow_steps(
            JobFlowId=given.cluster_id,
            Steps=[
                {
                    "Name": given.name,
                    # The cluster stays for the next run, whose step the failed one must not stop.
                    "ActionOnFailure": "CONTINUE",
                    "HadoopJarStep": {
                        "Jar": "command-runner.jar",
                        "Args": [*on_primary(given), given.entry_point, *given.job],
                    },
                }
            ],
        )
        return str(added["StepIds"][0])

    def _need_cluster(self) -> None:
        status = self._emr.describe_cluster(ClusterId=self._arguments.cluster_id)["Cluster"]["Status"]
        if status["State"].startswith("TERMINAT"):
            reason = status.get("StateChangeReason", {}).get("Message") or "it was idle for longer than it may be"
            raise EndedError(
                f"cluster {self._arguments.cluster_id} is {status['State']}: {reason}",
                hint="deploy again: Terraform makes another and tells this step. To keep one from run to run raise "
                "emr.cluster.idle_minutes above the time between runs; emr.cluster = null goes back to EMR Serverless",
            )

    def state(self, run_id: str) -> tuple[str, str | None]:
        """State of the step, and what EMR says about a failure."""
        found = self._emr.describe_step(ClusterId=self._arguments.cluster_id, StepId=run_id)["Step"]["Status"]
        details = {**found.get("StateChangeReason", {}), **found.get("FailureDetails", {})}
        return found["State"], details.get("Message") or details.get("Reason")

    def cancel(self, run_id: str) -> None:
        """End the step, also when it runs already, with all of its processes."""
        self._emr.cancel_steps(
            ClusterId=self._arguments.cluster_id, StepIds=[run_id], StepCancellationOption="TERMINATE_PROCESS"
        )

    def log_folder(self, run_id: str) -> str:
        """Where the driver's log lies."""
        return f"{self._arguments.cluster_id}/steps/{run_id}"


def on_primary(given: argparse.Namespace) -> list[str]:
    """Command of a cluster's step; entry point and arguments of the job follow it."""
    python = f"./{given.environment}/bin/python"
    conf = {"spark.archives": given.archives, "spark.pyspark.driver.python": python, "spark.pyspark.python": python}
    submit = ["--deploy-mode", "client", *(text for pair in conf.items() for text in ("--conf", "=".join(pair)))]
    return ["bash", "-c", ON_PRIMARY, given.name, given.archives.partition("#")[0], given.environment, *submit]


def be_in(region: str) -> None:
    """Tell every client the region, by both names: each reads one of them only."""
    if region:
        os.environ.update(AWS_REGION=region, AWS_DEFAULT_REGION=region)


def use_libraries(uri: str) -> None:
    """Import from this zip of libraries before all others; no index is asked, and nothing is installed.

    A process of its own fetches it with the boto3 that is there; what this one may have imported of it is forgotten.
    """
    if not uri:
        return
    folder = tempfile.mkdtemp()
    bucket, _, key = uri[len("s3://") :].partition("/")
    fetch = "import boto3, sys; boto3.client('s3').download_file(*sys.argv[1:])"
    subprocess.run([sys.executable, "-c", fetch, bucket, key, f"{folder}/libraries.zip"], check=True)  # noqa: S603 - itself
    with zipfile.ZipFile(f"{folder}/libraries.zip") as archive:
        archive.extractall(folder)
        brought = {name.partition("/")[0].partition(".")[0] for name in archive.namelist()}
    for name in [each for each in sys.modules if each.partition(".")[0] in brought]:
        del sys.modules[name]
    sys.path.insert(0, folder)


def say(event: str, **values: Any) -> None:
    """One JSON line, as every job writes them."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    level = values.pop("level", "ERROR" if event == "error" else "INFO")
    print(json.dumps({"time": moment, "level": level, "event": event, **values}), flush=True)


if __name__ == "__main__":
    if code := main(sys.argv[1:]):
        sys.exit(code)
