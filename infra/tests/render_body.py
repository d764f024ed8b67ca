"""Render a mapping template of the endpoint with Velocity: what it is given on standard input, what it says on output.

Runs in the environment of infra/requirements.txt. `$input`, `$util`, `$context` and Java's strings and maps are as AWS
documents them.
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

    def startsWith(self, text: str) -> bool:  # noqa: N802 - Java's name
        return self.startswith(text)

    def contains(self, text: str) -> bool:
        return text in self


class Input:
    """`$input`: the body, on one line, and the parameters of the request."""

    def __init__(self, body: Any, params: dict[str, str]) -> None:
        self._body = body
        self._params = params

    def json(self, path: str) -> Text:
        if path != "$":
            raise ValueError(path)
        return Text(json.dumps(self._body, ensure_ascii=False))

    def path(self, path: str) -> Any:
        found = self._body.get(path.removeprefix("$.")) if isinstance(self._body, dict) else None
        return Text(found) if isinstance(found, str) else found

    def params(self, name: str) -> Text:
        return Text(self._params.get(name, ""))


class Util:
    """`$util`."""

    def base64Encode(self, text: str) -> str:  # noqa: N802 - AWS's name
        return base64.b64encode(text.encode()).decode()

    def escapeJavaScript(self, text: str) -> str:  # noqa: N802 - AWS's name
        return json.dumps(text)[1:-1].replace("'", "\\'")


given = json.load(sys.stdin)
override: dict[str, int] = {}
context = {name: Text(value) for name, value in given["context"].items()} | {"responseOverride": override}
names = {"context": context, "util": Util(), "input": Input(given["body"], given["params"])}
said = airspeed.Template(given["template"]).merge(names)
print(json.dumps({"said": json.loads(said), "status": override.get("status")}))
