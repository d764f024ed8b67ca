"""The command that tells of runs: runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from marketpulse.cli.hints import completed
from marketpulse.cli.options import MOST, AsJson, ProjectDir, Warehouse, context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from marketpulse.serving.runs import Run

_STYLE = {"done": "green", "blocked": "bold red", "failed": "bold red", "killed": "bold red", "running": "cyan"}
_MOST_TABLES, _MOST_REASONS, _LONGEST = 3, 2, 160


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(name="runs")(runs)


def runs(
    last: Annotated[int, typer.Option(min=1, max=MOST, help="How many runs, from the newest.")] = 10,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    as_json: AsJson = False,
) -> None:
    """Show the last runs: when, how long, what was built, what went wrong; not those that found nothing to do.

    Example: [cyan]marketpulse runs --last 3[/]
    """
    from marketpulse.cli.render import to_json
    from marketpulse.serving.runs import runs as find

    with context(warehouse=warehouse, project=project, must_exist=True, reads=True) as opened:
        found = find(opened, last)
    to_json(found) if as_json else _show(found)


def _show(found: Sequence[Run]) -> None:
    from rich.text import Text

    from marketpulse.cli.render import console, table

    if not found:
        console.print("no run has done anything yet")
        return
    rows = [
        (f"{run.started_at:%Y-%m-%d %H:%M}", _took(run), Text(run.status, _STYLE[run.status]), _what(run))
        for run in found
    ]
    table("Runs, newest first (times in UTC)", ("began", "took", "status", "built, and what went wrong"), rows, (1,))
    if any(run.reasons for run in found):
        console.print(completed("every word: marketpulse runs --json"), markup=False)


def _took(run: Run) -> str:
    """How long it took, as people say it."""
    from marketpulse.units import seconds

    if run.ended_at is None:
        return ""
    length = (run.ended_at - run.started_at).total_seconds()
    if length < 60:
        return seconds(length)
    hours, minutes = divmod(round(length / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


def _what(run: Run) -> Text:
    """A line of what was built, a line for each of the first reasons."""
    from rich.text import Text

    built = [each["name"] for each in run.tables if each["status"] == "built" or each["rows"]]
    names = ", ".join(built[:_MOST_TABLES])
    more = f" and {len(built) - _MOST_TABLES} more" if len(built) > _MOST_TABLES else ""
    wrong = [each if len(each) <= _LONGEST else f"{each[:_LONGEST]} …" for each in run.reasons[:_MOST_REASONS]]
    if len(run.reasons) > _MOST_REASONS:
        wrong.append(f"and {len(run.reasons) - _MOST_REASONS} more")
    lines = [Text(f"{names}{more}: {run.rows:,} rows")] if built else []
    return Text("\n").join([*lines, *(Text(each, "red") for each in wrong)])
