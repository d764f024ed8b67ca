"""`make aws-test ACCOUNT=…`: the platform in a real account, as a sandbox that is thrown away.

Applies dev-<name>, plans nothing more, posts a visit to the door as clients do (`visiting`), puts the shop's files into
landing and its events on the stream, lets the workflow run, compares gold with a laptop's and that visit, and destroys
all of it, whatever went wrong before. Says what it cost. The last line is the result.

Credentials come from where every AWS tool takes them; nothing is written into this folder but build/aws-test.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.infra import pipeline, spent
from tests.infra.stack import ROOT, Stack
from tests.infra.visiting import Door, visit

WORK = ROOT / "build" / "aws-test"
#: How long is waited: for events to land, and for a run of the workflow.
LANDED_SECONDS, RUN_SECONDS = 900, 3600
Tell = Callable[[str], None]


class RefusedError(Exception):
    """What a person has to do first: what is wrong, and the one command."""


def main(arguments: list[str]) -> int:
    """0 the account runs the platform, 1 it does not, 2 something is to be done first."""
    parser = argparse.ArgumentParser(prog="make aws-test", description=__doc__.partition("\n")[0])
    parser.add_argument("account", help="Number of the account, so that it is never another.")
    parser.add_argument("--name", default="gate", help="The sandbox is dev-<name>; its addresses stand in envs/dev.")
    parser.add_argument("--artifacts", type=Path, default=ROOT / "dist", help="What make package wrote.")
    given = parser.parse_args(arguments)
    began = time.monotonic()

    def tell(step: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {step}", flush=True)

    try:
        stack = sandbox(given.account, given.name, given.artifacts, dict(os.environ))
    except RefusedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return prove(stack, tell)


def sandbox(account: str, name: str, artifacts: Path, env: dict[str, str]) -> Stack:
    """The sandbox, initialised, its state in the account's bucket. Raise RefusedError where it cannot be begun."""
    if not (artifacts / "manifest.json").exists():
        raise RefusedError(f"there is no package in {artifacts}\nhint: make package")
    found = pipeline.client(env, "sts").get_caller_identity()["Account"]
    if found != account:
        raise RefusedError(
            f"these credentials are of account {found}, not {account}\nhint: AWS_PROFILE, or ACCOUNT={found}"
        )
    shutil.rmtree(WORK, ignore_errors=True)
    stack = Stack("envs/dev", WORK, env | {"TF_VAR_artifacts": str(artifacts.resolve())}, f"dev-{name}")
    (stack.path / "backend.tf").write_text(_backend(env))
    stack.init()
    if stack.resources():
        raise RefusedError(f"dev-{name} is there already\nhint: make destroy ENV=dev-{name}, or NAME=another")
    return stack


def _backend(env: dict[str, str]) -> str:
    """Where the account keeps states, as bootstrap left it said."""
    path = "/marketpulse/bootstrap"
    told = pipeline.client(env, "ssm").get_parameters_by_path(Path=path)["Parameters"]
    said = {each["Name"].removeprefix(f"{path}/"): each["Value"] for each in told}
    if "backend-dev" not in said:
        raise RefusedError("the account is not ready for MarketPulse\nhint: make bootstrap")
    return str(said["backend-dev"])


def prove(stack: Stack, tell: Tell) -> int:
    """Apply, run, compare, count, destroy; 0 when all of it held."""
    began, outputs = time.monotonic(), dict[str, Any]()
    steps = [
        lambda: stood(stack, outputs, tell),
        lambda: tell(f"it cost about {spent.told(stack.env, outputs, (time.monotonic() - began) / 3600)}"),
    ]
    held = [tried(step, tell) for step in steps]
    held.append(thrown_away(stack, tell))
    print("passed" if all(held) else "FAILED")
    return 0 if all(held) else 1


def tried(step: Callable[[], None], tell: Tell) -> bool:
    """Whether it held. Whatever it is that did not, what stands has to go: nothing is raised, Ctrl-C neither."""
    try:
        step()
    except (Exception, KeyboardInterrupt):  # noqa: BLE001 - see above
        tell("FAILED\n" + traceback.format_exc(limit=4))
        return False
    return True


