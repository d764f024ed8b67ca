"""The command that tells of trouble: alerts."""

from __future__ import annotations

from typing import Annotated

import typer

from marketpulse.cli.hints import completed
from marketpulse.cli.options import AsJson, ProjectDir, Warehouse, context
from marketpulse.errors import MissingEngineError


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(name="alerts")(alerts)


def alerts(
    notify: Annotated[
        bool, typer.Option("--notify", help="Tell the addresses of MARKETPULSE_NOTIFY what is new, and what is over.")
    ] = False,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    as_json: AsJson = False,
) -> None:
    """Show what is not as it should be: the last run, late feeds, metrics beyond their bounds. Ends with 1 if anything.

    Example: [cyan]marketpulse alerts --notify[/]
    """
    from marketpulse.alerts.finding import alerts as find
    from marketpulse.cli.render import console, table, to_json

    with context(warehouse=warehouse, project=project, must_exist=True, reads=not notify) as opened:
        found = find(opened)
        settings = opened.settings
    if as_json:
        to_json([{"about": each.about, "text": each.text} for each in found])
    elif found:
        table("Alerts", ("about", "what"), [(each.about, completed(each.text)) for each in found])
    else:
        console.print("nothing to tell")
    if notify:
        try:
            from marketpulse.alerts.telling import tell
        except ModuleNotFoundError as error:
            hint = "pip install 'marketpulse[alerts]'"
            raise MissingEngineError(f"{error.name} is not installed", hint=hint) from None
        tell(found, settings.notify, settings.scratch)
    raise typer.Exit(1 if found else 0)
