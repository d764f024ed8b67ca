"""Commands that look: status, query, sql, lineage, validate."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from marketpulse.cli.options import AsJson, ProjectDir, RoleOf, Warehouse, context, load


class Format(StrEnum):
    """How a result is written."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


class Dialect(StrEnum):
    """Engines a model can be printed for."""

    duckdb = "duckdb"
    spark = "spark"


TableName = Annotated[str, typer.Argument(metavar="TABLE", help="For example gold.daily.")]


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    app.command(name="status")(status)
    app.command(name="query")(query)
    app.command(name="headlines")(headlines)
    app.command(name="sql")(sql)
    app.command(name="lineage")(lineage)
    app.command(name="validate")(validate)


def status(
    table: Annotated[str | None, typer.Argument(help="One table, with its snapshots.")] = None,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    as_json: AsJson = False,
) -> None:
    """Show the tables: rows, freshness, snapshots, and what each has consumed.

    Example: [cyan]marketpulse status gold.<table>[/]
    """
    from marketpulse.cli.listings import status_report
    from marketpulse.serving.status import status as find

    with context(warehouse=warehouse, project=project, must_exist=True, reads=True) as opened:
        found = find(opened, table or None)
    status_report(found, bool(table), as_json)


def query(
    text: Annotated[str, typer.Argument(metavar="SQL", help="One select; - reads it from standard input.")],
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    form: Annotated[
        Format | None,
        typer.Option("--format", "-f", help="How the result is written (default: a table, or as the file is called)."),
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="Tables as they were: a UTC time or a snapshot id.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A .csv, .json or .parquet to write.")] = None,
    exact: Annotated[
        bool,
        typer.Option("--exact", help="CSV: leave texts that are formulas to a spreadsheet as they are."),
    ] = False,
    role: RoleOf = None,
) -> None:
    """Ask the warehouse, read-only.

    Example: [cyan]marketpulse query "select * from gold.<table> limit 10"[/]
    """
    from marketpulse.cli.results import form_of, write
    from marketpulse.serving.query import stream

    kind = form_of(output, form and form.value)
    text = sys.stdin.read() if text == "-" else text
    with context(warehouse=warehouse, project=project, must_exist=True, reads=True, role=role) as opened:
        write(stream(opened, text, as_of), kind, output, exact)


def headlines(
    warehouse: Warehouse = None, project: ProjectDir = None, role: RoleOf = None, as_json: AsJson = False
) -> None:
    """Show the numbers the project is proud of.

    Example: [cyan]marketpulse headlines --warehouse demo/warehouse[/]
    """
    from marketpulse.cli.listings import show_headlines
    from marketpulse.serving.headlines import headlines as find

    with context(warehouse=warehouse, project=project, must_exist=True, reads=True, role=role) as opened:
        show_headlines(find(opened), as_json)


def sql(
    table: TableName,
    engine: Annotated[Dialect, typer.Option(help="Dialect to print.")] = Dialect.duckdb,
    project: ProjectDir = None,
) -> None:
    """Print the SQL that builds a table, as an engine runs it.

    Example: [cyan]marketpulse sql gold.<table> --engine spark[/]
    """
    from marketpulse import sql as dialects
    from marketpulse.cli.broken import concerning, tell

    found = load(project)
    for query_file in found.table(table).queries.values():
        print(f"-- {query_file.path.name}")
        print(dialects.translate(query_file.query, dialects.DIALECTS[engine.value], pretty=True) + ";")
    raise typer.Exit(tell(concerning(found, table)))


def lineage(
    table: Annotated[str | None, typer.Argument(metavar="[TABLE[.column]]", help="All tables when absent.")] = None,
    project: ProjectDir = None,
    as_json: AsJson = False,
) -> None:
    """Show what a table or column is made from, and what is made from it.

    Example: [cyan]marketpulse lineage gold.<table>.<column>[/]
    """
    from marketpulse.cli.broken import concerning, tell
    from marketpulse.cli.listings import lineage_report
    from marketpulse.project.lineage import trace

    found = load(project)
    lineage_report(trace(found, table), as_json)
    name = ".".join(table.split(".")[:2]) if table else ""
    near = {} if name in found.references else concerning(found, name) if name else found.problems
    raise typer.Exit(tell(near))


def validate(project: ProjectDir = None, as_json: AsJson = False) -> None:
    """Check the whole project, without data: every definition, rule and query. Ends with 2 when one is wrong.

    Example: [cyan]marketpulse validate --project ./my-project[/]
    """
    from marketpulse.cli.reports import validation
    from marketpulse.run.validate import validate as check
    from marketpulse.settings import load_settings

    settings = load_settings(project=project)
    found = check(settings.project)
    validation(found, settings.landing_place, as_json)
    raise typer.Exit(0 if found.ok else 2)
