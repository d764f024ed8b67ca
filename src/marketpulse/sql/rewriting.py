"""Changes of the tree before DuckDB's text is written: each a function from a query to a query."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from marketpulse.sql.authored import name_of
from marketpulse.sql.functions import UnsupportedError
from marketpulse.sql.reading import table_name, tables_of


def rename_tables(query: exp.Expr, tables: Mapping[str, str]) -> exp.Expr:
    """Replace `layer.table` (or a bare name) by what it is bound to; columns may still be qualified by `table`."""
    for table in list(tables_of(query)):
        name = tables.get(table_name(table))
        if name is None:
            continue
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=table.this.args.get("quoted"))))
        table.set("db", None)
        table.set("this", exp.to_identifier(name, quoted=True))
    for column in query.find_all(exp.Column):
        if column.db and f"{column.db}.{column.table}" in tables:
            column.set("db", None)
    return query


def expand_laterals(query: exp.Expr) -> exp.Expr:
    """`lateral view explode(x) t as y` -> a join with the rows of the array."""
    for select in query.find_all(exp.Select):
        laterals = select.args.get("laterals") or []
        if laterals:
            joins = select.args.get("joins") or []
            select.set("joins", [*joins, *(_join(lateral) for lateral in laterals)])
            select.set("laterals", [])
    return query


def _join(lateral: exp.Lateral) -> exp.Join:
    call = lateral.this
    if not isinstance(call, exp.Anonymous) or name_of(call) not in ("explode", "posexplode"):
        raise UnsupportedError(f"lateral view {call.name}", "use explode or posexplode")
    array = call.expressions[0]
    names = [column.name for column in lateral.args["alias"].args.get("columns") or []]
    rows = exp.Anonymous(this="explode", expressions=[array.copy()])
    if name_of(call) == "explode":
        given = [exp.alias_(rows, (names or ["col"])[0])]
    else:
        place, value = names or ["pos", "col"]
        places = exp.Anonymous(this="_subscripts", expressions=[array.copy()])
        given = [exp.alias_(places, place), exp.alias_(rows, value)]
    inner = exp.Select(expressions=given)
    source = exp.Lateral(this=exp.Subquery(this=inner), alias=exp.TableAlias(this=lateral.args["alias"].this))
    if lateral.args.get("outer"):
        return exp.Join(this=source, side="LEFT", on=exp.true())
    return exp.Join(this=source, kind="CROSS")
