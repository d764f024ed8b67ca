"""Which columns of a table a query may read, as far as its text tells: more than those that it reads, never fewer."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from marketpulse.sql.reading import table_name


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
    known = list(columns)
    for select in query.find_all(exp.Select):
        read = {table_name(source.this) for source in _sources(select) if isinstance(source.this, exp.Table)}
        if table in read and any(each.is_star for each in select.expressions):
            return known
    names = {node.name.lower() for node in query.find_all(exp.Identifier)}
    return [name for name in known if name.lower() in names]


def _sources(select: exp.Select) -> list[exp.Expr]:
    """From and joins of one select."""
    return [each for each in (select.args.get("from_"), *select.args.get("joins", ())) if each]
