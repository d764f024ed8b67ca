"""Commands that write the first definitions: new project, new feed, new mart."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from marketpulse.cli.options import AsJson

app = typer.Typer(name="new", help="Write the first files of a project, a feed or a mart.", no_args_is_help=True)

Own = Annotated[Path | None, typer.Option("--project", help="Project folder (default: the one of the settings, or .).")]


@app.command()
def project(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the project; made where there is none.")],
    extends: Annotated[str | None, typer.Option(help="A pack whose tables it has, too.")] = None,
) -> None:
    """Make a project: one file, project.yaml.

    Example: [cyan]marketpulse new project my-shop[/]
    """
    from marketpulse.authoring.begin import new_project

    _wrote([new_project(folder, extends)])
    _next(f"marketpulse new feed FILE --project {folder}")


@app.command()
def feed(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A sample, of any format; packed or not.")],
    name: Annotated[str | None, typer.Option(help="What the feed is called (default: as the file is).")] = None,
    sheet: Annotated[str | None, typer.Option(help="Which sheet of a workbook, where it has several.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of a text, where it is not UTF-8: cp1252, …")] = None,
    records: Annotated[str | None, typer.Option(metavar="PATH", help="Lists that hold the records: lines[*].")] = None,
    project: Own = None,
    as_json: AsJson = False,
) -> None:
    """Look at a sample, and write the source, the contract and the SQL of a feed: each guess with its reason.

    Example: [cyan]marketpulse new feed ./some.csv --project my-shop[/]
    """
    from marketpulse.authoring.begin import new_feed
    from marketpulse.authoring.feed import summary
    from marketpulse.authoring.opening import Wish
    from marketpulse.cli.problems import problem
    from marketpulse.cli.render import console, table, to_json
    from marketpulse.settings import load_settings

    settings = load_settings(project=project)
    settings.be_private()
    root = settings.project or Path()
    found, paths = new_feed(settings, root, file, name, Wish(sheet, encoding, records))
    if as_json:
        names = ("header", "column", "type", "why")
        columns = [dict(zip(names, row, strict=True)) for row in summary(found)]
        key = [column.name for column in found.key]
        to_json({"feed": found.name, "files": paths, "columns": columns, "key": key, "key_why": found.key_why,
                 "ask": found.doubts})  # fmt: skip
        return
    table("What is in it", ("in the file", "column", "type", "because"), summary(found))
    if found.key:  # else it is asked for
        console.print(f"key: {found.key_why}", markup=False)
    if found.groups:
        told = f"groups: lines of one {found.groups.by.name} get what stands on its first (fill_down)"
        console.print(told, markup=False)
    for doubt in found.doubts:
        problem("ask", doubt, None)
    _wrote(paths)
    _next(f"marketpulse try {found.name} {file} --project {root}", f"marketpulse validate --project {root}")


@app.command()
def mart(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The gold table: agg_…, mart_…")],
    reads: Annotated[str | None, typer.Option("--from", help="The table it reads: silver.x or gold.x.")] = None,
    project: Own = None,
) -> None:
    """Write the model and the contract of a gold table that counts the rows of another: the place to go on from.

    Example: [cyan]marketpulse new mart agg_<what>_daily --from silver.<table> --project my-shop[/]
    """
    from marketpulse.authoring.begin import new_mart
    from marketpulse.settings import load_settings

    root = load_settings(project=project).project or Path()
    _wrote(new_mart(root, name, reads))
    _next(f"marketpulse run --project {root} --select +gold.{name}")


def _wrote(paths: list[Path]) -> None:
    from marketpulse.cli.render import console

    for path in paths:
        console.print(f"wrote {path}", markup=False, highlight=False, soft_wrap=True)


def _next(*commands: str) -> None:
    from marketpulse.cli.render import console

    for command in commands:
        console.print(f"next: {command}", markup=False, highlight=False, soft_wrap=True)
