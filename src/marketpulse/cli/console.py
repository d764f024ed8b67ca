"""The commands of web pages over the warehouse: console, board."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from marketpulse.cli.options import Landing, ProjectDir, RoleOf, Warehouse
from marketpulse.errors import MissingEngineError

if TYPE_CHECKING:
    from marketpulse.settings import Settings

_EXTRA = "pip install 'marketpulse[console]'"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(name="console")(console)
    app.command(name="board")(board)


def console(
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    landing: Landing = None,
    host: Annotated[str, typer.Option(help="Address to listen at; this machine's own unless said.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen at; 0: one that is free.")] = 8056,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="A host name that it is asked for by, as behind a proxy.")
    ] = None,
    role: RoleOf = None,
) -> None:
    """Open a web page over the warehouse: today's numbers, metrics, tables, runs, and what was kept out.

    It changes nothing, unless --role is operator or steward: these may act on rows that were kept out.

    Example: [cyan]marketpulse console --port 8056[/]
    """
    try:
        from marketpulse.console.opening import Told, opened_console
        from marketpulse.console.server import listen, serve
    except ModuleNotFoundError as error:
        raise MissingEngineError(f"{error.name} is not installed", hint=_EXTRA) from None
    settings = _settings(warehouse, project, role, landing)
    at = listen(host, port)
    with opened_console(settings, Told(host, at.getsockname()[1], tuple(name or ()))) as (app, address):

        def tell() -> None:
            print(f"open {address}\nCtrl-C ends it", flush=True)

        sys.stdout.flush()
        serve(app, at, tell)


def board(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The board: boards/NAME.yaml of the project.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The .html to write.")],
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    role: RoleOf = None,
) -> None:
    """Write a board as one HTML file that needs nothing else: to send, to keep, to print.

    Example: [cyan]marketpulse board <name> -o board.html[/]
    """
    from marketpulse.storage.places import replacing

    try:
        from marketpulse.console.boards import as_file
    except ModuleNotFoundError as error:
        raise MissingEngineError(f"{error.name} is not installed", hint=_EXTRA) from None
    settings = _settings(warehouse, project, role)
    text = as_file(settings, name)
    with replacing(output) as part:
        part.write_text(text, encoding="utf-8")
    print(f"wrote {output}")


def _settings(warehouse: str | None, project: Path | None, role: str | None, landing: str | None = None) -> Settings:
    """Those of somebody who looks at a warehouse that is there."""
    from marketpulse.run.opening import refuse_no_warehouse
    from marketpulse.settings import load_settings

    found = load_settings(landing=landing, warehouse=warehouse, project=project, role=role)
    refuse_no_warehouse(found)
    found.be_private()
    return found
