"""A console as somebody wants it: its project read, its token made, its first page answered."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread

from starlette.types import ASGIApp

from marketpulse.console.app import console
from marketpulse.console.guard import Access
from marketpulse.console.hosts import hosts
from marketpulse.console.today import blocks
from marketpulse.errors import MarketPulseError
from marketpulse.project.project import load_project
from marketpulse.serving.desk import Desk
from marketpulse.settings import Settings

_BYTES = 32
#: Between two looks whether a run has ended.
_SECONDS = 5.0


@dataclass(frozen=True)
class Told:
    """Where it listens, and by which names it is asked for."""

    host: str
    port: int
    names: tuple[str, ...] = ()


@contextmanager
def opened_console(settings: Settings, told: Told) -> Iterator[tuple[ASGIApp, str]]:
    """The application, and the address with the token. Raise what the project or the warehouse are wrong in."""
    token = secrets.token_urlsafe(_BYTES)
    # A browser sends cookies to every port: two consoles of a machine do not take each other's.
    access = Access(token, hosts(told.host, told.port, told.names), f"marketpulse_console_{told.port}")
    desk = Desk(settings, load_project(settings.project))
    over = Event()
    try:
        with desk.look():  # what is wrong with the warehouse is told now
            pass
        Thread(target=_keep_warm, args=(desk, over), daemon=True).start()
        host = f"[{told.host}]" if ":" in told.host else told.host
        yield console(desk, access), f"http://{host}:{told.port}/?token={token}"
    finally:
        over.set()
        desk.close()


def _keep_warm(desk: Desk, over: Event) -> None:
    """Answer what the first page asks before somebody waits for it, and again when a run has ended."""
    while not over.is_set():
        with suppress(MarketPulseError), desk.look() as look:  # the page itself will tell
            blocks(look)
        over.wait(_SECONDS)
