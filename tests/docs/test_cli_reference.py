"""docs/cli.md says what the command line says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer.main

from marketpulse.cli import app

DOCS = Path(__file__).parents[2] / "docs"


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = _generator()
COMMANDS = sorted(generate.walk(typer.main.get_command(app), "marketpulse"))


def test_the_page_is_as_fresh_as_the_help() -> None:
    assert (DOCS / "cli.md").read_text(encoding="utf-8") == generate.cli_reference(), "run: make docs"


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_has_an_example_of_itself_and_says_what_each_option_does(name: str, command: Any) -> None:
    assert (generate.example(command) or "").startswith(name)
    assert all(getattr(parameter, "help", None) for parameter in command.params if parameter.name != "help")
