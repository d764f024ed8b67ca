"""Commands that move data: run, plan."""

from __future__ import annotations

import sys
import time
from typing import Annotated

import typer

from marketpulse.cli.options import (
    MOST,
    AsJson,
    EngineName,
    Landing,
    ProjectDir,
    Select,
    TakeOver,
    Wait,
    Warehouse,
    context,
    finite,
    need_landing,
)


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    app.command(name="run")(run)
    app.command(name="plan")(plan)


def run(
    landing: Landing = None,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    select: Select = None,
    full_refresh: Annotated[bool, typer.Option("--full-refresh", help="Build the selected tables anew.")] = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Refuse a rebuild that no new data asks for, files with other columns, and feeds that are late.",
        ),
    ] = False,
    take_over: TakeOver = False,
    engine: EngineName = None,
    follow: Annotated[
        float | None, typer.Option(min=0.1, max=MOST, callback=finite, help="Run again every so many seconds.")
    ] = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Bring every table up to date: landing, bronze, silver, gold.

    Example: [cyan]marketpulse run --select gold.<table>+[/]
    """
    from marketpulse import flow
    from marketpulse.cli.progress import logged, watching
    from marketpulse.cli.reports import run_report
    from marketpulse.errors import ConcurrentError
    from marketpulse.visible import visible

    need_landing(landing)
    options = flow.Options(select or [], full_refresh, strict, take_over)
    while True:
        try:
            with (
                watching(quiet=as_json) as progress,
                context(landing, warehouse, project, progress, engine=engine, wait=wait) as opened,
            ):
                report = flow.run(opened, options)
        except ConcurrentError as error:
            if follow is None:
                raise
            if not logged("WARNING", str(error)):  # the next round is the one that runs again
                print(visible(f"error {error}"), file=sys.stderr)
        else:
            run_report(report, as_json)
            if follow is None:
                raise typer.Exit(report.exit_code)
        time.sleep(follow)


def plan(
    landing: Landing = None,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    select: Select = None,
    full_refresh: Annotated[bool, typer.Option("--full-refresh", help="As run --full-refresh would.")] = False,
    take_over: TakeOver = False,
    as_json: AsJson = False,
) -> None:
    """Say what a run would build, and why, per table and bucket; nothing is changed.

    Example: [cyan]marketpulse plan --select +gold.<table>[/]
    """
    from marketpulse import flow
    from marketpulse.cli.reports import plan_report

    need_landing(landing)
    with context(landing, warehouse, project, reads=True) as opened:
        found = flow.forecast(opened, flow.Options(select or [], full_refresh, take_over=take_over))
    plan_report(found, as_json)
    raise typer.Exit(2 if any(each.action == "fail" for each in found) else 0)
