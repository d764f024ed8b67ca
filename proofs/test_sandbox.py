"""`make aws-test`, whole, against the emulator: what is thrown away is gone, also when a step before it failed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.infra import package, pipeline, sandbox
from tests.infra.emulated import emulated_aws
from tests.infra.gateway import PYTHON
from tests.infra.stack import ROOT, Stack, TerraformError, missing

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=f"SKIPPED: {missing()}"),
    pytest.mark.skipif(not PYTHON.exists(), reason="SKIPPED: make infra-test installs Velocity"),
]
ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An account that is bootstrapped, in which jobs work."""
    folder = tmp_path_factory.mktemp("account")
    package.make(folder / "dist")
    with emulated_aws(folder, works=True) as env:
        bootstrap = Stack("bootstrap", folder / "bootstrap", env)
        bootstrap.init()
        bootstrap.apply()
        yield env | {"DIST": str(folder / "dist")}


def run(env: dict[str, str], account: str = ACCOUNT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.infra.sandbox", account, "--artifacts", env["DIST"]]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=1500, check=False)


def left(env: dict[str, str]) -> list[str]:
    """Buckets of the sandbox, and states of it."""
    s3 = pipeline.client(env, "s3")
    names = [each["Name"] for each in s3.list_buckets()["Buckets"]]
    (state,) = [name for name in names if name.endswith("terraform-state")]
    kept = s3.list_objects_v2(Bucket=state).get("Contents", [])
    return [name for name in names if "dev-gate" in name] + [each["Key"] for each in kept if "dev-gate" in each["Key"]]


def test_data_comes_through_and_nothing_is_left(account: dict[str, str]) -> None:
    done = run(account)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 events posted to the door, each answered by 200" in done.stdout
    assert "gold is a laptop's and the visit" in done.stdout
    assert "it cost about" in done.stdout
    assert done.stdout.splitlines()[-1] == "passed"
    assert left(account) == []


def test_what_failed_half_way_is_thrown_away_too(
    account: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def half(stack: Stack) -> None:
        stack.terraform("apply", "-auto-approve", "-target=module.platform.module.lake")
        assert left(account)
        raise TerraformError("AWS refused the rest")

    monkeypatch.setattr(sandbox, "WORK", tmp_path)
    monkeypatch.setattr(pipeline, "expect", lambda _: {})
    monkeypatch.setattr(Stack, "apply", half)
    stack = sandbox.sandbox(ACCOUNT, "gate", Path(account["DIST"]), account)
    assert sandbox.prove(stack, print) == 1
    said = capsys.readouterr().out
    assert "AWS refused the rest" in said
    assert "of what stands, at most" in said
    assert "destroyed, the state is empty" in said
    assert said.splitlines()[-1] == "FAILED"
    assert left(account) == []


@pytest.mark.parametrize(
    ("number", "change", "hint"),
    [("210987654321", {}, "ACCOUNT=123456789012"), (ACCOUNT, {"DIST": "/nowhere"}, "make package")],
)
def test_what_is_to_be_done_first(account: dict[str, str], number: str, change: dict[str, str], hint: str) -> None:
    done = run(account | change, number)
    assert (done.returncode, done.stdout) == (2, "")
    assert hint in done.stderr


def test_an_account_that_was_not_bootstrapped(tmp_path: Path) -> None:
    package.make(tmp_path / "dist")
    with emulated_aws(tmp_path / "aws") as env:
        done = run(env | {"DIST": str(tmp_path / "dist")})
    assert done.returncode == 2
    assert "make bootstrap" in done.stderr
