"""The command that tells other tools where the tables are: connect."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from marketpulse.cli.hints import completed
from marketpulse.cli.options import AsJson, ProjectDir, RoleOf, Warehouse, context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketpulse.serving.connect import Recipe


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(name="connect")(connect)


def connect(
    table: Annotated[str | None, typer.Argument(help="The table to read (default: the first of gold).")] = None,
    tool: Annotated[str | None, typer.Option("--for", metavar="TOOL", help="One tool only: pandas, spark, …")] = None,
    duckdb: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a DuckDB file of views of gold as it is now.")
    ] = None,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    role: RoleOf = None,
    as_json: AsJson = False,
) -> None:
    """Print what to paste so that other tools read the tables: PyIceberg, pandas, Polars, DuckDB, Daft, chDB, Spark.

    Example: [cyan]marketpulse connect gold.<table> --for polars[/]
    """
    from marketpulse.cli.render import console, to_json
    from marketpulse.serving.connect import by_tool, recipes
    from marketpulse.serving.query import save_views

    with context(warehouse=warehouse, project=project, must_exist=True, reads=True, role=role) as opened:
        if duckdb is not None:
            names = save_views(opened, duckdb)
            console.print(f"wrote {len(names)} views of gold to {duckdb}", markup=False)
            whose = f" --role {role}" if role else ""
            again = completed(f"marketpulse connect --duckdb {shlex.quote(str(duckdb))}{whose}")
            told = f"they are of this moment and name data files: after the next run, make it again ({again})"
            console.print(told, markup=False, soft_wrap=True)
            return
        found = recipes(opened, table)
    chosen = by_tool(found, tool) if tool else found
    to_json(chosen) if as_json else _show(chosen)


def _show(found: Sequence[Recipe]) -> None:
    """Text that can be copied as it is: no line is broken."""
    from rich.markup import escape

    from marketpulse.cli.render import console
    from marketpulse.visible import visible

    for recipe in found:
        console.print(
            f"[bold]{recipe.tool}[/]" + (f" [dim]({escape(visible(recipe.note))})[/]" if recipe.note else ""),
            soft_wrap=True,
        )
        print(visible(recipe.text), end="\n\n")
