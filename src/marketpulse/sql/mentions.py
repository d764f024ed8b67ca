"""Which columns of a table a query may read, as far as its text tells: more than those that it reads, never fewer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp

from marketpulse.sql.authored import name_of
from marketpulse.sql.reading import table_name
from marketpulse.sql.same import MOST, Same


def mentioned(query: exp.Query, table: str, columns: Iterable[str]) -> list[str]:
    """Those of the `columns` of a table whose names stand in a query; all where it says `*` of the table.

    >>> from marketpulse.sql import parse
    >>> query = parse("with c as (select a.id, value from silver.readings as a) select id from (select * from c) as d")
    >>> mentioned(query, "silver.readings", ["id", "value", "other"])
    ['id', 'value']
    >>> query = parse("with c as (select r.* from silver.readings as r) select id from c")
    >>> mentioned(query, "silver.readings", ["id", "other"])
    ['id', 'other']
    """
    known, found = list(columns), _mentions(Same(query))
    return known if table in found.whole else [name for name in known if name.lower() in found.names]


@dataclass(frozen=True)
class _Mentions:
    """The tables of which a query says `*`, and every name in it (lower case)."""

    whole: frozenset[str]
    names: frozenset[str]


@lru_cache(MOST)
def _mentions(same: Same[exp.Query]) -> _Mentions:
    stars = [select for select in same.query.find_all(exp.Select) if any(map(_has_star, select.expressions))]
    whole = {table_name(table) for select in stars for table in _tables(select)}
    names = {node.name.lower() for node in same.query.find_all(exp.Identifier)}
    return _Mentions(frozenset(whole), frozenset(names))


def _has_star(given: exp.Expr) -> bool:
    """Whether a column of a select is `*`, or is made of it; `count(*)` reads none."""
    stars = (star.parent for star in given.find_all(exp.Star))
    return any(not isinstance(parent, exp.Anonymous) or name_of(parent) != "count" for parent in stars)


def _tables(select: exp.Select) -> Iterator[exp.Table]:
    """Tables that one select reads, joins in brackets included; not those of selects in it."""
    for source in (select.args.get("from_"), *select.args.get("joins", ())):
        if source:
            yield from (table for table in source.find_all(exp.Table) if table.find_ancestor(exp.Select) is select)
