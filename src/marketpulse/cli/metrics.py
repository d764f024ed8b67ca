"""Commands that ask for metrics: metric, metrics."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from marketpulse.cli.options import AsJson, ProjectDir, Warehouse, context, load


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    app.command(name="metric")(metric)
    app.command(name="metrics")(metrics)


def metric(
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="Metrics, by name or synonym.")],
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    by: Annotated[
        list[str] | None, typer.Option("--by", help="Dimensions; several with commas, or said again.")
    ] = None,
    last: Annotated[
        str | None,
        typer.Option(
            help="28d, 4w, 3m, 1y up to the newest day (default 28d). "
            "With --grain week, 8w is eight weeks up to its week; so is 6m with month, 4q, 2y."
        ),
    ] = None,
    first_day: Annotated[str | None, typer.Option("--from", metavar="DAY", help="First day.")] = None,
    last_day: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last day.")] = None,
    month: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="One month.")] = None,
    to_date: Annotated[str | None, typer.Option(help="week, month, quarter or year to date; or wtd, mtd, …")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All days there are.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Up to the newest day of which no more is expected.")] = False,
    grain: Annotated[
        str | None, typer.Option(help="A line each day, week, month, quarter, year, or grain of the calendar (4-5-4).")
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(
            help="Beside the previous period, or the same days a day, week, month, year before, "
            "or the same-weekday of the year before."
        ),
    ] = None,
    where: Annotated[str | None, typer.Option(metavar="SQL", help="A condition over dimensions.")] = None,
    rolling: Annotated[int | None, typer.Option(min=2, max=3660, help="Each day as the value of so many days.")] = None,
    share: Annotated[bool, typer.Option("--share", help="Which part of the whole each line is.")] = False,
    top: Annotated[int | None, typer.Option(min=1, max=10_000, help="The largest only.")] = None,
    show_sql: Annotated[bool, typer.Option("--sql", help="Print the query (Spark SQL), too.")] = False,
    as_json: AsJson = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A .csv, .json or .parquet to write.")] = None,
) -> None:
    """Answer a question about metrics: a table with a small plot.

    Example: [cyan]marketpulse metric <name> --by <dimension> --last 28d --compare previous[/]
    """
    from marketpulse.cli.answers import show, write
    from marketpulse.metrics.question import Question
    from marketpulse.serving.metrics import ask

    question = Question.of({
        "metrics": names, "by": by, "last": last, "first_day": first_day, "last_day": last_day,
        "month": month, "to_date": to_date, "everything": everything, "full": full,
        "grain": grain, "compare": compare, "where": where, "rolling": rolling, "share": share, "top": top,
    })  # fmt: skip
    with context(warehouse=warehouse, project=project, must_exist=True, reads=True) as opened:
        answer = ask(opened, question)
    if output is not None:
        write(answer, output)
    else:
        show(answer, as_json, show_sql)


def metrics(
    word: Annotated[str | None, typer.Argument(help="Only those whose name or description has it.")] = None,
    project: ProjectDir = None,
    osi: Annotated[bool, typer.Option("--osi", help="Print them as an Open Semantic Interchange model.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the metrics of the project: what they are, and by what they can be asked.

    Example: [cyan]marketpulse metrics <word>[/]
    """
    from marketpulse.cli.broken import tell
    from marketpulse.cli.numbers import listing
    from marketpulse.serving.metrics.exchange import exchanged

    found = load(project)
    definitions, wrong = found.metrics
    if osi:
        print(exchanged(found), end="")
    else:
        listing(definitions, word, as_json)
    raise typer.Exit(tell({"metrics": wrong} if wrong else {}))
