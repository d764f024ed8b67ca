"""A shop with people in it, its wire as a server of this machine, and a client that says whatever bytes it likes."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg

from marketpulse.settings import Settings
from marketpulse.wire.opening import Told, opened_wire
from marketpulse.wire.server import Server, listen
from tests.serving.metrics.counting import with_metrics
from tests.shop import MiniShop, contract

BUYERS = [("buyer_id", "string", "key"), ("email", "string", ""), ("pieces", "long", "")]


def peopled(root: Path) -> MiniShop:
    """Lines, metrics over them, clicks with their times, and buyers whose addresses are personal."""
    shop = with_metrics(MiniShop(root))
    text = contract("gold.dim_buyer", BUYERS)
    for name in ("buyer_id", "email"):
        text = text.replace(f"{{name: {name},", f"{{name: {name}, classification: pii,")
    shop.write("gold/dim_buyer/contract.yaml", text)
    model = "select id as buyer_id, concat(id, '@people.example') as email, qty as pieces from silver.sales\n"
    shop.write("gold/dim_buyer/model.sql", model)
    shop.land_sales("2026-01-01", "ada,2026-01-01,1,1.5", "bob,2026-01-02,7,20.25", "eve,2026-01-02,2,-0.0001")
    shop.land("clicks/a.json", '{"id":"a","ts":"2026-01-01T10:00:01.250Z","name":"view"}\n')
    shop.run()
    return shop


@dataclass(frozen=True)
class Wire:
    """A wire that serves: where, and its password."""

    port: int
    password: str
    server: Server
    database: str = "mini"

    @property
    def url(self) -> str:
        """As libpq takes it."""
        return f"postgresql://analyst:{self.password}@127.0.0.1:{self.port}/{self.database}"

    def connect(self, **more: Any) -> psycopg.Connection:
        """Somebody who has the password."""
        return psycopg.connect(self.url, autocommit=True, connect_timeout=10, **more)

    def rows(self, query: str, *given: Any, binary: bool = False) -> list[tuple[Any, ...]]:
        """What a query gives."""
        with self.connect() as connection:
            return connection.execute(query, given or None, binary=binary).fetchall()


@contextmanager
def wired(
    shop: MiniShop, *, masked: bool = True, told: Told | None = None, settings: Settings | None = None
) -> Iterator[Wire]:
    """The wire of a shop, as long as it is asked."""
    seen = replace(settings or shop.settings, role="analyst" if masked else "steward")
    with opened_wire(seen, told or Told("127.0.0.1", 0)) as opened:
        at = listen("127.0.0.1", 0)
        thread = Thread(target=opened.server.answer, args=(at,), daemon=True)
        found = Wire(at.getsockname()[1], opened.password or "", opened.server, opened.database)
        thread.start()
        try:
            yield found
        finally:
            opened.server.end()
            thread.join()


class Raw:
    """A connection of bytes."""

    def __init__(self, wire: Wire) -> None:
        self.socket = socket.create_connection(("127.0.0.1", wire.port), timeout=10)
        self._wire = wire

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def say(self, *parts: bytes) -> None:
        """Send bytes."""
        self.socket.sendall(b"".join(parts))

    def begin(self, *said: str) -> None:
        """The startup message."""
        body = b"".join(each.encode() + b"\0" for each in said or ("user", "analyst", "database", self._wire.database))
        self.say(struct.pack("!ii", len(body) + 9, 3 << 16), body, b"\0")

    def enter(self) -> tuple[int, int]:
        """Come in; the number and the secret by which this connection can be cancelled."""
        self.begin()
        assert self.hear()[0] == b"R"
        self.message(b"p", self._wire.password.encode() + b"\0")
        key = (0, 0)
        while (heard := self.hear())[0] != b"Z":
            if heard[0] == b"K":
                key = struct.unpack("!iI", heard[1])
        return key

    def message(self, letter: bytes, body: bytes = b"") -> None:
        """Send a message."""
        self.say(letter, struct.pack("!i", len(body) + 4), body)

    def hear(self) -> tuple[bytes, bytes]:
        """The next message; its letter is empty when nobody is there any more."""
        head = self._exactly(5)
        if len(head) < 5:
            return b"", b""
        return head[:1], self._exactly(struct.unpack("!i", head[1:])[0] - 4)

    def until_ready(self) -> list[tuple[bytes, bytes]]:
        """All messages up to the one that the next query may come."""
        found = []
        while (heard := self.hear())[0] not in (b"Z", b""):
            found.append(heard)
        return found

    def _exactly(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            try:
                part = self.socket.recv(count - len(found))
            except ConnectionResetError:
                return b""
            if not part:
                return b""
            found += part
        return found


def said(body: bytes) -> dict[str, str]:
    """The fields of an error."""
    return {part[:1].decode(): part[1:].decode() for part in body.split(b"\0") if part}
