"""API Gateway, asked: what a client hears of the document that stands there, its templates rendered by Velocity.

Who is asked is in the request's Host, as on AWS. What a template makes for Kinesis is put there in the name of the role
that the document says, so that the role's policy is judged.
"""

from __future__ import annotations

import copy
import re
import sys
import threading
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from moto.apigateway.models import APIGatewayBackend, apigateway_backends
from moto.core import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

_put, _dispatch = APIGatewayBackend.put_rest_api, DomainDispatcherApplication.__call__
_HOST = re.compile(r"(\w+)\.execute-api\.([\w-]+)\.amazonaws\.com")
#: Documents by the ids of their APIs.
_documents: dict[str, dict[str, Any]] = {}
#: Velocity is one process, and reads one request after the other.
_one = threading.Lock()


def put_rest_api(self: Any, function_id: str, api_doc: dict[str, Any], *more: Any, **named: Any) -> Any:
    """Keep the document as it was given."""
    _documents[function_id] = copy.deepcopy(api_doc)
    return _put(self, function_id, api_doc, *more, **named)


def call(self: Any, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer what is meant for an API, and hand the rest on."""
    host = _HOST.fullmatch(environ.get("HTTP_HOST", ""))
    if host is None:
        return _dispatch(self, environ, start_response)
    heard = _asked(host[1], host[2], environ)
    start_response(f"{heard.status} -", [*heard.headers.items(), ("Content-Length", str(len(heard.body)))])
    return [heard.body]


def _asked(api: str, region: str, environ: dict[str, Any]) -> Any:
    from tests.infra.gateway import Gateway
    from tests.infra.posting import put_record

    _, stage, path = environ["PATH_INFO"].split("/", 2)
    query = environ.get("QUERY_STRING", "")
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name[:5] == "HTTP_"}
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    keys = {key.id: key.value for key in apigateway_backends[DEFAULT_ACCOUNT_ID][region].keys.values()}
    document = _documents[api]
    gateway = Gateway(document, partial(put_record, _kinesis(document)), keys, stage)
    with _one:
        return gateway.ask(environ["REQUEST_METHOD"], f"/{path}?{query}" if query else f"/{path}", body, headers)


def _kinesis(document: dict[str, Any]) -> Any:
    """A client in the name of the role that the document says."""
    from tests.infra.emulated import environment
    from tests.infra.pipeline import as_role, client

    operations = (each for methods in document["paths"].values() for each in methods.values())
    asked = (each.get("x-amazon-apigateway-integration", {}) for each in operations)
    (role,) = {each["credentials"] for each in asked if each.get("credentials")}
    here = f"http://127.0.0.1:{sys.argv[sys.argv.index('-p') + 1]}"
    return client(as_role(environment(Path(mkdtemp()), here), role, near=""), "kinesis")


APIGatewayBackend.put_rest_api = put_rest_api
DomainDispatcherApplication.__call__ = call
