"""Commands that say what may be written, and what is meant by what was: functions, contract."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from marketpulse.cli.options import AsJson, ProjectDir, load


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    app.command(name="functions")(functions)
    app.command(name="contract")(contract)


def functions(
    name: Annotated[str | None, typer.Argument(help="One function, or a part of its name.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the functions that SQL may use, each with an example and what it gives.

    Example: [cyan]marketpulse functions unix[/]
    """
    from marketpulse.cli.functionlist import entries, function_report

    function_report(entries(name), as_json)


def contract(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="For example gold.daily.")], project: ProjectDir = None
) -> None:
    """Print the contract of a table in full, as the standard (ODCS) has it: what a short one stands for.

    Example: [cyan]marketpulse contract silver.<table>[/]
    """
    import yaml

    from marketpulse.project.short import read_definition
    from marketpulse.visible import visible

    found, _ = read_definition(load(project).table(table).contract.path)
    text = yaml.safe_dump(found.data, sort_keys=False, allow_unicode=True, width=100)
    sys.stdout.write("".join(visible(line) + "\n" for line in text.splitlines()))
