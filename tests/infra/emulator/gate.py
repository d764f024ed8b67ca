"""The front door: what AWS would refuse is refused here, before anything is done. Applied after all others."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from tests.infra.front_door import operation, refused

_dispatch = DomainDispatcherApplication.__call__


def call(self: Any, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Judge what can be judged, and hand the rest on."""
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if not operation(target):
        return _dispatch(self, environ, start_response)
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    wrong = refused(target, json.loads(body or b"{}"))
    if not wrong:
        return _dispatch(self, environ, start_response)
    said = json.dumps({"__type": "ValidationException", "message": "; ".join(wrong)}).encode()
    headers = [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(said)))]
    start_response("400 Bad Request", headers)
    return [said]


DomainDispatcherApplication.__call__ = call
