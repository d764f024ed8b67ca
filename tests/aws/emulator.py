"""An emulated AWS on loopback that remembers what was asked of it."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from moto.glue.models import glue_backends
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

REGION = "us-east-2"
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
    refused: int = 0

    def __post_init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._updating = threading.Lock()
        self._answer = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("HTTP_X_AMZ_TARGET") == "AWSGlue.UpdateTable":
            with self._updating:
                return self._update_table(environ, start_response)
        request = Request(environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("HTTP_RANGE"))
        self.requests.append(request)
        return self._counted(request, self._answer(environ, start_response))

    def _update_table(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """Refuse an update of a version that is no longer current, as Glue does and moto does not."""
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        asked = json.loads(body)
        table = glue_backends["123456789012"][REGION].get_table(asked["DatabaseName"], asked["TableInput"]["Name"])
        if asked.get("VersionId", str(len(table.versions))) != str(len(table.versions)):
            self.refused += 1
            start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.1")])
            return [b'{"__type": "ConcurrentModificationException", "Message": "another version is current"}']
        environ["wsgi.input"] = io.BytesIO(body)
        return list(self._answer(environ, start_response))

    def _counted(self, request: Request, parts: Iterable[bytes]) -> Iterator[bytes]:
        for part in parts:
            request.sent += len(part)
            yield part

    def stop(self) -> None:
        """Close the server."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
