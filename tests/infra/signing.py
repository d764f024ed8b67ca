"""Requests as AWS's own client sends them, caught before they leave."""

from __future__ import annotations

import io
from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config

#: It checks nothing itself, so that the front door has to.
_SESSION = botocore.session.get_session()
_CONFIG = Config(parameter_validation=False, s3={"addressing_style": "path"}, retries={"max_attempts": 0})


def request(service: str, operation: str, who: str = "somebody", **given: Any) -> dict[str, Any]:
    """The WSGI environment of a request, signed by `who`."""
    client, caught = _client(service, who)
    name = next(each for each, real in client.meta.method_to_api_mapping.items() if real == operation)
    with suppress(Exception):  # the answer is none; what was sent is what is wanted
        getattr(client, name)(**given)
    return _environ(caught.pop())


@cache
def _client(service: str, who: str) -> tuple[Any, list[Any]]:
    """A client, and what it wanted to send."""
    keys = {"aws_access_key_id": who, "aws_secret_access_key": "testing"}
    client = _SESSION.create_client(service, "us-east-2", endpoint_url="http://127.0.0.1:1", config=_CONFIG, **keys)
    caught: list[Any] = []

    def catch(request: Any, **_: Any) -> AWSResponse:
        caught.append(request)
        return AWSResponse(request.url, 200, {}, _Nothing())

    client.meta.events.register("before-send", catch)
    return client, caught


def _environ(sent: Any) -> dict[str, Any]:
    url = urlsplit(sent.url)
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
    body = body if isinstance(body, bytes) else body.read()
    headers = {name.upper().replace("-", "_"): _text(value) for name, value in sent.headers.items()}
    environ = {
        f"HTTP_{name}": value for name, value in headers.items() if name not in ("CONTENT_TYPE", "CONTENT_LENGTH")
    }
    return environ | {
        "REQUEST_METHOD": sent.method, "SERVER_NAME": url.hostname, "SERVER_PORT": str(url.port), "PATH_INFO": url.path,
        "QUERY_STRING": url.query, "RAW_URI": url.path, "CONTENT_TYPE": headers.get("CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "http",
    }  # fmt: skip


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


class _Nothing:
    """The body of an answer that never came."""

    def stream(self) -> list[bytes]:
        """Nothing."""
        return []
