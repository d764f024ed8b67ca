"""The command of the whole way: door, cycles and upkeep together."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from marketpulse.cli.options import MOST, AsJson, EngineName, Landing, ProjectDir, Wait, Warehouse, finite, waited


def register(app: typer.Typer) -> None:
    """Add this command to `app`."""
    app.command(name="live")(live)


def live(
    landing: Landing = None,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    host: Annotated[
        str, typer.Option(help="Address of the door; another than this machine's own needs keys.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the door; 0: one that is free.")] = 8055,
    no_door: Annotated[
        bool, typer.Option("--no-door", help="Without a door: what lands, and what streams have.")
    ] = False,
    keys: Annotated[Path | None, typer.Option("--keys", help="File of write keys, as collect takes it.")] = None,
    proxies: Annotated[int, typer.Option(min=0, max=9, help="Proxies of our own before the door.")] = 0,
    every: Annotated[
        float, typer.Option(min=0.1, max=MOST, callback=finite, help="Least seconds between the beginnings of cycles.")
    ] = 1.0,
    seal_seconds: Annotated[
        float, typer.Option(min=0.1, max=3600, help="Age at which what the door kept becomes a landed file.")
    ] = 1.0,
    for_: Annotated[
        float, typer.Option("--for", min=0, max=MOST, callback=finite, help="Stop after so many seconds; 0: at Ctrl-C.")
    ] = 0,
    engine: EngineName = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Collect events and bring them to gold, again and again, and keep the warehouse small; until Ctrl-C.

    Example: [cyan]marketpulse live --port 8055[/]
    """
    from marketpulse.cli.livescreen import watching
    from marketpulse.live.asked import Asked
    from marketpulse.live.supervisor import Supervisor
    from marketpulse.settings import load_settings

    settings = load_settings(landing=landing, warehouse=warehouse, project=project, engine=engine)
    settings.be_private()
    door = [sys.executable, "-m", "marketpulse", "collect", "--tied", "--host", host, "--proxies", str(proxies)]
    door += ["--seal-seconds", str(seal_seconds)]
    for option, value in (("--landing", landing), ("--project", project), ("--keys", keys)):
        door += [option, str(value)] if value is not None else []
    asked = Asked(landing, warehouse, str(project) if project else None, engine, waited(wait), every)
    with watching(as_json, door=not no_door) as watcher:
        code = Supervisor(None if no_door else door, port, asked.command, watcher).run(for_)
    raise typer.Exit(code)
