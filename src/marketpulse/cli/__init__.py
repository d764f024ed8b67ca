"""The command line: arguments -> one call -> what a person reads. No logic lives here.

Every command imports what it needs when it runs, so that `--help` answers at once. Packs bring more: `commands`.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.main import get_command

from marketpulse.cli import (
    agents,
    alerts,
    authoring,
    collect,
    compare,
    connect,
    console,
    corrections,
    data,
    hints,
    inspect,
    live,
    metrics,
    new,
    privacy,
    quarantine,
    redshift,
    reference,
    runs,
    secret,
    streams,
    upkeep,
    wire,
)
from marketpulse.cli.commands import Commands
from marketpulse.errors import MarketPulseError
from marketpulse.version import __version__

if TYPE_CHECKING:
    from marketpulse.run.log import JsonLog

app = typer.Typer(
    name="marketpulse",
    cls=Commands,
    help="A lakehouse: landed files become queryable gold, each row exactly once.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _tell(wanted: bool) -> None:
    if wanted:
        typer.echo(f"marketpulse {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell, is_eager=True, help="Say which release this is.")
    ] = False,
) -> None:
    """What stands before every command."""


data.register(app)
authoring.register(app)
app.add_typer(new.app)
collect.register(app)
console.register(app)
wire.register(app)
agents.register(app)
app.add_typer(collect.app)
live.register(app)
inspect.register(app)
reference.register(app)
metrics.register(app)
runs.register(app)
alerts.register(app)
connect.register(app)
app.add_typer(quarantine.app)
app.add_typer(secret.app)
corrections.register(app)
streams.register(app)
upkeep.register(app)
privacy.register(app)
compare.register(app)
app.add_typer(redshift.app)

#: How Typer ends what was stopped with Ctrl-C.
_STOPPED = 130


def main() -> None:
    """Run one command; end with 0 (done), 1 (the data failed a gate) or 2 (wrong usage or configuration)."""
    # A process of one command makes many objects and few cycles: looking for them was a sixth of a small load.
    os.umask(0o077)  # until the settings say otherwise
    gc.set_threshold(200_000, 50, 50)
    hints.remember(sys.argv[1:], _options)
    try:
        app()
    except MarketPulseError as error:
        _say(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except SystemExit as ended:
        if ended.code == _STOPPED:
            _stopped("stopped; nothing half-done is visible")
        raise


def _options(words: Sequence[str]) -> Collection[str] | None:
    """Options of a command, None when there is none of these words."""
    found: Any = get_command(app)
    for word in words:
        found = getattr(found, "commands", {}).get(word)
    if found is None or hasattr(found, "commands"):
        return None
    return [option for parameter in found.params for option in parameter.opts]


def _log() -> JsonLog | None:
    from marketpulse.cli.progress import json_log

    try:
        return json_log()
    except MarketPulseError:  # of wrong settings people are told: nothing right says that they are not meant
        return None


def _stopped(message: str) -> None:
    if (log := _log()) is not None:
        log.say("stopped", "WARNING", message=message)
    else:
        print(message, file=sys.stderr)


def _say(error: MarketPulseError) -> None:
    from marketpulse.cli.terminal import terminal

    if (log := _log()) is not None:
        log.failed(error)
        return
    console = terminal(stderr=True, soft_wrap=True)
    for each in error.each:
        place = f"{each.where}: " if each.where else ""
        console.print("[bold red]error[/]", end=" ")
        console.print(f"{place}{each.message}", markup=False)
        if each.hint:
            console.print("[bold cyan] hint[/]", end=" ")
            console.print(hints.completed(each.hint), markup=False)
    for note in getattr(error, "__notes__", ()):
        console.print("[yellow]warning[/]", end=" ")
        console.print(note, markup=False)
