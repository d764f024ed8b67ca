"""A wire as somebody wants it: its project read, its password made, its certificate loaded."""

from __future__ import annotations

import secrets
import ssl
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from marketpulse.errors import MarketPulseError, UsageError
from marketpulse.machine import is_loopback
from marketpulse.project.project import load_project
from marketpulse.serving.desk import Desk
from marketpulse.serving.slots import Slots
from marketpulse.settings import Settings
from marketpulse.wire.asking import House
from marketpulse.wire.catalogue import known
from marketpulse.wire.server import Server
from marketpulse.wire.startup import Guard

_BYTES = 32
_LEAST = 16
#: Queries at once; each may take the memory that `query_memory_mb` says. Seconds that another waits for a place.
_QUERIES, _PATIENCE = 4, 30.0
#: Queries over the catalogue at once.
_ASIDES = 8
#: Between two looks whether a run has ended.
_SECONDS = 5.0


@dataclass(frozen=True)
class Told:
    """Where it listens, and the files of its password, its certificate and the certificate's key."""

    host: str
    port: int
    password: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True)
class Opened:
    """A wire that can serve, and what to tell: `password` is None where a file has it."""

    server: Server
    database: str
    user: str
    password: str | None


@contextmanager
def opened_wire(settings: Settings, told: Told) -> Iterator[Opened]:
    """A wire over a warehouse. Raise UsageError for a host without TLS, and what project or warehouse are wrong in."""
    tls = _certificate(told)
    own = is_loopback(told.host)
    if not own and tls is None:
        hint = "add --tls-certificate FILE --tls-key FILE, or leave --host away and come through a tunnel"
        raise UsageError(f"{told.host} is not this machine alone: passwords and rows would go unencrypted", hint=hint)
    password = _password(told.password) if told.password else secrets.token_urlsafe(_BYTES)
    project = load_project(settings.project)
    desk = Desk(settings, project)
    with ExitStack() as closing:
        closing.callback(desk.close)
        with desk.look():  # what is wrong with the warehouse is told now
            pass
        house = House(desk, project.name, Slots(_QUERIES, _PATIENCE), Slots(_ASIDES, _PATIENCE))
        over = Event()
        Thread(target=_keep_warm, args=(house, over), daemon=True).start()
        closing.callback(over.set)
        guard = Guard(password, project.name, tls, must_encrypt=not own)
        yield Opened(Server(house, guard), project.name, settings.role, None if told.password else password)


def _keep_warm(house: House, over: Event) -> None:
    """Fill the catalogue before somebody waits for it, and again when a run has ended."""
    while not over.is_set():
        with suppress(MarketPulseError), house.desk.look() as look:  # whoever asks is told
            known(look, house.name, house.kept)
        over.wait(_SECONDS)


def _certificate(told: Told) -> ssl.SSLContext | None:
    if told.certificate is None and told.key is None:
        return None
    if told.certificate is None or told.key is None:
        raise UsageError("TLS needs both", hint="--tls-certificate FILE --tls-key FILE")
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        found.load_cert_chain(told.certificate, told.key)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"no certificate with its key: {error}", where=told.certificate) from None
    return found


def _password(file: Path) -> str:
    """What a file says that others cannot read. Raise UsageError for any other."""
    try:
        mode, found = file.stat().st_mode, file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"no password can be read: {error}", where=file) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError("others may read the password", where=file, hint=f"chmod 600 {file}")
    if len(found) < _LEAST or "\n" in found:
        hint = "for example: openssl rand -base64 24"
        raise UsageError(f"a password is one line of {_LEAST} characters or more", where=file, hint=hint)
    return found
