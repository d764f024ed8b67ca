"""Every module and environment by Terraform's own means: validate, and its tests with a mocked provider."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.infra.provider import served
from tests.infra.stack import ROOT, Stack, missing

pytestmark = pytest.mark.skipif(missing() is not None, reason=f"SKIPPED: {missing()}")
INFRA = ROOT / "infra"
MODULES = sorted(path.name for path in (INFRA / "modules").iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What Terraform needs to ask one provider for all modules."""
    with served(tmp_path_factory.mktemp("provider")) as env:
        yield env


@pytest.mark.parametrize("folder", ["bootstrap", *[f"modules/{module}" for module in MODULES]])
def test_a_module_holds_what_its_tests_say(folder: str, provider: dict[str, str], tmp_path: Path) -> None:
    stack = Stack(folder, tmp_path, provider)
    stack.terraform("init", "-backend=false")
    lines = stack.terraform("test", "-json").splitlines()
    (summary,) = [said["test_summary"] for line in lines if (said := json.loads(line))["type"] == "test_summary"]
    assert summary["status"] == "pass", lines
    assert summary["passed"] >= 3


@pytest.mark.parametrize("folder", ["bootstrap", "envs/dev", "envs/stg", "envs/prod"])
def test_a_root_is_valid(folder: str, provider: dict[str, str], tmp_path: Path) -> None:
    stack = Stack(folder, tmp_path, provider)
    stack.terraform("init", "-backend=false")
    verdict = json.loads(stack.terraform("validate", "-json"))
    assert (verdict["valid"], verdict["diagnostics"]) == (True, [])
