"""The tables a query reads."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from sqlglot import exp

from marketpulse.sql.places import refusal


def inputs(query: exp.Query, allow: Collection[str] = (), path: Path | None = None) -> tuple[str, ...]:
    """Qualified names of the tables that `query` reads, each once, in the order of the text.

    A name without a layer must be a CTE or one of `allow`.

    >>> from marketpulse.sql import parse
    >>> inputs(parse("with c as (select * from silver.readings) select id from c"))
    ('silver.readings',)
    """
    found: dict[str, None] = {}
    steps = _steps(query)
    for table in sorted(query.find_all(exp.Table), key=_place):
        name = table_name(table)
        if table.catalog or not isinstance(table.this, exp.Identifier):
            raise refusal(f"reads {table.sql('spark')}", "read tables as layer.table", node=table, path=path)
        if "." in name or name in allow:
            found[name] = None
        elif name not in steps:
            raise refusal(f"reads {name}, which is no step of the query", "write layer.table", node=table, path=path)
    return tuple(found)


def table_name(table: exp.Table) -> str:
    """`layer.table`, or the bare name."""
    return f"{table.db}.{table.name}" if table.db else table.name


def _steps(query: exp.Query) -> set[str]:
    return {cte.alias for cte in query.find_all(exp.CTE)}


def _place(table: exp.Table) -> int:
    identifier = table.args.get("db") or table.this
    return int(identifier.meta.get("start", 0))
