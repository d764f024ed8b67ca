"""Glue: a workflow's run runs its jobs, in the order of its triggers.

Only where EMULATOR_WORKS names a folder to work in: a test that runs the jobs itself wants no others.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from moto.core.utils import utcnow
from moto.glue.models import FakeJobRun, FakeWorkflowRun, GlueBackend

FOLDER = "EMULATOR_WORKS"
_start = GlueBackend.start_workflow_run
_show, _show_job = FakeWorkflowRun.as_dict, FakeJobRun.as_dict


def start_workflow_run(self: Any, workflow_name: str, properties: dict[str, str] | None) -> str:
    """Start it, and work beside."""
    identity = _start(self, workflow_name, properties)
    run = self.workflows[workflow_name].runs[identity]
    run.statistics = {"TotalActions": 0, "SucceededActions": 0, "FailedActions": 0, "TimeoutActions": 0}
    if folder := os.environ.get(FOLDER):
        threading.Thread(target=work, args=(self, run, Path(folder)), daemon=True).start()
    return identity


def work(backend: Any, run: Any, folder: Path) -> None:
    """Run every job whose triggers fire; the run is over when none is left that may."""
    for job in _due(backend, run.workflow_name):
        state = _run(backend, job, folder)
        run.statistics["TotalActions"] += 1
        run.statistics["SucceededActions" if state == "SUCCEEDED" else "FailedActions"] += 1
        if state != "SUCCEEDED":
            break
    run.completed_on, run.status = utcnow(), "COMPLETED"


def _due(backend: Any, workflow: str) -> Iterator[str]:
    """Jobs in an order in which each comes after those that its trigger waits for."""
    triggers = [each.as_dict() for each in backend.triggers.values() if each.workflow_name == workflow]
    done: set[str] = set()
    while True:
        waits = {
            action["JobName"]: {each["JobName"] for each in (trigger.get("Predicate") or {}).get("Conditions", [])}
            for trigger in triggers
            for action in trigger["Actions"]
        }
        ready = sorted(job for job, others in waits.items() if job not in done and others <= done)
        if not ready:
            return
        done.add(ready[0])
        yield ready[0]


def _run(backend: Any, name: str, folder: Path) -> str:
    """Run one job's script, as Glue would; how it ended."""
    from tests.infra.emulated import environment
    from tests.infra.pipeline import run_step

    job = backend.get_job(name)
    run = job.get_job_run(job.start_job_run(*[None] * 9))
    run.status, run.error = "RUNNING", None
    folder.mkdir(parents=True, exist_ok=True)
    try:
        run_step(environment(folder, f"http://127.0.0.1:{sys.argv[sys.argv.index('-p') + 1]}"), name, folder)
    except Exception:  # noqa: BLE001 - whatever it is, the job failed of it
        run.status, run.error = "FAILED", traceback.format_exc()
    else:
        run.status = "SUCCEEDED"
    run.completed_on = utcnow()
    return str(run.status)


def show(self: Any) -> dict[str, Any]:
    """How many of its jobs did what."""
    return _show(self) | {"Statistics": getattr(self, "statistics", {})}


def show_job(self: Any) -> dict[str, Any]:
    """How long it took, and why it failed."""
    shown = _show_job(self) | {"ExecutionTime": round((self.completed_on - self.started_on).total_seconds())}
    return shown | ({"ErrorMessage": self.error} if getattr(self, "error", None) else {})


GlueBackend.start_workflow_run = start_workflow_run
FakeWorkflowRun.as_dict = show
FakeJobRun.as_dict = show_job
# Its state is set here; moto would let time pass at each look.
FakeJobRun.advance = lambda _: None
