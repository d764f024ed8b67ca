"""Commands of the door: collect events over HTTP, and the keys of those who may post."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from threading import Thread
from typing import Annotated

import typer

from marketpulse.cli.options import AsJson, Landing, ProjectDir
from marketpulse.errors import MissingEngineError

app = typer.Typer(name="key", help="Write keys of the door: add, list, remove.", no_args_is_help=True)

_FILE = "collect.yaml"
_EXTRA = "pip install 'marketpulse[collect]'"
#: Seconds between two looks at what arrives.
_LOOK = 0.25
Keys = Annotated[Path | None, typer.Option("--keys", help=f"File of write keys (default: {_FILE}, where it is there).")]
Source = Annotated[str, typer.Argument(help="What the key is for: website, app, backend.")]


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    app.command(name="collect")(collect)
    app.command(name="tail")(tail)


def collect(
    host: Annotated[
        str, typer.Option(help="Address to listen at; another than this machine's own needs keys.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen at; 0: one that is free.")] = 8055,
    landing: Landing = None,
    project: ProjectDir = None,
    keys: Annotated[
        str | None,
        typer.Option("--keys", help=f"File of write keys, here or s3://… (default: {_FILE}, where it is there)."),
    ] = None,
    stream: Annotated[
        str, typer.Option(help="Kinesis stream that takes what comes in, in the place of a landing zone.")
    ] = "",
    proxies: Annotated[
        int, typer.Option(min=0, max=9, help="Proxies of our own before the door, whose X-Forwarded-For is believed.")
    ] = 0,
    seal_seconds: Annotated[
        float, typer.Option(min=0.1, max=3600, help="Age at which what was kept becomes a landed file.")
    ] = 10.0,
    seal_mb: Annotated[int, typer.Option(min=1, max=4096, help="Size at which it does.")] = 64,
    request_seconds: Annotated[
        float, typer.Option(min=0.1, max=3600, help="Within so many seconds a request must have come whole.")
    ] = 20.0,
    share_port: Annotated[bool, typer.Option("--share-port", help="Let another door stand at the same port.")] = False,
    tied: Annotated[bool, typer.Option("--tied", help="Close when standard input ends.")] = False,
) -> None:
    """Collect events over HTTP from analytics clients into the landing zone, or onto a stream; 200 means kept.

    Example: [cyan]marketpulse collect --landing landing --port 8055[/]
    """
    from marketpulse.cli.render import console
    from marketpulse.errors import UsageError
    from marketpulse.settings import load_settings

    try:
        from marketpulse.door.disk import Sealing
        from marketpulse.door.limits import Limits
        from marketpulse.door.opening import Told, collecting, open_door
        from marketpulse.door.server import listen, serve
    except ModuleNotFoundError as error:
        raise MissingEngineError(f"{error.name} is not installed", hint=_EXTRA) from None
    settings = load_settings(landing=landing, project=project)
    settings.be_private()
    sealing = Sealing(seal_seconds, seal_mb << 20)
    limits = Limits(seconds=request_seconds)
    if stream and landing:
        raise UsageError("a door writes a landing zone or a stream, not both", hint="--landing or --stream")
    told = Told(settings.landing_place, stream, host, keys or str(_found() or ""), proxies, sealing, limits)
    door, into = open_door(told, collecting(settings.project)), stream or settings.landing_place
    try:
        at = listen(host, port, shared=share_port)
    except OSError as error:
        what = f"cannot listen at {host}:{port}: {error.strerror}"
        raise UsageError(what, hint="another --port, or --share-port where another door stands there") from None

    if tied:
        Thread(target=_until_input_ends, daemon=True).start()

    def opened() -> None:
        console.print(f"open at http://{host}:{at.getsockname()[1]}, into {into}", markup=False)
        sys.stdout.flush()

    try:
        serve(door, at, opened)
    except OSError as error:
        what = "stream" if stream else "landing zone"
        raise UsageError(f"the {what} refuses: {error.strerror}", where=into) from None


def _until_input_ends() -> None:
    """Whoever holds the other end of it has ended, or says that this is to end."""
    while sys.stdin.buffer.read(4_096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def tail(
    landing: Landing = None,
    project: ProjectDir = None,
    rejected: Annotated[bool, typer.Option("--rejected", help="Only what was no event, with the reason.")] = False,
    seconds: Annotated[float, typer.Option(min=0, max=1_000_000, help="Stop after so long; 0: at Ctrl-C.")] = 0,
) -> None:
    """Watch events arrive at the doors of a landing zone: when, whose, what, of whom, and whether they are kept.

    Example: [cyan]marketpulse tail --rejected[/]
    """
    import time
    from contextlib import closing, suppress

    from marketpulse.cli.options import need_landing
    from marketpulse.settings import load_settings
    from marketpulse.visible import visible

    try:
        from marketpulse.door.opening import collecting, zone_of
        from marketpulse.door.watching import Watch
    except ModuleNotFoundError as error:
        raise MissingEngineError(f"{error.name} is not installed", hint=_EXTRA) from None
    need_landing(landing)
    settings = load_settings(landing=landing, project=project)
    zone = zone_of(Path(settings.landing_place), collecting(settings.project))
    until = time.monotonic() + seconds if seconds else float("inf")
    with suppress(KeyboardInterrupt), closing(Watch(zone)) as watch:
        while True:
            left = until - time.monotonic()
            for seen in watch.new():
                if not rejected or seen.verdict != "kept":
                    told = f"{seen.at}  {seen.source:12}  {seen.kind[:40]:40}  {seen.who[:40]:40}  {seen.verdict}"
                    print(visible(told), flush=True)
            if left <= 0:  # asked before the look: what arrived while it slept is seen too
                break
            time.sleep(min(_LOOK, left))


@app.command(name="add")
def add(
    source: Source,
    origin: Annotated[
        list[str] | None,
        typer.Option("--origin", help="Pages that may post with it: https://shop.example (default: any)."),
    ] = None,
    rate: Annotated[float, typer.Option(min=0, max=1_000_000, help="Events a second; 0: as many as come.")] = 0,
    existing: Annotated[
        bool, typer.Option("--existing", help="Take the key that stands on standard input: clients have it already.")
    ] = False,
    keys: Keys = None,
) -> None:
    """Make a write key and show it, once: the file has its hash.

    Example: [cyan]marketpulse key add website --origin https://shop.example[/]
    """
    from marketpulse.door.keys import add_key
    from marketpulse.errors import UsageError

    given = sys.stdin.readline().strip() if existing else None
    if existing and not given:
        raise UsageError("no key stands on standard input", hint="echo KEY | marketpulse key add SOURCE --existing")
    key = add_key(keys or Path(_FILE), source, origin or [], rate, given)
    if not existing:
        print(key)


@app.command(name="list")
def list_keys(keys: Keys = None, as_json: AsJson = False) -> None:
    """Sources that have keys, and what each may. The keys themselves are kept nowhere.

    Example: [cyan]marketpulse key list[/]
    """
    from marketpulse.cli.render import table, to_json
    from marketpulse.door.keys import Keys as Found
    from marketpulse.door.keys import read_keys

    path = keys or Path(_FILE)
    found = read_keys(path).keys if keys or path.exists() else Found().keys
    if as_json:
        to_json([each.model_dump() for each in found])
        return
    rows = [
        (each.source, ", ".join(each.origins) or "any", f"{each.rate:g}" if each.rate else "", each.made)
        for each in found
    ]
    table("Write keys", ("source", "pages", "events a second", "made (UTC)"), rows, right=(2,))


@app.command(name="remove")
def remove(source: Source, keys: Keys = None) -> None:
    """Take away all keys of a source; a door that runs hears of it within seconds.

    Example: [cyan]marketpulse key remove website[/]
    """
    from marketpulse.cli.render import console
    from marketpulse.door.keys import remove_keys

    number = remove_keys(keys or Path(_FILE), source)
    console.print(f"{number} key{'s' * (number > 1)} of {source} may post no more", markup=False)


def _found() -> Path | None:
    path = Path(_FILE)
    return path if path.exists() else None
