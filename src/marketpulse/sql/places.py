"""Where something stands in a file, and the refusal that says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlglot import exp

from marketpulse.errors import DefinitionError, Place

#: Line and column in a text of SQL (from 1, None where they are not known) -> the place in the file that holds it.
Where = Callable[[int | None, int | None], Place]
#: What a text of SQL is from: a file that holds nothing else, or part of a file.
Origin = Path | Where | None


def place_in(origin: Origin, line: int | None = None, column: int | None = None) -> Place | None:
    """Place of a character of the text; None when there is nothing to name.

    >>> str(place_in(Path("gold/x/model.sql"), 3, 5))
    'gold/x/model.sql:3:5'
    """
    if callable(origin):
        return origin(line, column)
    return Place(str(origin or "query"), line, column) if origin or line else None


def between(origin: Origin, before: str, text: str) -> Where:
    """The origin of a `text` that stands behind `before` in its first line; what is behind it counts as its end."""
    lines = text.count("\n") + 1
    whole = part_of(origin)

    def where(line: int | None, column: int | None) -> Place:
        if line is not None and line > lines:
            line, column = lines, None
        elif line == 1 and column is not None:
            column = max(column - len(before), 1)
        return place_in(whole, line, column) or Place("query")

    return where


def part_of(origin: Origin) -> Origin:
    """The origin of a text that is only part of a file: without a `Where`, no line of it is one of the file."""
    if origin is None or callable(origin):
        return origin
    whole = Place(str(origin))
    return lambda _line, _column: whole


def position(node: exp.Expr) -> tuple[int | None, int | None]:
    """Line and column of the first token of `node` that is known, or of what encloses it."""
    current: exp.Expr | None = node
    while current is not None:
        tokens = [n.meta for n in current.walk() if "start" in n.meta]
        if tokens:
            first = min(tokens, key=lambda token: int(token["start"]))
            column = int(first["col"]) - (int(first["end"]) - int(first["start"]))
            return int(first["line"]), column if column > 0 else None
        current = current.parent
    return None, None


def refusal(
    message: str, hint: str | None = None, *, node: exp.Expr | None = None, path: Origin = None
) -> DefinitionError:
    """Build the error that names file, line and column of `node`."""
    line, column = position(node) if node is not None else (None, None)
    return DefinitionError(message, where=place_in(path, line, column), hint=hint)
