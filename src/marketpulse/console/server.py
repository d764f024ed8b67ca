"""The server: uvicorn on a socket of this machine."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable

import uvicorn
from anyio.to_thread import current_default_thread_limiter
from starlette.types import ASGIApp

from marketpulse.errors import UsageError
from marketpulse.machine import is_loopback

_BACKLOG = 128
#: Connections that are answered at once; more are told to come again.
_MOST = 64
#: Pages that are made at once; the others wait.
_THREADS = 8


def listen(host: str, port: int) -> socket.socket:
    """A socket for the console. Raise UsageError where there is none to have."""
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=_BACKLOG
        )
    except OSError as error:
        hint = "another --port; 0 is one that is free" if is_loopback(host) else "an address of this machine"
        raise UsageError(f"cannot listen at {host}:{port}: {error.strerror}", hint=hint) from None


def serve(app: ASGIApp, at: socket.socket, opened: Callable[[], None]) -> None:
    """Answer until SIGTERM or Ctrl-C; `opened` hears when it can be asked."""
    config = uvicorn.Config(
        app, http="h11", ws="none", loop="asyncio", lifespan="off", access_log=False, log_level="warning",
        proxy_headers=False, server_header=False, limit_concurrency=_MOST, timeout_graceful_shutdown=2,
    )  # fmt: skip
    # The server raises again what it was stopped by, when it has stopped: that is a good end.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: None)
    _Server(config, opened).run([at])


class _Server(uvicorn.Server):
    """Tells when it can be asked."""

    def __init__(self, config: uvicorn.Config, opened: Callable[[], None]) -> None:
        super().__init__(config)
        self._opened = opened

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        current_default_thread_limiter().total_tokens = _THREADS
        await super().startup(sockets)
        self._opened()
