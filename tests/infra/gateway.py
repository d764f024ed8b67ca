"""API Gateway, as far as the document of the module asks for it: routes, keys, templates, answers.

What it does is what AWS documents: a request meets a path (literal parts before variables, those before a greedy one),
the authoriser, a usage plan, the validator and a template; what the template makes is asked of the integration; a
response's template makes the answer, and what it overrides is final. Templates are rendered by Velocity in a process of
its own (`velocity.py`), which lives as long as this one.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import threading
import time
import uuid
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from tests.door.house import Heard
from tests.infra.stack import ROOT
from tests.jobs.loading import load_script

PYTHON = ROOT / "build" / "checkov" / "bin" / "python"
#: A request of PutRecord -> status and body of Kinesis' answer.
Put = Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]
_NAME = re.compile(r"[a-zA-Z0-9_.-]+")
_MOST = 10 << 20
Answer = tuple[int, dict[str, str], str]


#: Whoever asks hears its own answer.
_TURN = threading.Lock()


@cache
def _velocity() -> subprocess.Popen[str]:
    script = ROOT / "tests" / "infra" / "velocity.py"
    return subprocess.Popen([PYTHON, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def render(given: Mapping[str, Any]) -> dict[str, Any]:
    """What a template makes of a request or an answer. Environments that are tried at once ask one process."""
    with _TURN:
        process = _velocity()
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(given) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
    assert line, "Velocity ended: the template is none"
    return dict(json.loads(line))


class RefusedError(Exception):
    """What API Gateway answers itself: the type of a gateway response."""


@dataclass
class _Call:
    """One request on its way."""

    path: str
    variables: dict[str, str]
    query: dict[str, str]
    headers: dict[str, str]
    body: str
    context: dict[str, Any]
    identity: dict[str, str]

    def given(self, template: str, body: str | None = None) -> dict[str, Any]:
        """The same for a template; an answer has a body of its own and the parameters of the request."""
        told = {"path": self.variables, "querystring": self.query, "header": self.headers}
        context = {"template": template, "body": self.body if body is None else body, "context": self.context}
        return {**told, **context, "identity": self.identity}


@dataclass
class Gateway:
    """One API. `plans` are values of write keys by their ids; `put` is Kinesis; `now` the time in milliseconds."""

    document: dict[str, Any]
    put: Put
    plans: Mapping[str, str]
    stage: str = "live"
    now: Callable[[], int] = lambda: int(time.time() * 1000)
    _reader: Any = field(default_factory=lambda: load_script("endpoint_key"))

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Heard:
        """One request, and what its client hears."""
        told = dict(headers or {})
        try:
            status, said, text = self._asked(method, path, body, told)
        except RefusedError as refused:
            status, said, text = self._refusal(str(refused))
        return Heard(status, {name.lower(): value for name, value in said.items()}, text.encode())

    def _asked(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        plain, _, query = path.partition("?")
        resource, variables = self._resource(plain)
        operation = self.document["paths"][resource].get(method.lower())
        if operation is None:
            raise RefusedError("MISSING_AUTHENTICATION_TOKEN")
        context = {"requestTimeEpoch": self.now(), "requestId": str(uuid.uuid4()), "httpMethod": method}
        context |= {"path": f"/{self.stage}{plain}", "domainName": "api.example", "stage": self.stage}
        identity = {"sourceIp": "203.0.113.77", "userAgent": headers.get("user-agent", "")}
        asked = dict(parse_qsl(query, keep_blank_values=True))
        call = _Call(resource, variables, asked, headers, _text(body, headers), context, identity)
        if operation.get("security"):
            identity["apiKeyId"] = self._key(call)
        if operation.get("x-amazon-apigateway-request-validator") == "body":
            self._validate(operation, call)
        return self._integrated(operation["x-amazon-apigateway-integration"], call)

    def _resource(self, path: str) -> tuple[str, dict[str, str]]:
        """A path ends where it ends: whether AWS takes a slash there for none is not documented, so it is one more."""
        found = []
        for resource in self.document["paths"]:
            pattern = re.sub(r"\\{(\w+)\\\+\\}", r"(?P<\1>.+)", re.escape(resource))
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", pattern)
            if match := re.fullmatch(pattern, path):
                weight = [2 if "+}" in part else 1 if part[:1] == "{" else 0 for part in resource.split("/")]
                found.append((weight, resource, match.groupdict()))
        if not found:
            raise RefusedError("MISSING_AUTHENTICATION_TOKEN")
        _, resource, variables = min(found, key=lambda each: each[0])
        return resource, variables

    def _key(self, call: _Call) -> str:
        event = {"methodArn": "arn", "headers": call.headers, "queryStringParameters": call.query}
        try:
            shown = self._reader.handler(event, None)["usageIdentifierKey"]
        except PermissionError:
            raise RefusedError("UNAUTHORIZED") from None
        for number, value in self.plans.items():
            if value == shown:
                return number
        raise RefusedError("INVALID_API_KEY")

    def _validate(self, operation: dict[str, Any], call: _Call) -> None:
        schema = self.document["components"]["schemas"]["posted"]
        if _type(call.headers) not in operation["requestBody"]["content"]:
            return
        try:
            value = json.loads(call.body)
        except ValueError:
            raise RefusedError("BAD_REQUEST_BODY") from None
        if not isinstance(value, dict) or len(value) < schema["minProperties"]:
            raise RefusedError("BAD_REQUEST_BODY")

    def _integrated(self, integration: dict[str, Any], call: _Call) -> Answer:
        template = integration["requestTemplates"].get(_type(call.headers))
        if template is None:
            raise RefusedError("UNSUPPORTED_MEDIA_TYPE")
        made = self._rendered(call.given(template))
        if integration["type"] == "mock":
            status, body = json.loads(made["said"])["statusCode"], ""
        else:
            assert integration["uri"].endswith(":kinesis:action/PutRecord")
            status, answer = self._put(json.loads(made["said"]))
            body = json.dumps(answer)
        patterns = integration["responses"]
        chosen = next((p for p in patterns if p != "default" and re.fullmatch(p, str(status))), "default")
        response = patterns[chosen]
        headers = {"Content-Type": "application/json"} | {
            name.removeprefix("method.response.header."): value.strip("'")
            for name, value in response["responseParameters"].items()
        }
        said = self._rendered(call.given(response["responseTemplates"]["application/json"], body))
        return said["status"] or int(response["statusCode"]), headers | said["headers"], said["said"].strip()

    def _put(self, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Kinesis says of a name that is none what it is and what it should be."""
        if not _NAME.fullmatch(request["StreamName"]):
            what = f"Value '{request['StreamName']}' at 'streamName' failed to satisfy constraint: "
            rule = f"Member must satisfy regular expression pattern: {_NAME.pattern}"
            return 400, {"__type": "ValidationException", "message": f"1 validation error detected: {what}{rule}"}
        return self.put(request)

    def _rendered(self, given: dict[str, Any]) -> dict[str, Any]:
        made = render(given)
        if made.get("unreadable"):
            raise RefusedError("BAD_REQUEST_BODY")
        return made

    def _refusal(self, kind: str) -> Answer:
        """A gateway response: its own, or the one of its class."""
        told = self.document["x-amazon-apigateway-gateway-responses"]
        found = told.get(kind) or told["DEFAULT_4XX"]
        headers = {"Content-Type": "application/json"} | {
            name.removeprefix("gatewayresponse.header."): value.strip("'")
            for name, value in found["responseParameters"].items()
        }
        return int(found.get("statusCode", 400)), headers, found["responseTemplates"]["application/json"]


def _type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "application/json").partition(";")[0].strip().lower()


def _text(body: bytes, headers: Mapping[str, str]) -> str:
    """The body unpacked as its header says, as text."""
    encoding = headers.get("content-encoding", "identity")
    if encoding not in ("gzip", "deflate", "identity"):
        raise RefusedError("UNSUPPORTED_MEDIA_TYPE")
    if len(body) > _MOST:
        raise RefusedError("REQUEST_TOO_LARGE")
    found = {"gzip": gzip.decompress, "deflate": zlib.decompress}.get(encoding, bytes)(body)
    return found.decode("utf-8", "replace")
