"""An emulated AWS on loopback that remembers what was asked of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

LAYERS = ("landing", "bronze", "silver", "gold", "quarantine", "logs")


@dataclass
class Request:
    """One request: `sent` is the number of bytes of the answer."""

    method: str
    path: str
    range: str | None
    sent: int = 0


@dataclass
class Emulator:
    """moto's server behind a counter."""

    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._answer = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        request = Request(environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("HTTP_RANGE"))
        self.requests.append(request)
        return self._counted(request, self._answer(environ, start_response))

    def _counted(self, request: Request, parts: Iterable[bytes]) -> Iterator[bytes]:
        for part in parts:
            request.sent += len(part)
            yield part

    def stop(self) -> None:
        """Close the server."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
