"""`make infra-test`: everything really applied, all environments at a time, each on an emulated AWS of its own.

bootstrap     apply, plan nothing, keep an environment's state in the bucket it made, destroy
environments  apply, plan nothing, run the pipeline inside, change in place, plan nothing, destroy, empty state

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

from tests.infra import access, package, pipeline, references
from tests.infra.emulated import ROOT, emulated_aws
from tests.infra.stack import Stack, missing

WORK = ROOT / "build" / "infra"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Environment:
    """An environment, and the change that is made in place: one that matters for it."""

    folder: str
    workspace: str
    change: tuple[str, str]
    changed: str


ENVIRONMENTS = {
    "dev": Environment(
        "envs/dev", "default", ("optimizers = {}", "optimizers = { mart_basket_affinity = {} }"), "optimizer"
    ),
    "dev-sandbox": Environment(
        "envs/dev", "dev-sandbox", ('egress         = "none"', 'egress         = "nat"'), "nat_gateway"
    ),
    "stg": Environment("envs/stg", "stg", ("cluster         = null", "cluster         = { spot = 4 }"), "emr_cluster"),
    "prod": Environment(
        "envs/prod", "prod", ("quarantined_percent = 5,", "quarantined_percent = 4,"), "metric_alarm.quarantined"
    ),
}


def main(names: list[str]) -> int:
    """Run every case, or those named; 0 when all passed."""
    wanted = names or ["bootstrap", *ENVIRONMENTS]
    if reason := missing():
        print(f"SKIPPED the platform: {reason}", file=sys.stderr)
        print(f"0 passed, 0 failed, {len(wanted)} skipped")
        return 0
    shutil.rmtree(WORK, ignore_errors=True)
    artifacts = package.make(WORK / "dist")
    expected = pipeline.expect(WORK / "shop")
    with ThreadPoolExecutor(len(wanted)) as pool:
        results = list(pool.map(lambda name: prove(name, artifacts, expected), wanted))
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


def prove(name: str, artifacts: Path, expected: dict[str, str]) -> bool:
    """One case, told step by step."""
    began = time.monotonic()

    def tell(step: str) -> None:
        print(f"{name:12} {time.monotonic() - began:5.0f} s  {step}", flush=True)

    try:
        with emulated_aws(WORK / name) as env:
            given = env | {"TF_VAR_artifacts": str(artifacts)}
            if name == "bootstrap":
                bootstrapped(given, tell)
            else:
                lived(ENVIRONMENTS[name], WORK / name, given, expected, tell)
    except Exception:  # noqa: BLE001 - whatever it is, it is this case that failed
        tell("FAILED\n" + traceback.format_exc(limit=4))
        return False
    return True


def bootstrapped(env: dict[str, str], tell: Tell) -> None:
    """An empty account, and what it is after `make bootstrap`."""
    stack = Stack("bootstrap", WORK / "bootstrap" / "own", env)
    dev = Stack("envs/dev", WORK / "bootstrap" / "dev", env)
    dev.init()
    assert "make bootstrap" in dev.refused()
    tell("an empty account is refused")
    stack.init()
    stack.apply()
    stack.assert_unchanged()
    tell("applied, no changes")
    (dev.path / "backend.tf").write_text(stack.outputs()["backend_dev"])
    dev.terraform("init", "-reconfigure")
    dev.terraform("apply", "-auto-approve", "-target=module.platform.module.network.aws_vpc.this")
    kept = pipeline.client(env, "s3").list_objects_v2(Bucket=stack.outputs()["state_bucket"])["Contents"]
    assert [each["Key"] for each in kept] == ["marketpulse/dev.tfstate"], kept
    tell("an environment keeps its state in the bucket and leaves no lock")
    dev.terraform("destroy", "-auto-approve")
    pipeline.empty(env, stack.outputs()["state_bucket"])
    destroyed(stack, tell)


def lived(case: Environment, work: Path, env: dict[str, str], expected: dict[str, str], tell: Tell) -> None:
    """From an account that is ready to an empty state."""
    account = Stack("bootstrap", work / "account", env)
    account.init()
    account.terraform("apply", "-auto-approve", "-target=aws_ssm_parameter.state_bucket")
    stack = Stack(case.folder, work, env, case.workspace)
    stack.init()
    stack.apply()
    tell(f"applied, {len(stack.resources())} resources")
    stack.assert_unchanged()
    tell("no changes")
    plan = stack.plan()
    (work / "plan.json").write_text(json.dumps(plan))
    name = "dev" if case.workspace == "default" else case.workspace
    problems = [*access.wrong(plan, name), *references.broken(plan, name)]
    assert not problems, "\n".join(problems)
    tell("policies say what they should, and every reference leads somewhere")
    tell("the pipeline ran inside: " + pipeline.run(stack, WORK / "shop" / "landing", expected))
    stack.edit(*case.change)
    said = stack.terraform("apply", "-auto-approve")
    assert case.changed in said, f"{case.changed} was not touched"
    stack.assert_unchanged()
    tell(f"changed {case.changed} in place, no changes")
    if case.folder == "envs/prod":
        pipeline.kept(stack)
        tell("its data buckets refuse to go while there is data in them")
    destroyed(stack, tell)


def destroyed(stack: Stack, tell: Tell) -> None:
    """Destroy, and nothing is left."""
    stack.terraform("destroy", "-auto-approve")
    left = stack.resources()
    assert not left, f"left after destroy: {left}"
    tell("destroyed, the state is empty")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
