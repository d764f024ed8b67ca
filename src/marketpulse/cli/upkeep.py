"""Commands that keep the warehouse in shape and describe it: maintain, move, repair, docs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from marketpulse.cli.hints import completed
from marketpulse.cli.options import MOST, AsJson, ProjectDir, Wait, Warehouse, context, finite, patience
from marketpulse.errors import UsageError

if TYPE_CHECKING:
    from marketpulse.privacy.retention import Retention
    from marketpulse.upkeep.repair import Repair
    from marketpulse.upkeep.verify import Verified


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    app.command(name="maintain")(maintain)
    app.command(name="move")(move)
    app.command(name="repair")(repair)
    app.command(name="verify")(verify)
    app.command(name="docs")(docs)


def maintain(
    tables: Annotated[list[str] | None, typer.Argument(help="Tables (default: all).")] = None,
    snapshot_hours: Annotated[
        float, typer.Option(min=0, max=MOST, callback=finite, help="Expire snapshots older than this.")
    ] = 120.0,
    keep: Annotated[int, typer.Option(min=1, max=MOST, help="Always keep so many snapshots.")] = 2,
    orphan_hours: Annotated[
        float, typer.Option(min=0, max=MOST, callback=finite, help="Remove unreferenced files older than this.")
    ] = 24.0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what is older than `keep` says; nothing is changed.")
    ] = False,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Let go what is older than `keep` says, compact small files, expire snapshots, remove orphans.

    Example: [cyan]marketpulse maintain silver.<table> --keep 10[/]
    """
    from marketpulse.cli.listings import maintain_report
    from marketpulse.cli.progress import watching
    from marketpulse.cli.render import to_json
    from marketpulse.privacy import retention
    from marketpulse.upkeep.maintain import Policy
    from marketpulse.upkeep.maintain import maintain as run

    policy = Policy(snapshot_hours, keep, orphan_hours)
    with (
        watching(quiet=as_json) as progress,
        context(warehouse=warehouse, project=project, progress=progress, must_exist=True, wait=wait) as opened,
    ):
        old = retention.look(opened) if dry_run else None if tables else retention.keep(opened)
        done = [] if dry_run else run(opened, policy, tables)
    if old and dry_run:
        to_json(old) if as_json else _would_go(old)
        return
    gone = {trace.table: trace.rows for trace in old.tables} if old else {}
    for table in done:
        table.forgotten = gone.get(table.table, 0)
    maintain_report(done, as_json)
    raise typer.Exit(2 if any(table.problem for table in done) else 1 if old and _waits(old) else 0)


def _would_go(old: Retention) -> None:
    from marketpulse.cli.render import console, table

    rows = [(trace.table, f"{trace.rows:,}") for trace in old.tables]
    table("Older than keep: would go", ("table", "rows"), rows, right=(1,))
    console.print("nothing was changed")


def _waits(old: Retention) -> bool:
    """Tell tables that could not be built without what was too old."""
    for name, why in old.waits.items():
        typer.echo(f"{name} could not be built without what was too old: {why}; mend it, and run", err=True)
    return bool(old.waits)


