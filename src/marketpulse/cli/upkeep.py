"""Commands that keep the warehouse in shape and describe it: maintain, docs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from marketpulse.cli.options import AsJson, ProjectDir, Warehouse, context


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    app.command(name="maintain")(maintain)
    app.command(name="docs")(docs)


def maintain(
    tables: Annotated[list[str] | None, typer.Argument(help="Tables (default: all).")] = None,
    snapshot_hours: Annotated[float, typer.Option(min=0, help="Expire snapshots older than this.")] = 120.0,
    keep: Annotated[int, typer.Option(min=1, help="Always keep so many snapshots.")] = 2,
    orphan_hours: Annotated[float, typer.Option(min=0, help="Remove unreferenced files older than this.")] = 24.0,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    as_json: AsJson = False,
) -> None:
    """Compact small files, expire snapshots, remove orphans; safe beside a running run.

    Example: [cyan]marketpulse maintain silver.<table> --keep 10[/]
    """
    from marketpulse.cli.progress import watching
    from marketpulse.cli.render import maintain_report
    from marketpulse.upkeep.maintain import Policy
    from marketpulse.upkeep.maintain import maintain as run

    policy = Policy(snapshot_hours, keep, orphan_hours)
    with (
        watching(quiet=as_json) as progress,
        context(warehouse=warehouse, project=project, progress=progress, must_exist=True) as opened,
    ):
        done = run(opened, policy, tables)
    maintain_report(done, as_json)


def docs(
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")] = Path("catalog.html"),
    warehouse: Warehouse = None,
    project: ProjectDir = None,
) -> None:
    """Write the data catalogue: one self-contained HTML page.

    Example: [cyan]marketpulse docs --output catalog.html[/]
    """
    from marketpulse.cli.render import console
    from marketpulse.serving.catalog.write import write_catalog

    with context(warehouse=warehouse, project=project) as opened:
        write_catalog(opened, output)
    console.print(f"wrote {output}")
