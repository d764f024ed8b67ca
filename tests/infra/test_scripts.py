"""make deploy, destroy, drift and image refuse before they touch anything."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infra.readmes import INFRA


def run(script: str, *arguments: str, infra: Path = INFRA) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [infra / "bin" / script, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )


@pytest.mark.parametrize("script", ["deploy", "destroy", "drift", "image"])
@pytest.mark.parametrize("name", ["", "production", "Dev"])
def test_an_environment_that_is_none(script: str, name: str) -> None:
    done = run(script, name, "dist")
    assert done.returncode == 2
    assert f"no environment is called '{name}'" in done.stderr
    assert "hint:" in done.stderr


@pytest.mark.skipif(shutil.which("terraform") is None, reason="SKIPPED: terraform is not on the PATH")
@pytest.mark.parametrize("script", ["deploy", "destroy"])
def test_an_account_that_was_not_bootstrapped(script: str, tmp_path: Path) -> None:
    copy = shutil.copytree(INFRA, tmp_path / "infra", ignore=shutil.ignore_patterns("backend.tf", ".terraform"))
    done = run(script, "dev", "dist", infra=copy)
    assert done.returncode == 2
    assert "make bootstrap" in done.stderr


def test_the_readme_names_every_script() -> None:
    (line,) = [each for each in (INFRA / "README.md").read_text().splitlines() if each.startswith("| bin/ |")]
    scripts = {path.name for path in (INFRA / "bin").iterdir()} - {"place"}  # sourced by others
    assert [name for name in sorted(scripts) if name not in line] == []


def test_the_image_is_built_from_whatever_registry_is_configured() -> None:
    text = (INFRA.parent / "package" / "Containerfile").read_text()
    (base,) = [line.split()[1] for line in text.splitlines() if line.startswith("FROM ")]
    assert "/" not in base