def move(
    folder: Annotated[Path, typer.Argument(help="Folder of a warehouse that was copied or moved there.")],
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Make a copied or moved folder a warehouse of its own; its original, if it is still there, is left alone.

    Example: [cyan]marketpulse move backup/warehouse[/]
    """
    from marketpulse.cli.render import console, table, to_json
    from marketpulse.upkeep.move import move as run

    done = run(folder, patience(wait))
    if as_json:
        to_json(done)
    elif not done.tables:
        console.print(f"{done.folder} is a warehouse of its own already", markup=False, soft_wrap=True)
    else:
        rows = [(moved.table, f"{moved.snapshots:,}", f"{moved.files:,}") for moved in done.tables]
        table("Moved", ("table", "snapshots", "files"), rows, right=(1, 2))
        made_in = ", ".join(done.made_in)
        console.print(f"made in {made_in}, now a warehouse of its own: {done.folder}", markup=False, soft_wrap=True)


def repair(
    warehouse: Warehouse = None,
    forget: Annotated[
        list[str] | None, typer.Option("--forget", help="A lost silver or gold table: set aside, to be built anew.")
    ] = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Bring back a lost or outdated catalog from the tables' folders, and say what is lost (exit 1). Deletes nothing.

    Example: [cyan]marketpulse repair --warehouse restored/warehouse[/]
    """
    from marketpulse.cli.render import console, to_json
    from marketpulse.settings import load_settings
    from marketpulse.upkeep import repair as work

    settings = load_settings(warehouse=warehouse)
    if forget:
        places = work.forget(settings.layout, settings.catalog_properties(), forget, patience(wait))
        to_json({"set_aside": places}) if as_json else console.print("set aside:", *places, sep="\n", markup=False)
        return
    found = work.repair(settings.layout, settings.catalog_properties(), patience(wait))
    to_json(found) if as_json else _show(found, str(settings.warehouse))
    raise typer.Exit(0 if found.ok else 1)


def _show(found: Repair, warehouse: str) -> None:
    from marketpulse.cli.render import console, table

    rows = [
        (t.table, t.status + ", behind" * t.behind, "" if t.rows is None else f"{t.rows:,}", _version(t.metadata))
        for t in found.tables
    ]
    table("Found", ("table", "what", "rows", "version"), rows, right=(2, 3))
    told = [f"{entry.table}: {problem}" for entry in found.tables for problem in entry.problems]
    if found.set_aside:
        told.append(f"the catalog was damaged; it is now {found.set_aside}")
    told.append("next: " + (f"marketpulse move {warehouse}" if found.made_in else "marketpulse run"))
    for line in told:
        console.print(completed(line), markup=False, soft_wrap=True)


def _version(metadata: str | None) -> str:
    return metadata.partition("-")[0].lstrip("0") or "0" if metadata else ""


def verify(
    select: Annotated[
        list[str] | None, typer.Option("--select", "-s", help="Tables: gold.x, 'silver.*' (default: all).")
    ] = None,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    as_json: AsJson = False,
) -> None:
    """Read every data file of the tables and say which is damaged or missing (exit 1), and what brings it back.

    Example: [cyan]marketpulse verify --select 'silver.*'[/]
    """
    from marketpulse.cli.progress import watching
    from marketpulse.cli.render import to_json
    from marketpulse.upkeep.verify import verify as run

    with (
        watching(quiet=as_json) as progress,
        context(warehouse=warehouse, project=project, progress=progress, must_exist=True) as opened,
    ):
        found = run(opened, select)
    ok = all(table.ok for table in found)
    to_json({"ok": ok, "tables": found}) if as_json else _verified(found)
    raise typer.Exit(0 if ok else 1)


def _verified(found: Sequence[Verified]) -> None:
    from marketpulse.cli.render import console
    from marketpulse.units import size

    for table in found:
        told = [
            f"{damage.file} {damage.problem}{f', {damage.bucket}' * bool(damage.bucket)}" for damage in table.damaged
        ]
        for line in [*told, *([table.problem] if table.problem else [])]:
            console.print("[bold red]damaged[/]", end=" ")
            console.print(f"{table.table}: {line}", markup=False, soft_wrap=True)
        if table.hint:
            console.print("   [cyan]hint[/]", end=" ")
            console.print(completed(table.hint), markup=False, soft_wrap=True)
    wrong = sum(len(table.damaged) + bool(table.problem) for table in found)
    files, read = sum(table.files for table in found), sum(table.read for table in found)
    what = f"{files:,} files ({size(sum(table.bytes for table in found))}) of {len(found)} tables"
    more = f"; {read:,} have no digest and were read through" if read else ""
    console.print(f"{what}: {f'{wrong:,} damaged' if wrong else 'as they were written'}{more}")


def docs(
    output: Annotated[
        str, typer.Option("--output", "-o", help="File to write; a folder (catalog/) gets a page a table.")
    ] = "catalog.html",
    warehouse: Warehouse = None,
    project: ProjectDir = None,
) -> None:
    """Write the data catalogue: one self-contained HTML page, or a folder with one a table.

    Example: [cyan]marketpulse docs --output catalog.html[/]
    """
    from marketpulse.cli.broken import tell
    from marketpulse.cli.render import console
    from marketpulse.serving.catalog.write import write_catalog, write_pages

    if not output:
        raise UsageError("--output names no file", hint="catalog.html, or a folder: catalog/")
    told = f"wrote {output}"
    with context(warehouse=warehouse, project=project, reads=True) as opened:
        if output.endswith("/") or os.path.isdir(output):  # noqa: PTH112 - a name that nobody can look at is no folder
            told = f"wrote {write_pages(opened, Path(output)):,} pages: {Path(output) / 'index.html'}"
        else:
            write_catalog(opened, Path(output))
    console.print(told, markup=False)
    raise typer.Exit(tell(opened.project.problems))
