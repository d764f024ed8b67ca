"""The commands of the READMEs do what they say, on hand-written files."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from marketpulse.cli import app
from tests.examples import test_eshop_clothing as eshop
from tests.examples import test_online_retail as online
from tests.examples.lab import EXAMPLES, Example

LANDED = {
    "online_retail": ("online_retail/ingest_date=2010-12-01/2010-12-01.csv", online.FIRST),
    "eshop_clothing": (eshop.FILE, eshop.HEADER + eshop.LINES),
}


@pytest.mark.parametrize("name", LANDED)
def test_commands_of_the_readme(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES.parent)
    Example(name, tmp_path).land(*LANDED[name])
    text = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^marketpulse (.+)$", text, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["run", "headlines", "query"]
    for command in commands:
        arguments = [a.replace(f"demo/{name}", str(tmp_path)) for a in shlex.split(command)]
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, done.output
        assert done.output.strip()


@pytest.mark.parametrize("name", sorted(p.name for p in EXAMPLES.iterdir() if (p / "project.yaml").is_file()))
def test_each_readme_names_licence_and_source(name: str) -> None:
    text = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    assert re.search(r"licence", text, re.IGNORECASE)
    assert "| Cite |" in text
