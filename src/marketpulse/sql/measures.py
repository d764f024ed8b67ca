"""A rule of the whole table: a query that gives one number and reads nothing but that table."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sqlglot import exp

from marketpulse.errors import DefinitionError
from marketpulse.sql.authored import name_of
from marketpulse.sql.checking import check
from marketpulse.sql.dialect import Dialect
from marketpulse.sql.functions import FUNCTIONS
from marketpulse.sql.parsing import parse_query
from marketpulse.sql.places import Origin, part_of, refusal
from marketpulse.sql.reading import table_name, tables_of
from marketpulse.sql.same import MOST
from marketpulse.sql.translating import translate

#: What authors write for the table, and a name of as many letters that grammars read: places stay right.
_WRITTEN, MEASURED = "{table}", "_table_"
_EXAMPLE = "for example select count(*) from {table} where quantity < 0"


def measure(text: str, path: Origin = None) -> exp.Query:
    """Query of a rule over the table `MEASURED`. Raise DefinitionError for what may read more, or give more.

    It is shared between callers: read it, never change it.

    >>> measure("select sum(amount) from {table}").sql("spark")
    'SELECT SUM(amount) FROM _table_'
    """
    try:
        return _sound(text)
    except DefinitionError:
        return _checked(text, part_of(path))  # once more, for an error that says where


@lru_cache(MOST)
def _sound(text: str) -> exp.Query:
    return _checked(text, None)


def _checked(text: str, path: Origin) -> exp.Query:
    query = parse_query(text.replace(_WRITTEN, MEASURED), path)
    check(query, path)
    found = list(_wrong(query, path))
    if found:
        raise DefinitionError.together(found)
    return query


def _wrong(query: exp.Query, path: Origin) -> Iterator[DefinitionError]:
    tables = list(tables_of(query))
    others = [table for table in tables if table_name(table) != MEASURED]
    for table in others:
        yield refusal(f"reads {table.sql('spark')}", f"a rule reads {_WRITTEN} only", node=table, path=path)
    if not tables:
        yield refusal(f"does not read {_WRITTEN}", _EXAMPLE, node=query, path=path)
    if len(query.selects) != 1:
        yield refusal(f"gives {len(query.selects)} columns, not one number", _EXAMPLE, node=query, path=path)
    if not _one_row(query):
        yield refusal("may give no row, or several, not one number", _EXAMPLE, node=query, path=path)


def measured(text: str, dialect: Dialect, table: str, path: Origin = None) -> str:
    """SQL of a rule's query over the relation `table`, for an engine."""
    return translate(measure(text, path), dialect, {MEASURED: table})


def _one_row(query: exp.Query) -> bool:
    """Whether a query certainly gives exactly one row: it groups everything, or it reads nothing itself."""
    if not isinstance(query, exp.Select):
        return False
    if any(query.args.get(part) for part in ("group", "having", "limit", "offset", "distinct", "qualify", "laterals")):
        return False
    if query.args.get("from_") or query.args.get("from"):
        return all(_has(column, "aggregate") for column in query.selects)
    return not query.args.get("where") and not any(_has(column, "generator") for column in query.selects)


def _has(column: exp.Expr, kind: str) -> bool:
    """Whether an expression has a call of that kind of its own, in no window and in no subquery."""
    return any(
        isinstance(node, exp.Anonymous)
        and (entry := FUNCTIONS.get(name_of(node))) is not None
        and entry.kind == kind
        and not isinstance(node.parent, exp.Window)
        for node in column.walk(prune=lambda node: isinstance(node, exp.Query | exp.Window))
    )
