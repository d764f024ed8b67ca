"""The command that serves tables and metrics to whatever speaks to Postgres: wire."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from marketpulse.cli.options import ProjectDir, RoleOf, Warehouse

if TYPE_CHECKING:
    from marketpulse.wire.opening import Opened


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(name="wire")(wire)


def wire(
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    host: Annotated[
        str, typer.Option(help="Address to listen at; another than this machine's own needs TLS.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen at; 0: one that is free.")
    ] = 5439,  # serving.connect.WIRE_PORT
    role: RoleOf = None,
    password: Annotated[
        Path | None,
        typer.Option("--password-file", metavar="FILE", help="The password, to stay the same (default: a new one)."),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option("--tls-certificate", metavar="FILE", help="Certificate of this server (PEM).")
    ] = None,
    key: Annotated[Path | None, typer.Option("--tls-key", metavar="FILE", help="The certificate's key (PEM).")] = None,
) -> None:
    """Serve tables and metrics by the protocol of Postgres: psql, JDBC, BI tools. It reads and changes nothing.

    Example: [cyan]marketpulse wire --port 5439[/]
    """
    from marketpulse.run.opening import refuse_no_warehouse
    from marketpulse.settings import load_settings
    from marketpulse.wire.opening import Told, opened_wire
    from marketpulse.wire.server import listen

    settings = load_settings(warehouse=warehouse, project=project, role=role)
    refuse_no_warehouse(settings)
    settings.be_private()
    with opened_wire(settings, Told(host, port, password, certificate, key)) as opened:
        at = listen(host, port)
        place = f"[{host}]" if ":" in host else host
        opened.server.serve(at, lambda: _tell(opened, f"{place}:{at.getsockname()[1]}"))
    gc.freeze()  # who has said Ctrl-C does not wait until a project's objects are looked through for cycles


def _tell(opened: Opened, place: str) -> None:
    """What to paste; a password that a file has stays there."""
    who = f"{opened.user}:{opened.password}" if opened.password else opened.user
    at = f"{who}@{place}/{opened.database}"
    print(f'psql        psql "postgresql://{at}"')
    print(f"SQLAlchemy  postgresql+psycopg://{at}")
    print(f"JDBC        jdbc:postgresql://{place}/{opened.database}")
    print(f"            user {opened.user}, password {opened.password or 'as in its file'}")
    print("Ctrl-C ends it", flush=True)
