"""The server: uvicorn with a clock on every request, and a quick, clean end."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import Callable

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from marketpulse.door.app import Door
from marketpulse.door.limits import Limits

#: Seconds that answers may still take when the door closes.
_LAST = 1
#: Bytes of the head of a request: its address and headers.
_HEAD = 64 << 10
_BACKLOG = 2048
#: Tenths of a second between two looks at the keys.
_TICKS = 20


def listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A socket for the door; one that is `shared` lets a second door stand at the same port. Raise OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=_BACKLOG, reuse_port=shared)


class Connection(HttpToolsProtocol):
    """One connection: who begins a request must have sent it all within `seconds`, its head in few bytes.

    `whole` bounds all that comes behind the head: what is too much is answered, and then not read for ever.
    """

    seconds = 20.0
    most = 4_000
    whole = 4 << 20

    _clock: asyncio.TimerHandle | None = None
    _head = 0
    _behind = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See `HttpToolsProtocol`."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            transport.close()
            return
        self._start()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `HttpToolsProtocol`."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See `HttpToolsProtocol`."""
        self._behind += len(data) * (self._head < 0)
        if self._behind > self.whole or (self._head >= 0 and self._is_too_long(data)):
            self.transport.close()
        else:
            super().data_received(data)

    def on_message_begin(self) -> None:
        """See `HttpToolsProtocol`."""
        self._start()
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """See `HttpToolsProtocol`. What comes behind a body in chunks nobody reads, and it must not be kept."""
        if self._head >= 0:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """See `HttpToolsProtocol`."""
        self._head = -1
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """See `HttpToolsProtocol`."""
        self._head = self._behind = 0
        self._stop()
        super().on_message_complete()

    def _is_too_long(self, data: bytes) -> bool:
        """Whether a head goes on and on."""
        before, self._head = self._head, self._head + len(data)
        if self._head <= _HEAD:
            return False
        end = data.find(b"\r\n\r\n")
        return before + (end if end >= 0 else len(data)) > _HEAD

    def _start(self) -> None:
        if self._clock is None:
            self._clock = self.loop.call_later(self.seconds, self._end)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _end(self) -> None:
        self._clock = None
        self.transport.close()


def serve(door: Door, at: socket.socket, opened: Callable[[], None]) -> None:
    """Answer until SIGTERM or Ctrl-C; `opened` hears when it can be asked.

    Raise OSError when the disk refuses what is left of other doors.
    """
    gc.set_threshold(100_000, 50, 50)  # a batch is thousands of objects and no cycles
    limits = door.posting.limits
    config = uvicorn.Config(
        door,
        loop="uvloop",
        http=type("Limited", (Connection,), _of_connections(limits)),
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="error",  # strangers, who send no HTTP, would fill the log
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_LAST,
    )
    # The server raises again what it was stopped by, when it has stopped: that is a good end.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: None)
    _Server(config, door, opened).run([at])


def _of_connections(limits: Limits) -> dict[str, float]:
    """Twice a body leaves room for the marks of chunks."""
    return {"seconds": limits.seconds, "most": limits.connections, "whole": 2 * limits.body + _HEAD}


class _Server(uvicorn.Server):
    """The journal is open before the first request, and closed after the last."""

    def __init__(self, config: uvicorn.Config, door: Door, opened: Callable[[], None]) -> None:
        super().__init__(config)
        self._opened = opened
        self._door = door
        self._journal = door.posting.journal

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await self._journal.open()
        await super().startup(sockets)
        self._opened()

    async def on_tick(self, counter: int) -> bool:
        if counter % _TICKS == 0:
            self._door.refresh()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        await self._journal.close()
