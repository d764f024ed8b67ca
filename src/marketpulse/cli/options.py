"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from marketpulse.project.project import Project
    from marketpulse.run.context import Context, Progress
    from marketpulse.run.patience import Patience

Landing = Annotated[
    str | None,
    typer.Option("--landing", metavar="PATH", help="Folder or s3:// URI where feeds land (default ./landing)."),
]
Warehouse = Annotated[
    str | None,
    typer.Option("--warehouse", metavar="PATH", help="Folder or s3:// URI of the tables (default ./warehouse)."),
]
ProjectDir = Annotated[
    Path | None,
    typer.Option("--project", help="Project folder, or the name of a pack (default: the only pack installed)."),
]
Select = Annotated[
    list[str] | None,
    typer.Option("--select", "-s", help="Tables: gold.x, gold.x+ (and dependants), +gold.x (and inputs), 'gold.*'."),
]
EngineName = Annotated[
    str | None,
    typer.Option("--engine", help="What computes: duckdb (default) or spark; a warehouse may be built by both."),
]
TakeOver = Annotated[bool, typer.Option("--take-over", help="Go on with a warehouse that another project built.")]
Wait = Annotated[
    str | None,
    typer.Option(
        "--wait",
        metavar="DURATION",
        help="How long to wait for a table that another process holds: 30s, 10m, 2h; 0: not at all (default 10m).",
    ),
]
RoleOf = Annotated[
    str | None,
    typer.Option(
        "--role",
        metavar="analyst|operator|steward",
        help="A steward sees personal columns; an analyst (default) and an operator do not.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON for machines.")]


#: The most that a command counts to: rows, runs, snapshots.
MOST = 1_000_000


def finite(value: float | None) -> float | None:
    """A number of an option, unless it is none (`nan`): it lies in no range, and beyond none."""
    if value is not None and value != value:  # noqa: PLR0124 - that is what nan is
        raise typer.BadParameter("not a number")
    return value


def need_landing(landing: str | None) -> None:
    """Raise UsageError when there is no landing zone."""
    from marketpulse.run.opening import refuse_no_landing
    from marketpulse.settings import load_settings

    refuse_no_landing(load_settings(landing=landing))


def waited(wait: str | None) -> int | None:
    """Seconds of `--wait`. Raise UsageError for what is no length of time."""
    from marketpulse.errors import UsageError
    from marketpulse.units import duration

    try:
        return None if wait is None else duration(wait)
    except ValueError as error:
        raise UsageError(f"--wait {str(error)[:40]!r} is no length of time", hint="30s, 10m, 2h, 1d or 0") from None


def patience(wait: str | None) -> Patience:
    """The patience of `--wait`, else of the settings, for what works without a run's context."""
    from marketpulse.cli.progress import Lines, json_log
    from marketpulse.run.patience import Patience
    from marketpulse.settings import load_settings

    settings = load_settings(wait_seconds=waited(wait))
    settings.be_private()
    return Patience(settings.wait_seconds, (json_log() or Lines(quiet=True)).wait)


@contextmanager
def context(
    landing: str | None = None,
    warehouse: str | None = None,
    project: Path | None = None,
    progress: Progress | None = None,
    must_exist: bool = False,
    engine: str | None = None,
    wait: str | None = None,
    reads: bool = False,
    role: str | None = None,
) -> Iterator[Context]:
    """Open the warehouse as the settings and these arguments say; with `reads` nothing is written to it."""
    from marketpulse.cli.progress import Lines, json_log
    from marketpulse.run.opening import reading, writing
    from marketpulse.settings import load_settings

    settings = load_settings(
        landing=landing, warehouse=warehouse, project=project, engine=engine, wait_seconds=waited(wait), role=role
    )
    settings.be_private()
    progress = progress or json_log() or Lines(quiet=True)
    with (reading if reads else writing)(settings, progress, must_exist) as opened:
        if settings.log == "json":  # else what writes it is not even imported
            from marketpulse.run.log import JsonLog

            if isinstance(progress, JsonLog):
                progress.carry(run_id=opened.run_id)
        yield opened


def load(project: Path | None) -> Project:
    """The project that this argument, else the settings, name."""
    from marketpulse.project.project import load_project
    from marketpulse.settings import load_settings

    return load_project(load_settings(project=project).project)
