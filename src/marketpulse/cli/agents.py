"""The command for agents: a server of the Model Context Protocol."""

from __future__ import annotations

import typer

from marketpulse.cli.options import ProjectDir, RoleOf, Warehouse
from marketpulse.errors import MissingEngineError

_EXTRA = "pip install 'marketpulse[mcp]'"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(name="mcp")(mcp)


def mcp(warehouse: Warehouse = None, project: ProjectDir = None, role: RoleOf = None) -> None:
    """Serve an agent by the Model Context Protocol, on standard input and output. It reads and changes nothing.

    Example: [cyan]marketpulse mcp --warehouse demo/warehouse[/]
    """
    try:
        from marketpulse.agents.server import server
    except ModuleNotFoundError as error:
        raise MissingEngineError(f"{error.name} is not installed", hint=_EXTRA) from None
    from marketpulse.agents.asking import Asking
    from marketpulse.run.opening import reading
    from marketpulse.settings import load_settings

    settings = load_settings(warehouse=warehouse, project=project, role=role)
    settings.be_private()
    with reading(settings):  # what is wrong with the warehouse is told now
        pass
    server(Asking(settings)).run("stdio")
