"""Commands that correct what was delivered: forget."""

from __future__ import annotations

from typing import Annotated

import typer

from marketpulse.cli.options import AsJson, EngineName, Landing, ProjectDir, Wait, Warehouse, context


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    app.command(name="forget")(forget)


def forget(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Name of a landed file, as in bronze.landed_files.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept in bronze.landed_files.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    landing: Landing = None,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    engine: EngineName = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Take back a delivery that was wrong: out of bronze, then out of all that is built from it.

    The file may stay where it landed: its bytes are known and do not come in again.

    Example: [cyan]marketpulse forget <feed>/ingest_date=2026-03-10/a.csv --reason "of another shop"[/]
    """
    from marketpulse import flow
    from marketpulse.bronze import takeback
    from marketpulse.cli.progress import watching
    from marketpulse.cli.render import console
    from marketpulse.cli.reports import run_report
    from marketpulse.errors import UsageError
    from marketpulse.silver import quarantine

    if not reason.strip():
        raise UsageError("forget needs a reason", hint='say why: --reason "of another shop"')
    with (
        watching(quiet=as_json) as progress,
        context(landing, warehouse, project, progress, must_exist=True, engine=engine, wait=wait) as opened,
    ):
        source = takeback.find(opened, file)
        if not yes and not typer.confirm(f"Take {file} back out of {source.table} and all that is built from it?"):
            raise typer.Exit(2)
        done = takeback.take_back(opened, source, file, reason)
        fed = [name for name, table in opened.project.tables.items() if source.table in table.inputs]
        options = flow.Options([f"{name}+" for name in fed], stages=frozenset({"silver", "gold"}))
        quarantine.forget_lost(opened, done.names)
        report = flow.run(opened, options)
    if not as_json:
        told = f", {done.fixes:,} of them of rows corrected by hand" if done.fixes else ""
        console.print(f"{done.records:,} records of {len(done.names):,} files taken back{told}", markup=False)
    run_report(report, as_json)
    raise typer.Exit(report.exit_code)
