"""Render the endpoint's mapping template with Velocity: template and body on standard input, the request on the output.

Runs in the environment of infra/requirements.txt. `$input`, `$util` and Java's strings are as AWS documents them.
"""

import base64
import json
import sys
from typing import Any

import airspeed


class Text(str):
    """A Java string."""

    __slots__ = ()

    def substring(self, start: int, end: int | None = None) -> "Text":
        return Text(self[start:end])

    def length(self) -> int:
        return len(self)


class Input:
    """`$input`: the body, on one line."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def json(self, path: str) -> Text:
        if path != "$":
            raise ValueError(path)
        return Text(json.dumps(self._body, ensure_ascii=False))


class Util:
    """`$util`."""

    def base64Encode(self, text: str) -> str:  # noqa: N802 - AWS's name
        return base64.b64encode(text.encode()).decode()


given = json.load(sys.stdin)
names = {"requestTime": Text(given["time"]), "requestId": "r-1"}
request = json.loads(
    airspeed.Template(given["template"]).merge({"context": names, "util": Util(), "input": Input(given["body"])})
)
print(json.dumps({**request, "Data": base64.b64decode(request["Data"]).decode()}, ensure_ascii=False))