def stood(stack: Stack, outputs: dict[str, Any], tell: Tell) -> None:
    """Apply, plan nothing more, and run data through; `outputs` is filled."""
    expected = pipeline.expect(stack.work / "shop")
    stack.apply()
    outputs |= stack.outputs()
    stack.assert_unchanged()
    tell(f"{len(stack.resources())} resources applied, no changes")
    through(stack, outputs, expected, tell)


def through(stack: Stack, outputs: dict[str, Any], expected: dict[str, str], tell: Tell) -> None:
    """Bring data in, let the workflow run, compare what people read.

    The shop's events go on the stream, as a collector puts them there: a door would say that it received them today.
    """
    posted = visit(door(stack.env, outputs))
    tell(f"{posted} events posted to the door, each answered by 200; what is none was refused")
    files = pipeline.stream(stack.env, outputs, stack.work / "shop" / "landing", LANDED_SECONDS, posted)
    tell(f"{files} files landed, events by the door and by the stream")
    seconds = run_workflow(pipeline.client(stack.env, "glue"), outputs["workflows"]["run"])
    tell(f"the workflow ran, {seconds:.0f} s")
    found = pipeline.totals(pipeline.inside(stack.env, outputs), stack.work)
    visited = {"sessions": int(expected["sessions"]) + 1, "events": int(expected["events"]) + posted}
    expected = expected | {name: type(expected[name])(number) for name, number in visited.items()}
    assert found == expected, f"gold differs from a laptop's and the visit to the door:\n{found}\n{expected}"
    tell(f"gold is a laptop's and the visit: {found['sales']} sales, {found['events']} events, {posted} of them posted")


def door(env: dict[str, str], outputs: dict[str, Any]) -> Door:
    """The sandbox's door, with the key of its web shop."""
    name = f"{outputs['workflows']['run']}-web"
    found = pipeline.client(env, "apigateway").get_api_keys(nameQuery=name, includeValues=True)["items"]
    assert found, f"there is no write key {name}: dev's door is to be serverless (ingestion.door) for this test"
    return Door(outputs["events"]["endpoint"], found[0]["value"], env.get("AWS_ENDPOINT_URL"))


def run_workflow(glue: Any, name: str) -> float:
    """Run it from its beginning, after what is on; the seconds it took. Raise AssertionError when a job failed."""
    until = time.monotonic() + RUN_SECONDS
    while True:
        try:
            run = glue.start_workflow_run(Name=name)["RunId"]
            break
        except glue.exceptions.ConcurrentRunsExceededException:  # what landed has started it
            assert time.monotonic() < until, f"a run of {name} does not come to its end"
            time.sleep(20)
    began = time.monotonic()
    while (shown := glue.get_workflow_run(Name=name, RunId=run)["Run"])["Status"] in ("RUNNING", "STOPPING"):
        assert time.monotonic() < until, f"run {run} of {name} is still on"
        time.sleep(5)
    counted = shown.get("Statistics", {})
    bad = sum(counted.get(f"{kind}Actions", 0) for kind in ("Failed", "Timeout", "Stopped", "Errored"))
    assert shown["Status"] == "COMPLETED", f"{run} is {shown['Status']}"
    assert not bad, f"{run}: {counted}; aws glue get-workflow-run --include-graph says which"
    assert counted["SucceededActions"] == 5, f"{run}: {counted}"
    return time.monotonic() - began


def thrown_away(stack: Stack, tell: Tell) -> bool:
    """Destroy, twice if need be: interfaces of jobs may take a while to go. Whether nothing is left."""
    for last in (False, True):
        try:
            stack.terraform("destroy", "-auto-approve", seconds=3600)
            assert not (left := stack.resources()), f"left: {left}"
        except (AssertionError, subprocess.TimeoutExpired) as error:
            tell(f"the destroy FAILED: {error}")
            if last:
                tell(f"it still stands and costs. Type: make destroy ENV={stack.workspace}")
        else:
            stack.terraform("workspace", "select", "default")
            stack.terraform("workspace", "delete", stack.workspace)
            tell("destroyed, the state is empty")
            return True
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
