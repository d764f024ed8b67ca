"""The command that compares: diff."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from marketpulse.cli.options import MOST, AsJson, EngineName, RoleOf

if TYPE_CHECKING:
    from marketpulse.upkeep.diff import TableDiff

Folder = Annotated[Path, typer.Argument(help="Folder of a warehouse.")]


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(name="diff")(diff)


def diff(
    left: Folder,
    right: Folder,
    tables: Annotated[list[str] | None, typer.Option("--table", "-t", help="One table (default: all).")] = None,
    samples: Annotated[int, typer.Option(min=0, max=MOST, help="How many differing rows to show of a table.")] = 3,
    engine: EngineName = None,
    role: RoleOf = None,
    as_json: AsJson = False,
) -> None:
    """Compare two warehouses: the same tables, types and rows, each row as often. Ends with 1 when they differ.

    Example: [cyan]marketpulse diff warehouse other/warehouse[/]
    """
    from marketpulse.cli.problems import told
    from marketpulse.cli.render import to_json
    from marketpulse.serving.masking import STEWARD
    from marketpulse.settings import load_settings
    from marketpulse.upkeep.diff import diff as compare

    settings = load_settings(engine=engine, role=role)
    found = compare(settings, left, right, tables or [], 0 if settings.is_masked else samples)
    to_json(found) if as_json else _show(found)
    if settings.is_masked and any(table.left_only or table.right_only for table in found):
        told("note", f"rows that differ may name people and are not shown; {STEWARD}")
    raise typer.Exit(0 if all(table.equal for table in found) else 1)


def _show(found: Sequence[TableDiff]) -> None:
    from marketpulse.cli.render import console, table

    rows = [
        (d.table, d.status, f"{d.left_rows:,}", f"{d.right_rows:,}", f"{d.left_only:,}", f"{d.right_only:,}")
        for d in found
        if not d.equal
    ]
    if rows:
        table("Differences", ("table", "what", "left rows", "right rows", "only left", "only right"), rows, range(2, 6))
    for item in found:
        for line in item.types:
            console.print(f"{item.table} {line}", markup=False)
        for sample in item.samples:
            console.print(f"{item.table} only {sample.side}, {sample.times} ×", sample.row, markup=False)
    equal = sum(item.equal for item in found)
    console.print(
        f"{equal} of {len(found)} tables are equal, {sum(d.left_rows for d in found if d.equal):,} rows in them"
    )
