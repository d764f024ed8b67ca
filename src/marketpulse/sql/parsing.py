"""Text -> the syntax tree of exactly one query whose columns all have names."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from marketpulse.errors import DefinitionError
from marketpulse.sql.authored import Authored
from marketpulse.sql.places import refusal


def parse(text: str, path: Path | None = None) -> exp.Query:
    """Parse one query; raise DefinitionError for anything else.

    The tree is shared between callers of the same text: read it, never change it.
    """
    query = parse_query(text, path)
    check_names(query, path)
    return query


def parse_query(text: str, path: Path | None = None) -> exp.Query:
    """Parse one query, whatever its columns are called."""
    statements = [s for s in _parsed(text, path) if s is not None and not isinstance(s, exp.Semicolon)]
    if len(statements) != 1:
        found = "no query" if not statements else f"{len(statements)} statements"
        node = statements[1] if len(statements) > 1 else None
        raise refusal(f"{found}, not one query", "write one select", node=node, path=path)
    query = statements[0]
    if not isinstance(query, exp.Query) or isinstance(query, exp.Subquery):
        raise refusal(
            f"{query.key} is no query", "a model is one select, which may start with with", node=query, path=path
        )
    return query


def output_columns(query: exp.Query) -> list[str]:
    """Names of the columns that the outermost select gives."""
    return [column.alias_or_name for column in query.selects]


def check_names(query: exp.Query, path: Path | None) -> None:
    """Refuse outputs without a name, `*`, and a name given twice."""
    seen: set[str] = set()
    for place, column in enumerate(query.selects, start=1):
        if column.is_star:
            raise refusal("select * in the last select", "name each column", node=column, path=path)
        name = column.alias_or_name
        if not name:
            raise refusal(f"column {place} has no name", "add `as <name>`", node=column, path=path)
        if name.lower() in seen:
            raise refusal(f"two columns are called {name}", "rename one of them", node=column, path=path)
        seen.add(name.lower())


def _parsed(text: str, path: Path | None) -> tuple[exp.Expr | None, ...]:
    try:
        return _statements(text)
    except SqlglotError as error:
        raise _unreadable(error, path) from None


@lru_cache(maxsize=512)
def _statements(text: str) -> tuple[exp.Expr | None, ...]:
    return tuple(sqlglot.parse(text, read=Authored))


def _unreadable(error: SqlglotError, path: Path | None) -> DefinitionError:
    details = getattr(error, "errors", None)
    if not details:
        return DefinitionError(f"not readable as SQL: {str(error).splitlines()[0]}", where=path)
    first = details[0]
    what = str(first["description"]).rstrip(". ")
    near = str(first["highlight"]).strip()
    line = first["line"]
    place = f"{path or 'query'}:{line}" if line else path
    return DefinitionError(f"not readable as SQL: {what}" + (f" near {near!r}" if near else ""), where=place)
