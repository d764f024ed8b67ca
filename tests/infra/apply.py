"""`make infra-test`: the whole platform, really applied, for four environments at a time.

For each: refuse an account without bootstrap, bootstrap it, apply, plan nothing, change something in place, plan nothing, run the
pipeline inside, destroy, and leave an empty state. One emulated AWS and one copy of infra/ each. The last line is the result.
"""

from __future__ import annotations

import shutil
import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.infra import package
from tests.infra.emulated import ROOT, emulated_aws
from tests.infra.stack import Stack, missing

WORK = ROOT / "build" / "infra"


@dataclass(frozen=True)
class Case:
    """An environment, and the change that is made in place: one that matters for it."""

    folder: str
    workspace: str
    change: tuple[str, str]
    changed: str


CASES = (
    Case("envs/dev", "default", ("optimizers = {}", "optimizers = { mart_basket_affinity = {} }"), "optimizer"),
    Case("envs/dev", "dev-sandbox", ('egress         = "none"', 'egress         = "nat"'), "nat_gateway"),
    Case("envs/stg", "stg", ("cluster         = null", "cluster         = { spot = 4 }"), "emr_cluster"),
    Case("envs/prod", "prod", ("quarantined_percent = 5,", "quarantined_percent = 4,"), "metric_alarm.quarantined"),
)


def main() -> int:
    """Run every case; 0 when all passed."""
    if reason := missing():
        print(f"SKIPPED the platform: {reason}", file=sys.stderr)
        print("0 passed, 0 failed, 4 skipped")
        return 0
    shutil.rmtree(WORK, ignore_errors=True)
    artifacts = package.make(WORK / "dist")
    with ThreadPoolExecutor(len(CASES)) as pool:
        results = list(pool.map(lambda case: prove(case, artifacts), CASES))
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


def prove(case: Case, artifacts: Path) -> bool:
    """One case, told step by step."""
    name = "dev" if case.workspace == "default" else case.workspace
    began = time.monotonic()

    def tell(step: str) -> None:
        print(f"{name:12} {time.monotonic() - began:5.0f} s  {step}", flush=True)

    try:
        with emulated_aws(WORK / name) as env:
            live(case, Stack(case.folder, WORK / name, env | {"TF_VAR_artifacts": str(artifacts)}, case.workspace), tell)
    except Exception:  # noqa: BLE001 - whatever it is, it is this case that failed
        tell("FAILED\n" + traceback.format_exc(limit=3))
        return False
    return True


def live(case: Case, stack: Stack, tell: Callable[[str], None]) -> None:
    """From an empty account to an empty state."""
    stack.init()
    assert "make bootstrap" in stack.refused()
    tell("an empty account is refused")
    bootstrap = Stack("bootstrap", stack.work / "bootstrap", stack.env)
    bootstrap.init()
    bootstrap.apply()
    bootstrap.assert_unchanged()
    tell("bootstrapped, no changes")
    stack.apply()
    tell(f"applied, {len(stack.resources())} resources")
    stack.assert_unchanged()
    tell("no changes")
    stack.edit(*case.change)
    said = stack.terraform("apply", "-auto-approve")
    assert case.changed in said, f"{case.changed} was not touched"
    stack.assert_unchanged()
    tell(f"changed {case.changed} in place, no changes")
    stack.terraform("destroy", "-auto-approve")
    left = stack.resources()
    assert not left, f"left after destroy: {left}"
    tell("destroyed, the state is empty")


if __name__ == "__main__":
    sys.exit(main())
