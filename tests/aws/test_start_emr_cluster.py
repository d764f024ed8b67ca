"""The same step on an EMR cluster: one step of the cluster for one run id, followed to its end, its log relayed."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from moto.core.responses import ActionResult
from moto.emr.models import emr_backends
from moto.emr.responses import ElasticMapReduceResponse

from tests.aws.conftest import Cloud
from tests.jobs.loading import load_script

step = load_script("glue_start_emr")


def cancel_steps(response: Any) -> Any:
    """The emulator has no such action: the steps named are cancelled, running ones when the request says how."""
    assert response._get_param("StepCancellationOption") == "TERMINATE_PROCESS"
    cluster, ids = response._get_param("ClusterId"), response._get_param("StepIds")
    for each in response.backend.clusters[cluster].steps:
        each.state = "CANCELLED" if each.id in ids else each.state
    return ActionResult({"CancelStepsInfoList": [{"StepId": each, "Status": "SUBMITTED"} for each in ids]})


class Cluster:
    """A cluster on the emulator that waits for steps, which end as a test says."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        started = cloud.client("emr").run_job_flow(
            Name="gold",
            ReleaseLabel="emr-7.9.0",
            ServiceRole="emr",
            JobFlowRole="nodes",
            Instances={
                "MasterInstanceType": "m7i.xlarge",
                "SlaveInstanceType": "m7i.xlarge",
                "InstanceCount": 3,
                "KeepJobFlowAliveWhenNoSteps": True,
            },
        )
        self.id = str(started["JobFlowId"])

    @property
    def steps(self) -> list[Any]:
        # The emulator reads EMR's region from the host's name, where loopback has none.
        return list(emr_backends["123456789012"]["us-east-1"].clusters[self.id].steps)

    def log(self, stream: str, text: str) -> None:
        key = f"emr/{self.id}/steps/{self.steps[-1].id}/{stream}.gz"
        self.cloud.put(key, gzip.compress(text.encode()), "logs")

    def end(self) -> None:
        """The cluster ends, with all that runs on it."""
        self.cloud.client("emr").terminate_job_flows(JobFlowIds=[self.id])

    def ends(self, state: str, **logs: str) -> threading.Thread:
        """The step that is added next ends so; what it said is copied to S3 before."""
        before = len(self.steps)

        def wait() -> None:
            for _ in range(500):
                if len(self.steps) > before:
                    for stream, text in logs.items():
                        self.log(stream, text)
                    self.steps[-1].state = state
                    return
                threading.Event().wait(0.02)

        thread = threading.Thread(target=wait)
        thread.start()
        return thread

    def arguments(self, **changes: str) -> list[str]:
        given = {
            "--JOB_NAME": "gold",
            "--cluster-id": self.id,
            "--entry-point": "s3://code/emr_job.py",
            "--archives": "s3://code/emr-venv.tar.gz#environment",
            "--log-uri": f"s3://{self.cloud.name}-logs/emr/",
            "--log-minutes": "0",
            "--timeout-minutes": "30",
            "--run-id": "workflow",
            "--WORKFLOW_RUN_ID": "wr_1",
            "--arguments-json": json.dumps({"--stage": "gold", "--run-id": "workflow", "--select": "a b"}),
            "--poll-seconds": "0.05",
        }
        given |= {f"--{key if key.isupper() else key.replace('_', '-')}": value for key, value in changes.items()}
        return [text for pair in given.items() for text in pair]


