"""Where something stands in a file, and the refusal that says so."""

from __future__ import annotations

from pathlib import Path

from sqlglot import exp

from marketpulse.errors import DefinitionError


def line_of(node: exp.Expr) -> int | None:
    """Line of the first token of `node` that is known, or of what encloses it."""
    current: exp.Expr | None = node
    while current is not None:
        lines = [n.meta["line"] for n in current.walk() if "line" in n.meta]
        if lines:
            return int(min(lines))
        current = current.parent
    return None


def refusal(
    message: str, hint: str | None = None, *, node: exp.Expr | None = None, path: Path | None = None
) -> DefinitionError:
    """Build the error that names `path:line` of `node`."""
    line = line_of(node) if node is not None else None
    where = f"{path or 'query'}:{line}" if line else (str(path) if path else None)
    return DefinitionError(message, where=where, hint=hint)
