"""The front door: what AWS would refuse or deny is refused here, before anything is done. Applied after all others."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from typing import Any
from xml.sax.saxutils import escape

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from tests.infra.asked import Asked, UnreadableError, asked
from tests.infra.front_door import operation, refused, wrong
from tests.infra.permissions import UnknownRequestError
from tests.infra.standing import denied

_dispatch = DomainDispatcherApplication.__call__
_REFUSED, _DENIED = ("400 Bad Request", "ValidationException"), ("403 Forbidden", "AccessDenied")


def call(self: Any, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Judge what can be judged, and hand the rest on."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    (status, code), said = _judged(environ, body)
    environ["wsgi.input"] = io.BytesIO(body)
    if not said:
        return _dispatch(self, environ, start_response)
    is_json = "json" in environ.get("CONTENT_TYPE", "")
    answer = _json(code, said) if is_json else _xml(code, said)
    kind = "application/x-amz-json-1.1" if is_json else "application/xml"
    headers = [("Content-Type", kind), ("Content-Length", str(len(answer))), ("x-amzn-ErrorType", code)]
    start_response(status, headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer]


def _judged(environ: dict[str, Any], body: bytes) -> tuple[tuple[str, str], str]:
    """How a request is answered, and what is said; nothing is said of what is taken."""
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if operation(target) and (found := refused(target, json.loads(body or b"{}"))):
        return _REFUSED, "; ".join(found)
    try:
        request = asked(environ)
    except UnreadableError as error:
        return _REFUSED, str(error)
    if request is None:
        return _REFUSED, ""
    if not operation(target) and (found := wrong(request)):
        return _REFUSED, "; ".join(found)
    return _DENIED, _denied(request) or ""


def _denied(request: Asked) -> str | None:
    try:
        return denied(request)
    except UnknownRequestError as error:
        return str(error)


def _json(code: str, said: str) -> bytes:
    return json.dumps({"__type": code if code.endswith("Exception") else f"{code}Exception", "message": said}).encode()


def _xml(code: str, said: str) -> bytes:
    """Of S3, and of services that take forms: a client of either finds its own."""
    error = f"<Code>{code}</Code><Message>{escape(said)}</Message>"
    return f"<?xml version='1.0'?><Error>{error}<Error>{error}</Error></Error>".encode()


DomainDispatcherApplication.__call__ = call
