"""`make infra-test`: everything really applied, all environments at a time, each on an emulated AWS of its own.

dev, as a person does it: an empty account is refused, bootstrap, deploy (no, then yes), destroy, bootstrap destroyed.
The others with Terraform alone. Each: apply, plan nothing, policies and references, the pipeline inside (dev and prod),
a change in place, plan nothing, destroy, empty state. stg is changed by hand, too, and `make drift` says so.

`python -m tests.infra.apply [NAME …]` runs those named only. The last line is the result.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.infra import access, documented, known, package, pipeline, references, sabotage, streamed
from tests.infra.emulated import ROOT, emulated_aws
from tests.infra.policies import Access
from tests.infra.stack import Stack, missing

WORK = ROOT / "build" / "infra"
ARTIFACTS = WORK / "dist"
# A plan has just asked for every resource, and found it as the state says.
_KNOWN = "-refresh=false"
#: What environments look for in an account.
READY = [f"-target=aws_ssm_parameter.{name}" for name in ("boundary", "state_bucket")]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Environment:
    """An environment, and the changes that are made in place: such that matter for it."""

    folder: str
    workspace: str
    changes: dict[str, str]
    changed: str


ENVIRONMENTS = {
    "dev": Environment(
        "envs/dev", "default", {"optimizers = {}": "optimizers = { mart_basket_affinity = {} }"}, "optimizer"
    ),
    "dev-sandbox": Environment(
        "envs/dev",
        "dev-sandbox",
        {'standby  = "least"': 'standby  = "full"', 'egress         = "none"': 'egress         = "nat"'},
        "nat_gateway",
    ),
    "stg": Environment("envs/stg", "stg", {"cluster         = null": "cluster         = { spot = 4 }"}, "emr_cluster"),
    "prod": Environment(
        "envs/prod", "prod", {"quarantined_percent = 5,": "quarantined_percent = 4,"}, "metric_alarm.quarantined"
    ),
}


def main(names: list[str]) -> int:
    """Run every case, or those named; 0 when all passed."""
    wanted = names or list(ENVIRONMENTS)
    if reason := missing():
        print(f"SKIPPED the platform: {reason}", file=sys.stderr)
        print(f"0 passed, 0 failed, {len(wanted)} skipped")
        return 0
    shutil.rmtree(WORK, ignore_errors=True)
    package.make(ARTIFACTS)
    expected = pipeline.expect(WORK / "shop")
    with ThreadPoolExecutor(len(wanted)) as pool:
        results = list(pool.map(lambda name: prove(name, expected), wanted))
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


def prove(name: str, expected: dict[str, str]) -> bool:
    """One case, told step by step."""
    began = time.monotonic()

    def tell(step: str) -> None:
        print(f"{name:12} {time.monotonic() - began:5.0f} s  {step}", flush=True)

    case = ENVIRONMENTS[name]
    try:
        with emulated_aws(WORK / name) as env:
            stack = Stack(case.folder, WORK / name, env | {"TF_VAR_artifacts": str(ARTIFACTS)}, case.workspace)
            (by_hand if name == "dev" else alone)(case, stack, expected, tell)
    except Exception:  # noqa: BLE001 - whatever it is, it is this case that failed
        tell("FAILED\n" + traceback.format_exc(limit=4))
        return False
    return True


def by_hand(case: Environment, stack: Stack, expected: dict[str, str], tell: Tell) -> None:
    """From an empty account to an empty account, with the scripts behind make."""
    typed(stack)
    tell("each step that is missing is said, with the command to type")
    bootstrap = Stack("bootstrap", stack.work, stack.env)
    bootstrap.script("bootstrap", answer="yes")
    assert not list(bootstrap.path.glob("*.tfstate*")), "the state of bootstrap lies on this machine"
    bootstrap.assert_unchanged()
    bootstrap.script("bootstrap", answer="yes")
    tell("bootstrapped, no changes")
    assert stack.terraform("output", "-raw", "moved") == "yes", "the state did not move by itself"
    stack.terraform("state", "push", "-force", str(_state(stack, 2, {})))
    assert "nothing was changed" in stack.script("deploy", "dev", str(ARTIFACTS), answer="no", ok=(2,))
    assert stack.resources() == []
    stack.script("deploy", "dev", str(ARTIFACTS), answer="dev")
    kept = pipeline.client(stack.env, "s3").list_objects_v2(Bucket=bootstrap.outputs()["state_bucket"])["Contents"]
    assert [each["Key"] for each in kept] == ["marketpulse/bootstrap.tfstate", "marketpulse/dev.tfstate"], kept
    tell("deployed after a question; the state is in its bucket and no lock is left")
    lived("dev", case, stack, expected, tell)
    undone(stack, bootstrap, tell)


def undone(stack: Stack, bootstrap: Stack, tell: Tell) -> None:
    """Back to an empty account, with the scripts."""
    stack.script("destroy", "dev", str(ARTIFACTS), answer="dev")
    gone(stack)
    bucket = bootstrap.outputs()["state_bucket"]
    bootstrap.script("bootstrap", "destroy", answer="yes", ok=(1,))  # not while there are states in its bucket
    pipeline.empty(stack.env, bucket)
    bootstrap.terraform("destroy", "-auto-approve")
    gone(bootstrap)
    tell("destroyed, bootstrap too, both states are empty")


def typed(stack: Stack) -> None:
    """`terraform init`, `plan`, as typed in a fresh clone: what each says that has to come first."""
    nobody = Stack(stack.folder, stack.work, stack.env | {"HOME": str(stack.work / "nobody")})
    nobody.terraform("init")
    assert "aws configure --profile marketpulse" in nobody.refused()
    assert "make bootstrap" in stack.refused()
    stack.keep_here()
    stack.init()
    assert "make bootstrap" in stack.refused(), "the account is not ready either"
    (stack.path / "backend.tf").unlink()
    stack.terraform("init", "-migrate-state", "-force-copy")
    stack.terraform("state", "push", str(_state(stack, 1, {"moved": {"value": "yes", "type": "string"}})))


def _state(stack: Stack, serial: int, outputs: dict[str, Any]) -> Path:
    """A state with outputs and nothing else, as one that was left on a machine."""
    path = stack.work / f"state-{serial}.json"
    head = {"version": 4, "terraform_version": "1.10.0", "serial": serial, "lineage": "left", "resources": []}
    path.write_text(json.dumps(head | {"outputs": outputs}))
    return path


def alone(case: Environment, stack: Stack, expected: dict[str, str], tell: Tell) -> None:
    """From an account that is ready to an empty state, with Terraform alone."""
    account = Stack("bootstrap", stack.work, stack.env)
    account.init()
    account.terraform("apply", "-auto-approve", *READY)
    stack.keep_here()
    stack.init()
    stack.apply()
    tell("applied")
    lived(case.workspace, case, stack, expected, tell)
    if case.workspace == "prod":
        pipeline.kept(stack)
        tell("its data buckets refuse to go while there is data in them")
    if case.workspace == "stg":
        drifted(stack, "stg")
        tell("what was changed by hand is told")
    stack.terraform("destroy", "-auto-approve", _KNOWN)
    gone(stack)
    tell("destroyed, the state is empty")


def drifted(stack: Stack, name: str) -> None:
    """`make drift` says that what stands is as it is written, and what somebody changed in the account."""
    logs, asked = pipeline.client(stack.env, "logs"), ("drift", name, str(ARTIFACTS))
    (group,) = logs.describe_log_groups(logGroupNamePrefix=f"/marketpulse-{name}/glue/output")["logGroups"]
    logs.put_retention_policy(logGroupName=group["logGroupName"], retentionInDays=1)
    said = stack.script(*asked, answer="", ok=(1,))
    assert f"{name} is not as it is written" in said, said
    assert "retention_in_days" in said, said
    logs.put_retention_policy(logGroupName=group["logGroupName"], retentionInDays=group["retentionInDays"])
    assert f"{name} is as it is written" in stack.script(*asked, answer="")


def lived(name: str, case: Environment, stack: Stack, expected: dict[str, str], tell: Tell) -> None:
    """What holds while it stands."""
    plan, boundary = sound(name, stack), pipeline.boundary(stack.env)
    tell(f"{len(stack.resources())} resources, no changes")
    assert not (missed := sabotage.unnoticed(plan, name, boundary)), f"not noticed: {missed}"
    tell("policies say what they should and AWS knows, every reference leads somewhere, sabotage is noticed")
    changes, works = case.changes, name in ("dev", "prod")
    if works:
        tell("the pipeline ran inside: " + pipeline.run(stack, WORK / "shop" / "landing", expected))
        changes = changes | streamed.refused(stack, name)
        tell("ingest may not read a stream that no setting names")
    for old, new in changes.items():
        stack.edit(old, new)
    said = stack.terraform("apply", "-auto-approve", _KNOWN)
    assert case.changed in said, f"{case.changed} was not touched"
    sound(name, stack)
    tell(f"changed {case.changed} in place, no changes, policies and references hold")
    if works:
        tell(streamed.read(stack))


def sound(name: str, stack: Stack) -> dict[str, Any]:
    """A plan of what stands: nothing is to be done, and policies and references are right."""
    plan = stack.plan()
    (stack.work / "plan.json").write_text(json.dumps(plan))
    boundary = pipeline.boundary(stack.env)
    problems = [*access.wrong(plan, name, boundary), *references.broken(plan, name), *documented.broken(plan)]
    problems += known.broken(Access(plan, boundary))
    assert not problems, "\n".join(problems)
    return plan


def gone(stack: Stack) -> None:
    """Nothing is left in the state."""
    left = stack.resources()
    assert not left, f"left after destroy: {left}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