@pytest.fixture
def cluster(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    monkeypatch.setattr(ElasticMapReduceResponse, "cancel_steps", cancel_steps, raising=False)
    return Cluster(cloud)


def test_a_step_is_added_followed_and_its_log_relayed(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    ending = cluster.ends("COMPLETED", stdout="\n".join(f"line {n}" for n in range(500)))
    assert step.main(cluster.arguments()) == 0
    ending.join()
    out = capsys.readouterr().out.splitlines()
    assert "line 499" in out
    assert "line 0" not in out
    (added,) = cluster.steps
    assert (added.name, added.jar, added.action_on_failure) == ("wr_1-gold", "command-runner.jar", "CONTINUE")
    assert added.args[:2] == ["bash", "-c"]
    assert added.args[-7:] == ["s3://code/emr_job.py", "--stage", "gold", "--run-id", "wr_1", "--select", "a b"]
    assert "spark.archives=s3://code/emr-venv.tar.gz#environment" in added.args


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED", "INTERRUPTED"])
def test_a_step_that_fails_fails_the_job_and_shows_its_errors(
    cluster: Cluster, capsys: pytest.CaptureFixture[str], state: str
) -> None:
    ending = cluster.ends(state, stdout="said", stderr="Traceback of the driver")
    assert step.main(cluster.arguments()) == 1
    ending.join()
    out = capsys.readouterr().out
    assert "said" in out
    assert "Traceback of the driver" in out
    assert json.loads(out.splitlines()[-1])["state"] == state


def test_the_log_of_a_failure_is_waited_for(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    ending = cluster.ends("FAILED", stdout="said")
    late = threading.Timer(1, lambda: cluster.log("stderr", "came late"))
    late.start()
    assert step.main(cluster.arguments(log_minutes="1")) == 1
    ending.join()
    late.join()
    assert "came late" in capsys.readouterr().out


def test_a_success_waits_for_no_log_and_says_where_it_will_be(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    ending = cluster.ends("COMPLETED")
    assert step.main(cluster.arguments(log_minutes="60")) == 0
    ending.join()
    missing = next(json.loads(line) for line in capsys.readouterr().out.splitlines() if '"no log"' in line)
    assert missing["place"].endswith(f"-logs/emr/{cluster.id}/steps/{cluster.steps[0].id}/stdout.gz")


def test_a_retry_follows_the_step_that_is_there(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    ending = cluster.ends("FAILED")
    assert step.main(cluster.arguments()) == 1
    ending.join()
    assert step.main(cluster.arguments()) == 1
    assert len(cluster.steps) == 1
    assert '"event": "job found"' in capsys.readouterr().out


def test_a_retry_after_the_cluster_ended_tells_how_the_step_ended(cluster: Cluster) -> None:
    ending = cluster.ends("COMPLETED")
    assert step.main(cluster.arguments()) == 0
    ending.join()
    cluster.end()
    assert step.main(cluster.arguments()) == 0
    assert len(cluster.steps) == 1


def test_another_run_id_or_stage_is_another_step(cluster: Cluster) -> None:
    for changes in ({}, {"run_id": "by-hand"}, {"arguments_json": json.dumps({"--stage": "silver"})}):
        ending = cluster.ends("COMPLETED")
        assert step.main(cluster.arguments(**changes)) == 0
        ending.join()
    assert [each.name for each in cluster.steps] == ["wr_1-gold", "by-hand-gold", "wr_1-silver"]


def test_a_step_without_end_is_cancelled(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    assert step.main(cluster.arguments(timeout_minutes="0")) == 1
    assert cluster.steps[0].state == "CANCELLED"
    assert "cancelled after 0 minutes" in capsys.readouterr().out


def test_a_cluster_that_ended_itself_is_told_with_what_to_do(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.end()
    assert step.main(cluster.arguments()) == 2
    error = json.loads(capsys.readouterr().out)
    assert f"cluster {cluster.id} is TERMINATED" in error["message"]
    assert "deploy again" in error["hint"]
    assert cluster.steps == []


def commands(folder: Path) -> dict[str, str]:
    """`aws s3 cp` from a folder and a `spark-submit` that runs the driver's Python on what follows the options."""
    stubs = {
        "aws": 'cp "$S3/${4#s3://}" "$5"',
        "spark-submit": 'python=; while [ "${1#-}" != "$1" ]; do case $2 in spark.pyspark.driver.python=*) '
        'python=${2#*=};; esac; shift 2; done; exec "$python" "$@"',
    }
    (folder / "bin").mkdir()
    for name, text in stubs.items():
        (folder / "bin" / name).write_text(f"#!/bin/bash\n{text}\n", encoding="utf-8")
        (folder / "bin" / name).chmod(0o755)
    return {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "S3": str(folder / "s3"), "TMPDIR": str(folder / "tmp")}


@pytest.mark.parametrize("code", [0, 1])
def test_the_shell_of_the_primary_node_runs_the_driver_in_the_environment(
    cluster: Cluster, tmp_path: Path, code: int
) -> None:
    ending = cluster.ends("COMPLETED")
    assert step.main(cluster.arguments()) == 0
    ending.join()
    # Its "python" says what it was called with, and from where.
    environment = tmp_path / "environment" / "bin"
    environment.mkdir(parents=True)
    (environment / "python").write_text(f'#!/bin/bash\nprintf "%s|" "$0" "$@"\nexit {code}\n', encoding="utf-8")
    (environment / "python").chmod(0o755)
    shutil.make_archive(str(tmp_path / "s3" / "code" / "emr-venv"), "gztar", tmp_path / "environment")
    (tmp_path / "tmp").mkdir()
    ran = subprocess.run(cluster.steps[0].args, env=commands(tmp_path), capture_output=True, text=True, check=False)
    assert ran.returncode == code, ran.stderr
    ran_by, _, given = ran.stdout.partition("|")
    assert given == "s3://code/emr_job.py|--stage|gold|--run-id|wr_1|--select|a b|"
    assert Path(ran_by).match(f"{tmp_path}/tmp/*/environment/bin/python")
    assert list((tmp_path / "tmp").iterdir()) == []


def test_cancelling_the_shell_ends_the_driver(tmp_path: Path) -> None:
    (tmp_path / "s3").mkdir()
    (tmp_path / "tmp").mkdir()
    (tmp_path / "empty").mkdir()
    shutil.make_archive(str(tmp_path / "s3" / "e"), "gztar", tmp_path / "empty")
    env = commands(tmp_path)
    (tmp_path / "bin" / "spark-submit").write_text(
        f"#!/bin/bash\necho $$ > {tmp_path}/driver\nexec sleep 60\n", encoding="utf-8"
    )
    shell = subprocess.Popen(["bash", "-c", step.ON_PRIMARY, "name", "s3://e.tar.gz", "environment"], env=env)
    for _ in range(500):
        if (tmp_path / "driver").exists() and (tmp_path / "driver").read_text(encoding="utf-8").strip():
            break
        threading.Event().wait(0.02)
    shell.terminate()
    assert shell.wait(timeout=10) != 0
    driver = int((tmp_path / "driver").read_text(encoding="utf-8"))
    for _ in range(500):
        if not Path(f"/proc/{driver}").exists():
            return
        threading.Event().wait(0.02)
    pytest.fail("the driver goes on")
