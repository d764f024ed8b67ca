"""The step that runs EMR: one run for one run id, followed to its end, its log relayed."""

from __future__ import annotations

import ast
import gzip
import json
import runpy
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from moto.emrserverless.models import emrserverless_backends

from tests.aws.conftest import Cloud

SCRIPT = Path(__file__).parents[2] / "jobs" / "glue_start_emr.py"
ROLE = "arn:aws:iam::123456789012:role/emr"
main: Callable[[list[str]], int] = runpy.run_path(str(SCRIPT))["main"]


class Application:
    """An EMR Serverless application on the emulator whose job runs end as a test says."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        client = cloud.client("emr-serverless")
        self.id = client.create_application(releaseLabel="emr-7.9.0", type="SPARK", clientToken="t")["applicationId"]

    @property
    def runs(self) -> list[Any]:
        return emrserverless_backends["123456789012"]["us-east-2"].job_runs.get(self.id, [])

    def log(self, run_id: str, stream: str, text: str) -> None:
        key = f"emr/applications/{self.id}/jobs/{run_id}/SPARK_DRIVER/{stream}.gz"
        self.cloud.put(key, gzip.compress(text.encode()), "logs")

    def ends(self, state: str, stdout: str = "", stderr: str = "", number: int = 0) -> threading.Thread:
        """A run (the first) ends so, soon after it was submitted."""

        def wait() -> None:
            for _ in range(10_000):
                if len(self.runs) > number:
                    self.log(self.runs[number].id, "stdout", stdout)
                    self.log(self.runs[number].id, "stderr", stderr)
                    self.runs[number].state = state
                    return
                threading.Event().wait(0.02)

        thread = threading.Thread(target=wait)
        thread.start()
        return thread

    def arguments(self, **changes: str) -> list[str]:
        given = {
            "--JOB_NAME": "gold",
            "--application-id": self.id,
            "--execution-role-arn": ROLE,
            "--entry-point": "s3://code/emr_job.py",
            "--archives": "s3://code/emr-venv.tar.gz#environment",
            "--log-uri": f"s3://{self.cloud.name}-logs/emr/",
            "--timeout-minutes": "30",
            "--run-id": "workflow",
            "--WORKFLOW_RUN_ID": "wr_1",
            "--arguments-json": json.dumps({"--stage": "gold", "--run-id": "workflow", "--full-refresh": "false"}),
            "--poll-seconds": "0.05",
        }
        given |= {f"--{key if key.isupper() else key.replace('_', '-')}": value for key, value in changes.items()}
        return [text for pair in given.items() for text in pair]


@pytest.fixture
def application(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Application:
    # The emulator runs nothing: a run is in one state until a test says otherwise.
    monkeypatch.setattr("moto.emrserverless.models.JOB_STATUS", "RUNNING")
    return Application(cloud)


def test_a_run_is_submitted_followed_and_its_log_relayed(
    application: Application, capsys: pytest.CaptureFixture[str]
) -> None:
    ending = application.ends("SUCCESS", "\n".join(f"line {n}" for n in range(500)))
    assert main(application.arguments()) == 0
    ending.join()
    out = capsys.readouterr().out.splitlines()
    assert "line 499" in out
    assert "line 0" not in out
    run = application.runs[0]
    submitted = run.job_driver["sparkSubmit"]
    assert submitted["entryPointArguments"] == ["--stage", "gold", "--run-id", "wr_1", "--full-refresh", "false"]
    assert "spark.archives=s3://code/emr-venv.tar.gz#environment" in submitted["sparkSubmitParameters"]
    assert "PYSPARK_DRIVER_PYTHON=./environment/bin/python" in submitted["sparkSubmitParameters"]
    assert (run.name, run.execution_timeout_minutes) == ("wr_1-gold", 30)
    assert len(run.client_token) == 64


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
def test_a_run_that_fails_fails_the_step_and_shows_its_errors(
    application: Application, capsys: pytest.CaptureFixture[str], state: str
) -> None:
    ending = application.ends(state, "said", "Traceback of the driver")
    assert main(application.arguments()) == 1
    ending.join()
    out = capsys.readouterr().out
    assert "said" in out
    assert "Traceback of the driver" in out
    assert json.loads(out.splitlines()[-1])["state"] == state


def test_a_retry_follows_the_run_that_is_there(application: Application, capsys: pytest.CaptureFixture[str]) -> None:
    for expected in (1, 1):
        ending = application.ends("FAILED")
        assert main(application.arguments()) == expected
        ending.join()
    assert len(application.runs) == 1
    assert '"event": "job found"' in capsys.readouterr().out


def test_another_run_id_or_stage_is_another_run(application: Application) -> None:
    others = ({}, {"run_id": "by-hand"}, {"arguments_json": json.dumps({"--stage": "silver"})})
    for number, changes in enumerate(others):
        ending = application.ends("SUCCESS", number=number)
        assert main(application.arguments(**changes)) == 0
        ending.join()
    assert [run.name for run in application.runs] == ["wr_1-gold", "by-hand-gold", "wr_1-silver"]


def test_a_run_without_end_is_cancelled(application: Application, capsys: pytest.CaptureFixture[str]) -> None:
    # The least that the service takes is five minutes: the clock of the step is set by the run that it finds.
    application.cloud.client("emr-serverless").start_job_run(
        applicationId=application.id, clientToken="x", executionRoleArn=ROLE, name="wr_1-gold"
    )
    assert main(application.arguments(timeout_minutes="0")) == 1
    assert application.runs[0].state == "CANCELLED"
    assert "cancelled after 0 minutes" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"application_id": "00nothere"}, "not found|does not exist|Not Found"),
        ({"execution_role_arn": "arn:aws:iam::999999999999:role/other"}, "not allowed"),
        ({"arguments_json": "[1]"}, "no object"),
        ({"arguments_json": "{"}, "Expecting"),
        ({"WORKFLOW_RUN_ID": ""}, "needs a workflow"),
        ({"application_id": ""}, "exactly one of them"),
        ({"cluster_id": "j-1"}, "exactly one of them"),
        ({"execution_role_arn": ""}, "belongs to"),
    ],
)
def test_what_cannot_be_submitted_ends_with_two(
    application: Application, capsys: pytest.CaptureFixture[str], changes: dict[str, str], says: str
) -> None:
    assert main(application.arguments(**changes)) == 2
    error = next(json.loads(line) for line in capsys.readouterr().out.splitlines() if '"error"' in line)
    assert any(part in error["message"] for part in says.split("|")), error


def test_it_reads_as_python_3_9() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 9))
