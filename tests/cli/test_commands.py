"""Commands that packs bring, beside the platform's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from marketpulse.cli import app
from marketpulse.errors import UsageError
from tests.packs import install

HELLO = 'def hello(name: str = "you") -> None:\n    """Greet."""\n    print(f"hello {name}")\n'


def test_a_pack_brings_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "greeter_one", code=HELLO, commands="hello = greeter_one_pack:hello")
    monkeypatch.syspath_prepend(tmp_path)
    assert CliRunner().invoke(app, ["hello", "--name", "reader"]).output == "hello reader\n"
    shown = CliRunner().invoke(app, ["--help"]).output
    assert "Greet." in shown
    assert shown.index("Commands of packs") > shown.index("headlines")


def test_a_command_of_a_pack_is_known_when_it_is_misspelt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "greeter_two", code=HELLO, commands="hello = greeter_two_pack:hello")
    monkeypatch.syspath_prepend(tmp_path)
    found = CliRunner().invoke(app, ["helo"])
    assert (found.exit_code, "Did you mean 'hello'?" in found.output) == (2, True)


def test_a_name_of_the_platform_cannot_be_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "greeter_three", code=HELLO, commands="validate = greeter_three_pack:hello")
    monkeypatch.syspath_prepend(tmp_path)
    assert "1 feeds" in CliRunner().invoke(app, ["validate", "--project", "greeter_three"]).output


@pytest.mark.parametrize("target", ["greeter_four_pack:no_such", "no_such_package:hello"])
def test_a_command_that_cannot_be_loaded_hurts_itself_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    install(tmp_path, "greeter_four", commands=f"hello = {target}")
    monkeypatch.syspath_prepend(tmp_path)
    assert "Cannot be used" in CliRunner().invoke(app, ["--help"]).output
    found = CliRunner().invoke(app, ["hello", "--name", "reader"])
    assert isinstance(found.exception, UsageError)
    assert "no_such" in found.exception.message


def test_a_command_of_two_packs_is_nobodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("greeter_five", "greeter_six"):
        install(tmp_path, name, code=HELLO, commands=f"hello = {name}_pack:hello")
    monkeypatch.syspath_prepend(tmp_path)
    found = CliRunner().invoke(app, ["hello"])
    assert isinstance(found.exception, UsageError)
    assert "greeter_five_pack:hello, greeter_six_pack:hello" in found.exception.message


@pytest.mark.parametrize(
    ("command", "words"),
    [("validate", "ok library_set"), ("lineage", "gold.agg_loans"), ("sql gold.agg_loans", "loans")],
)
def test_what_looks_at_definitions_obeys_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, words: str
) -> None:
    monkeypatch.setenv("MARKETPULSE_PROJECT", str(install(tmp_path, "library_set")))
    assert words in CliRunner().invoke(app, command).output
    monkeypatch.setenv("MARKETPULSE_PROJECT", "nowhere")
    assert isinstance(CliRunner().invoke(app, command).exception, UsageError)
