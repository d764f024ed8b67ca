"""`marketpulse generate` and `marketpulse demo`."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from marketpulse.cli import app
from marketpulse.errors import UsageError
from tests.packs import install


def test_generate_lands_a_shop_and_says_what_is_next(tmp_path: Path) -> None:
    where = ["--landing", str(tmp_path / "landing")]
    done = CliRunner().invoke(app, ["generate", *where, "--days", "1", "--clicks", "200"])
    assert done.exit_code == 0, done.output
    assert done.output.endswith("next: marketpulse run\n")
    assert {path.name for path in (tmp_path / "landing").iterdir()} >= {"clickstream", "sales", "products"}
    assert (tmp_path / "landing-truth" / "truth.json").is_file()


def test_a_shop_is_generated_into_a_folder() -> None:
    done = CliRunner().invoke(app, ["generate", "--landing", "s3://somewhere/landing"])
    assert isinstance(done.exception, UsageError)
    assert "into a folder" in done.exception.message


def test_the_demo_shows_what_came_out_and_commands_that_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # The demo is of retail, whatever else is installed or set.
    monkeypatch.setenv("MARKETPULSE_PROJECT", str(install(tmp_path, "library_demo")))
    done = CliRunner().invoke(app, ["demo", "--folder", "demo", "--days", "2", "--clicks", "400"])
    assert done.exit_code == 0, done.output
    assert "Funnel of all sessions" in done.output
    commands = re.findall(r"^  marketpulse (.+)$", done.output, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["query", "status", "quarantine", "lineage", "docs"]
    assert all("--project demo/project" in command for command in commands)
    for command in commands:
        tried = CliRunner().invoke(app, shlex.split(command))
        assert tried.exit_code == 0, tried.output
