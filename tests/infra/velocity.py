"""Render mapping templates of API Gateway with Velocity: a JSON object a line comes in, one a line goes out.

Runs in the environment of infra/requirements.txt. `$input`, `$util`, `$context`, Java's strings and maps are as AWS
documents them; a method that is not here is a mistake of the template, or of this file.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from functools import cache
from typing import Any
from urllib.parse import quote_plus

import airspeed

# Velocity's names may have hyphens, those of the library may not.
airspeed.NameOrCall.NAME = re.compile(r"([_a-z][a-z0-9_-]*)", re.IGNORECASE)
airspeed.SetDirective.PLACE = re.compile(r"\s*\$([a-z_][a-z0-9_-]*(?:\.[a-z_][a-z0-9_-]*)*)", re.IGNORECASE)
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


class Text(str):
    """A Java string."""

    __slots__ = ()

    def substring(self, start: int, end: int | None = None) -> Text:
        return Text(self[start:end])

    def length(self) -> int:
        return len(self)

    def indexOf(self, text: str) -> int:  # noqa: N802 - Java's name
        return self.find(text)

    def startsWith(self, text: str) -> bool:  # noqa: N802 - Java's name
        return self.startswith(text)

    def contains(self, text: str) -> bool:
        return text in self

    def toLowerCase(self) -> Text:  # noqa: N802 - Java's name
        return Text(self.lower())


class Map(dict[str, Any]):
    """A Java map."""

    def keySet(self) -> list[Text]:  # noqa: N802 - Java's name
        return [Text(name) for name in self]

    def get(self, name: str, *_: Any) -> Any:
        found = dict.get(self, name)
        return Text(found) if isinstance(found, str) else found


class UnreadableError(BaseException):
    """The body is no JSON, and the template asks what stands in it. The library wraps every `Exception`."""


class Input:
    """`$input`: the body as it came, what stands in it, and the parameters of the request."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.body = Text(given["body"])
        self._given = given

    def path(self, path: str) -> Any:
        try:
            found = json.loads(self.body or "{}")
        except ValueError as error:
            raise UnreadableError from error
        for name, place in _STEP.findall(path.removeprefix("$")):
            is_there = isinstance(found, list) and int(place) < len(found) if place else isinstance(found, dict)
            found = (found[int(place)] if place else found.get(name)) if is_there else None
        return Text(found) if isinstance(found, str) else found

    def params(self, name: str | None = None) -> Any:
        where = {kind: Map(self._given[kind]) for kind in ("path", "querystring", "header")}
        if name is None:
            return Map(where)
        return next((found[name] for found in where.values() if name in found), Text(""))


class Util:
    """`$util`."""

    def base64Encode(self, text: str) -> str:  # noqa: N802 - AWS's name
        return base64.b64encode(text.encode()).decode()

    def urlEncode(self, text: str) -> str:  # noqa: N802 - AWS's name
        return quote_plus(str(text), safe="*-._")


@cache
def _template(text: str) -> airspeed.Template:
    return airspeed.Template(text)


def rendered(given: dict[str, Any]) -> dict[str, Any]:
    """What a template says, and what it overrides of the answer."""
    override: dict[str, Any] = {"header": {}}
    texts = {name: Text(value) if isinstance(value, str) else value for name, value in given["context"].items()}
    identity = {name: Text(value) for name, value in given["identity"].items()}
    names = {"context": {**texts, "identity": identity, "responseOverride": override}, "util": Util()}
    try:
        said = _template(given["template"]).merge({**names, "input": Input(given)})
    except UnreadableError:
        return {"unreadable": True}
    # What is set to a name that a reference does not have is said as it is written: a mistake in a template.
    return {"said": said, "status": override.get("status"), "headers": override["header"]}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(rendered(json.loads(line))), flush=True)
