"""A silver mapping gives one row for a bronze row, so that each row can say where it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlglot import exp

from marketpulse.sql.authored import VALID_JSON, name_of
from marketpulse.sql.functions import FUNCTIONS
from marketpulse.sql.places import refusal
from marketpulse.sql.reading import table_name

_FORBIDDEN = ("joins", "laterals", "group", "having", "distinct", "order", "limit", "offset", "windows", "qualify")


def carry(
    query: exp.Query, columns: Sequence[str], table: str, path: Path | None = None, json: Sequence[str] = ()
) -> exp.Query:
    """Copy of a row-wise mapping of `table` that also yields `columns`; raise DefinitionError for any other.

    `json` names columns of `table` that are known to be null or valid JSON.

    >>> from marketpulse.sql import parse
    >>> carry(parse("select trim(id) as id from bronze.web"), ["_source_row"], "bronze.web").sql("spark")
    'SELECT TRIM(id) AS id, _source_row FROM bronze.web'
    """
    copy = query.copy()
    steps = list(_chain(copy, table, path))
    for select in copy.find_all(exp.Select):
        if not any(select is step for step in steps):
            raise _not_row_wise("a subquery or an unused step", select, path)
    for column in steps[-1].find_all(exp.Column):
        column.meta[VALID_JSON] = column.name in json
    for select in steps:
        _add(select, columns, path)
    return copy


def _chain(query: exp.Query, table: str, path: Path | None) -> Iterator[exp.Select]:
    """The selects from the outermost down to the one that reads `table`."""
    steps = {cte.alias: cte.this for cte in query.find_all(exp.CTE)}
    current: exp.Expr = query
    while True:
        yield _checked(current, path)
        source = current.args.get("from_") or current.args.get("from")
        relation = source.this if source else None
        if isinstance(relation, exp.Subquery):
            current = relation.this
        elif isinstance(relation, exp.Table) and not relation.db and relation.name in steps:
            current = steps.pop(relation.name)
        elif isinstance(relation, exp.Table) and table_name(relation) == table:
            return
        else:
            raise refusal(f"a mapping reads {table} only", node=current, path=path)


def _checked(node: exp.Expr, path: Path | None) -> exp.Select:
    if not isinstance(node, exp.Select):
        raise _not_row_wise(node.key, node, path)
    for name in _FORBIDDEN:
        if node.args.get(name):
            raise _not_row_wise({"laterals": "lateral view", "joins": "join"}.get(name, name), node, path)
    for found in node.find_all(exp.Anonymous, exp.Window):
        if isinstance(found, exp.Window):
            raise _not_row_wise("a window", found, path)
        entry = FUNCTIONS.get(name_of(found))
        if entry and entry.kind != "row":
            raise _not_row_wise(f"{name_of(found)}()", found, path)
    return node


def _not_row_wise(what: str, node: exp.Expr, path: Path | None) -> Exception:
    hint = "one row of bronze gives one row or none; do this in a gold table"
    return refusal(f"{what} in the mapping of a feed", hint, node=node, path=path)


def _add(select: exp.Select, columns: Sequence[str], path: Path | None) -> None:
    if any(isinstance(e, exp.Star) for e in select.expressions):
        return
    given = {e.alias_or_name.lower(): e for e in select.expressions}
    for column in columns:
        present = given.get(column.lower())
        if present is None:
            select.append("expressions", exp.column(column))
        elif not isinstance(present, exp.Column):
            raise refusal(f"{column} is a column of the platform", "call it something else", node=present, path=path)
