"""Commands that say what may be written, and what is meant by what was: contract."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from marketpulse.cli.options import ProjectDir, load


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    app.command(name="contract")(contract)


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
