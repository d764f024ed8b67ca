"""What a person can do wrong at the command line: a clear refusal each, before anything is planned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.infra import package
from tests.infra.apply import READY
from tests.infra.emulated import emulated_aws
from tests.infra.stack import Stack, missing

pytestmark = pytest.mark.skipif(missing() is not None, reason=f"SKIPPED: {missing()}")


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An account that is ready, with a package beside it."""
    folder = tmp_path_factory.mktemp("account")
    with emulated_aws(folder) as env:
        bootstrap = Stack("bootstrap", folder / "bootstrap", env)
        bootstrap.init()
        bootstrap.terraform("apply", "-auto-approve", *READY)
        yield env | {"TF_VAR_artifacts": str(package.make(folder / "dist"))}


@pytest.mark.parametrize(
    ("folder", "workspace", "hint"),
    [
        ("envs/prod", "default", "terraform workspace select -or-create prod"),
        ("envs/prod", "stg", "terraform workspace select -or-create prod"),
        ("envs/stg", "dev-ann", "terraform workspace select -or-create stg"),
        ("envs/dev", "dev", "terraform workspace select default"),
        ("envs/dev", "prod", "terraform workspace select default"),
        ("envs/dev", "dev-nobody", 'sandboxes = { nobody = "10.29.0.0/20" }'),
    ],
)
def test_a_wrong_workspace(account: dict[str, str], tmp_path: Path, folder: str, workspace: str, hint: str) -> None:
    stack = Stack(folder, tmp_path, account, workspace)
    stack.keep_here()
    stack.init()
    said = stack.refused()
    assert hint in said
    assert "will be created" not in said


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ('"10.20.0.0/16"', '"10.20.0.0"', "every block is an address and a size"),
        ('"10.20.0.0/16"', '"10.20.0.0/14"', "no larger VPC"),
        ('"10.28.0.0/20"', '"10.20.16.0/20"', "blocks overlap"),
        ('"duckdb"', '"polars"', "engine is spark or duckdb, not polars"),
    ],
)
def test_a_wrong_value(account: dict[str, str], tmp_path: Path, old: str, new: str, hint: str) -> None:
    stack = Stack("envs/dev", tmp_path, account)
    stack.edit(old, new)
    stack.keep_here()
    stack.init()
    assert hint in stack.refused()


def test_no_package(account: dict[str, str], tmp_path: Path) -> None:
    stack = Stack("envs/dev", tmp_path, account | {"TF_VAR_artifacts": str(tmp_path / "nothing")})
    stack.keep_here()
    stack.init()
    assert "There is no package in" in (said := stack.refused())
    assert "make package" in said


def test_half_a_package(account: dict[str, str], tmp_path: Path) -> None:
    half = package.make(tmp_path / "half")
    (half / "emr-venv.tar.gz").unlink()
    stack = Stack("envs/dev", tmp_path / "work", account | {"TF_VAR_artifacts": str(half)})
    stack.keep_here()
    stack.init()
    assert "is not whole" in stack.refused()
