"""Commands for who writes definitions: try."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from marketpulse.cli.options import AsJson, Landing, ProjectDir, RoleOf


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    app.command(name="try")(attempt)


def attempt(
    feed: Annotated[str, typer.Argument(metavar="FEED", help="The feed whose definitions read it.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of this machine, packed or not.")],
    project: ProjectDir = None,
    landing: Landing = None,
    role: RoleOf = None,
    as_json: AsJson = False,
) -> None:
    """Say what becomes of a file, far from any warehouse. Ends with 1 when a row, or the file, would be rejected.

    Example: [cyan]marketpulse try <feed> ./some.csv[/]
    """
    from marketpulse.authoring.trial import attempt as find
    from marketpulse.cli.trials import trial_report
    from marketpulse.project.project import load_project
    from marketpulse.settings import load_settings

    settings = load_settings(project=project, landing=landing, role=role)
    settings.be_private()
    found = find(settings, load_project(settings.project), feed, file)
    trial_report(found, as_json)
    raise typer.Exit(0 if found.ok else 1)
