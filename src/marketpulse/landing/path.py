"""Where in a document its records are: `lines`, `data[*].line_items[*]`, `order["line items"]`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_STEP = re.compile(
    r"""\s*(?:
        (?P<every>\[\s*\*?\s*\])
      | \[\s*(?P<bracket>"(?:[^"\\]|\\.)*"|'[^']*')\s*\]
      | \.?\s*(?P<quoted>"(?:[^"\\]|\\.)*"|'[^']*'|`[^`]*`)
      | \.?\s*(?P<plain>[^.\[\]"'`\s](?:[^.\[\]"'`]*[^.\[\]"'`\s])?)
    )\s*""",
    re.VERBOSE,
)


def steps(path: str) -> tuple[str, ...]:
    """Names of the fields on the way, from the outside. Raise ValueError with what is wrong.

    Where a field holds an array, the way goes on in each of its elements: `[*]` may be written, and need not be.

    >>> steps("data[*].line_items[*]"), steps("$.order['line items']")
    (('data', 'line_items'), ('order', 'line items'))
    """
    found: list[str] = []
    at = len(path) - len(path.lstrip())
    at += path.startswith("$", at) and (len(path) == at + 1 or path[at + 1] in ".[")
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            raise ValueError(f"cannot be read from {path[at:]!r} on")
        at = match.end()
        if not match["every"]:
            found.append(_name(match["bracket"] or match["quoted"] or match["plain"]))
    return tuple(found)


def wrong_path(path: str | None) -> Iterator[tuple[str, str, str | None]]:
    """The problem of an option `records` that leads nowhere (see `Format.problems`)."""
    if path is None:
        return
    try:
        if not steps(path):
            yield "records", f"{path!r} names no field", "an array at the top needs no path: leave it out"
    except ValueError as error:
        yield "records", f"{path!r} is no path: {error}", "for example data[*].line_items[*]"


def _name(text: str) -> str:
    if text[0] == '"':
        return str(json.loads(text))
    return text[1:-1] if text[0] in "'`" else text
