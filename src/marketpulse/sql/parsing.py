"""Text -> the syntax tree of exactly one query whose columns all have names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from marketpulse.errors import DefinitionError
from marketpulse.sql.authored import Authored
from marketpulse.sql.places import Origin, place_in, refusal

#: Levels that a query may be nested: what is deeper would end the reader, the writer or an engine.
_MOST_DEEP = 120
_DEEP = "nested too deeply to be read"
_FLATTER = "give the inner parts names: with step as (…)"
#: What the tokenizer says of a text, name or comment without an end.
_OPEN = re.compile(r"Missing (.+) from (\d+):\d+")


def parse(text: str, path: Origin = None) -> exp.Query:
    """Parse one query; raise DefinitionError for anything else.

    The tree is shared between callers of the same text: read it, never change it.
    """
    query = parse_query(text, path)
    check_names(query, path)
    return query


def parse_query(text: str, path: Origin = None) -> exp.Query:
    """Parse one query, whatever its columns are called."""
    statements = [s for s in _parsed(text, path) if s is not None and not isinstance(s, exp.Semicolon)]
    if len(statements) != 1:
        found = "no query" if not statements else f"{len(statements)} statements"
        node = statements[1] if len(statements) > 1 else None
        raise refusal(f"{found}, not one query", "write one select", node=node, path=path)
    query = statements[0]
    if not isinstance(query, exp.Query) or isinstance(query, exp.Subquery):
        what = query.sql("spark") if isinstance(query, exp.Column | exp.Alias) else query.key
        raise refusal(f"{what} is no query", "write one select, which may start with with", node=query, path=path)
    return query


def output_columns(query: exp.Query) -> list[str]:
    """Names of the columns that the outermost select gives."""
    return [column.alias_or_name for column in query.selects]


def check_names(query: exp.Query, path: Origin) -> None:
    """Refuse outputs without a name, `*`, and a name given twice."""
    found = list(_wrong_names(query, path))
    if found:
        raise DefinitionError.together(found)


def _wrong_names(query: exp.Query, path: Origin) -> Iterator[DefinitionError]:
    seen: set[str] = set()
    for place, column in enumerate(query.selects, start=1):
        name = column.alias_or_name
        if column.is_star:
            yield refusal("select * in the last select", "name each column", node=column, path=path)
        elif not name:
            yield refusal(f"column {place} has no name", "add `as <name>`", node=column, path=path)
        elif name.lower() in seen:
            yield refusal(f"two columns are called {name}", "rename one of them", node=column, path=path)
        seen.add(name.lower())


def _parsed(text: str, path: Origin) -> tuple[exp.Expr | None, ...]:
    try:
        statements, is_deep = _statements(text)
    except SqlglotError as error:
        raise _unreadable(error, path) from None
    except RecursionError:
        raise refusal(_DEEP, _FLATTER, path=path) from None
    except Exception as error:
        # What no grammar foresaw: the reader itself stumbles over it.
        reason = f"{type(error).__name__}: {error}"
        raise DefinitionError(f"not readable as SQL: {reason}", where=place_in(path)) from error
    if is_deep:
        raise refusal(f"nested more than {_MOST_DEEP} levels deep", _FLATTER, path=path)
    return statements


@lru_cache(maxsize=512)
def _statements(text: str) -> tuple[tuple[exp.Expr | None, ...], bool]:
    """The statements of a text, and whether one of them is nested too deeply."""
    found = tuple(sqlglot.parse(text, read=Authored))
    return found, any(_depth(statement) > _MOST_DEEP for statement in found if statement is not None)


def _depth(tree: exp.Expr) -> int:
    """Levels of a tree, found without recursion; more than `_MOST_DEEP` are not counted."""
    level, depth = [tree], 0
    while level and depth <= _MOST_DEEP:
        level = [child for node in level for child in node.iter_expressions()]
        depth += 1
    return depth


def _unreadable(error: SqlglotError, path: Origin) -> DefinitionError:
    details = getattr(error, "errors", None)
    if not details:
        found = _OPEN.search(str(error.__cause__))
        what = f"what begins with {found[1]} has no end" if found else "a comment or text has no end"
        return DefinitionError(f"not readable as SQL: {what}", where=place_in(path, int(found[2]) if found else None))
    first = details[0]
    what = str(first["description"]).rstrip(". ").split(" but got <Token")[0]
    if "<class" in what:
        what = "something is missing"
    near = str(first["highlight"]).strip()
    line = first["line"]
    # The reader counts to the end of a token.
    column = first["col"] - len(str(first["highlight"])) + 1 if line else None
    place = place_in(path, line, column if column and column > 0 else None)
    return DefinitionError(f"not readable as SQL: {what}" + (f" near {near!r}" if near else ""), where=place)
