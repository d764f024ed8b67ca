"""The tables a query reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlglot import exp

from marketpulse.errors import DefinitionError
from marketpulse.sql.places import Origin, refusal


def inputs(query: exp.Query, allow: Collection[str] = (), path: Origin = None) -> tuple[str, ...]:
    """Qualified names of the tables that `query` reads, each once, in the order of the text.

    A name without a layer must be a CTE or one of `allow`.

    >>> from marketpulse.sql import parse
    >>> inputs(parse("with c as (select * from silver.readings) select id from c"))
    ('silver.readings',)
    """
    found: dict[str, None] = {}
    wrong: list[DefinitionError] = []
    for table in sorted(tables_of(query), key=_place):
        name = table_name(table)
        if table.catalog or not isinstance(table.this, exp.Identifier):
            wrong.append(refusal(f"reads {table.sql('spark')}", "read tables as layer.table", node=table, path=path))
        elif table.db or name in allow:
            found[name] = None
        else:
            what = f"reads {name}, which is no step of the query"
            wrong.append(refusal(what, "write layer.table", node=table, path=path))
    if wrong:
        raise DefinitionError.together(wrong)
    return tuple(found)


def tables_of(query: exp.Expr) -> Iterator[exp.Table]:
    """Relations that no step of `query` stands for, where they are read.

    A step is seen by those after it and by the query it belongs to, and by nothing else: what its own text or an
    earlier step reads under its name is a table, and engines take a table's name for a file where they can.

    >>> from marketpulse.sql import parse
    >>> [table.name for table in tables_of(parse("with a as (select id from a) select id from a"))]
    ['a']
    """
    todo: list[tuple[exp.Expr, frozenset[str]]] = [(query, frozenset())]
    while todo:
        node, steps = todo.pop()
        own = node.ctes if isinstance(node, exp.Query) else []
        for cte in own:
            todo.append((cte.this, steps))
            steps |= {cte.alias.lower()}
        if isinstance(node, exp.Table) and (node.db or node.name.lower() not in steps):
            yield node
        todo += [(child, steps) for child in node.iter_expressions() if not (own and isinstance(child, exp.With))]


def misread(query: exp.Query, name: str | None, message: str, hint: str | None, path: Origin) -> DefinitionError:
    """Build the error that points at the first place where `query` reads `name`, at the query for None."""
    nodes = (table for table in query.find_all(exp.Table) if table_name(table) == name)
    return refusal(message, hint, node=min(nodes, key=_place, default=query), path=path)


def table_name(table: exp.Table) -> str:
    """`layer.table`, or the bare name."""
    return f"{table.db}.{table.name}" if table.db else table.name


def _place(table: exp.Table) -> int:
    identifier = table.args.get("db") or table.this
    return int(identifier.meta.get("start", 0))
