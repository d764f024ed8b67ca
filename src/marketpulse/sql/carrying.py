"""A silver mapping gives one row for a bronze row, or for an element of it, so that each can say where it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from sqlglot import exp

from marketpulse.errors import DefinitionError
from marketpulse.sql.authored import VALID_JSON, name_of
from marketpulse.sql.functions import FUNCTIONS
from marketpulse.sql.places import Origin, refusal
from marketpulse.sql.reading import table_name
from marketpulse.sql.same import MOST, Same

_FORBIDDEN = ("joins", "laterals", "group", "having", "distinct", "order", "limit", "offset", "windows", "qualify")

_WORDS = {"joins": "join", "laterals": "lateral view", "group": "group by", "order": "order by", "windows": "window"}


def carry(
    query: exp.Query, columns: Sequence[str], table: str, path: Origin = None, json: Sequence[str] = ()
) -> exp.Query:
    """A row-wise mapping of `table` that also yields `columns`; raise DefinitionError for any other.

    `json` names columns of `table` that are known to be null or valid JSON. It is shared between callers who ask the
    same of one query: read it, never change it.

    >>> from marketpulse.sql import parse
    >>> carry(parse("select trim(id) as id from bronze.web"), ["_source_row"], "bronze.web").sql("spark")
    'SELECT TRIM(id) AS id, _source_row FROM bronze.web'
    """
    asked = (tuple(columns), table, tuple(json))
    try:
        return _carried(Same(query), *asked)
    except DefinitionError:
        return _carrying(query, *asked, path)  # once more, for an error that says where


@lru_cache(MOST)
def _carried(same: Same[exp.Query], columns: Sequence[str], table: str, json: Sequence[str]) -> exp.Query:
    return _carrying(same.query, columns, table, json, None)


def _carrying(query: exp.Query, columns: Sequence[str], table: str, json: Sequence[str], path: Origin) -> exp.Query:
    copy = query.copy()
    steps, wrong = steps_of(copy, table, path)
    if wrong:
        raise DefinitionError.together(wrong)
    for column in steps[-1].find_all(exp.Column):
        column.meta[VALID_JSON] = column.name in json
    for select in steps:
        _add(select, columns, path)
    return copy


def steps_of(query: exp.Query, table: str, path: Origin = None) -> tuple[list[exp.Select], list[DefinitionError]]:
    """The selects from the outermost down to the one that reads `table`, and all that is wrong with them."""
    named = {cte.alias.lower(): cte.this for cte in query.find_all(exp.CTE)}
    steps: list[exp.Select] = []
    wrong: list[DefinitionError] = []
    current: exp.Expr | None = query
    while current is not None:
        if not isinstance(current, exp.Select):
            wrong.append(_not_row_wise(current.key, current, path))
            return steps, wrong
        steps.append(current)
        source = current.args.get("from_") or current.args.get("from")
        current, end = _below(source.this if source else current, named, table)
        wrong += _grouping(steps[-1], path, None if current else exploding(steps[-1:]))
        if not end:
            wrong.append(refusal(f"a mapping reads {table} only", node=source or steps[-1], path=path))
    known = {id(step) for step in steps}
    others = [select for select in query.find_all(exp.Select) if id(select) not in known]
    wrong += [_not_row_wise("a subquery or an unused step", select, path) for select in others]
    return steps, wrong


def exploding(steps: Sequence[exp.Select]) -> exp.Alias | None:
    """The column of the last of some steps that has the elements of an array, if there is one."""
    for column in steps[-1].expressions if steps else ():
        call = column.this if isinstance(column, exp.Alias) else None
        if isinstance(column, exp.Alias) and isinstance(call, exp.Anonymous) and name_of(call) == "explode":
            return column
    return None


def _below(relation: exp.Expr, named: dict[str, exp.Expr], table: str) -> tuple[exp.Expr | None, bool]:
    """The query that a relation stands for, None for a table; False when it is neither `table` nor a step."""
    if isinstance(relation, exp.Subquery):
        return relation.this, True
    if isinstance(relation, exp.Table) and not relation.db and relation.name.lower() in named:
        return named.pop(relation.name.lower()), True
    return None, isinstance(relation, exp.Table) and table_name(relation) == table


def _grouping(select: exp.Select, path: Origin, exploded: exp.Alias | None) -> Iterator[DefinitionError]:
    """What makes rows of several, or several of one, in one step; but for a column that is `exploded`."""
    for name in _FORBIDDEN:
        if value := select.args.get(name):
            node = value[0] if isinstance(value, list) else value
            yield _not_row_wise(_WORDS.get(name, name), node, path)
    for found in _own(select):
        if isinstance(found, exp.Window):
            yield _not_row_wise("a window", found, path)
        elif isinstance(found, exp.Anonymous) and not isinstance(found.parent, exp.Window):
            entry = FUNCTIONS.get(name_of(found))
            if entry and entry.kind != "row" and not (exploded and found is exploded.this):
                yield _not_row_wise(f"{name_of(found)}()", found, path)


def _own(select: exp.Select) -> Iterator[exp.Expr]:
    """What stands in a select itself, and not in a query inside of it, or in one of `_FORBIDDEN`."""
    parts = [value for key, value in select.args.items() if key not in (*_FORBIDDEN, "from", "from_", "with", "with_")]
    for part in parts:
        for root in part if isinstance(part, list) else [part]:
            if isinstance(root, exp.Expr):
                yield from root.walk(prune=lambda node: isinstance(node, exp.Query))


def _not_row_wise(what: str, node: exp.Expr, path: Origin) -> DefinitionError:
    hint = "one row of bronze gives one row or none; do this in a gold table"
    if what == "explode()":
        hint = "explode(…) as item stands once, in the select that reads bronze"
    return refusal(f"{what} in the mapping of a feed", hint, node=node, path=path)


def _add(select: exp.Select, columns: Sequence[str], path: Origin) -> None:
    if any(isinstance(e, exp.Star) for e in select.expressions):
        return
    given = {e.alias_or_name.lower(): e for e in select.expressions}
    for column in columns:
        present = given.get(column.lower())
        if present is None:
            select.append("expressions", exp.column(column))
        elif not isinstance(present, exp.Column):
            raise refusal(f"{column} is a column of the platform", "call it something else", node=present, path=path)
