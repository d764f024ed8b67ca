"""From which columns of which tables each output column is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from marketpulse.sql.authored import Authored
from marketpulse.sql.reading import table_name

Origins = list[tuple[str, str]]


def column_lineage(query: exp.Query, schemas: Mapping[str, Sequence[str]]) -> dict[str, Origins]:
    """For each output column, the (table, column) pairs it is computed from, through steps and subqueries.

    >>> from marketpulse.sql import parse
    >>> query = parse("with c as (select value * 2 as twice from silver.readings) select sum(twice) as total from c")
    >>> column_lineage(query, {"silver.readings": ["value"]})
    {'total': [('silver.readings', 'value')]}
    """
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for name, columns in schemas.items():
        layer, _, table = name.partition(".")
        schema.setdefault(layer, {})[table] = dict.fromkeys(columns, "string")
    tree = qualify(
        query.copy(),
        dialect=Authored,
        schema=dict(schema),
        validate_qualify_columns=False,
        quote_identifiers=False,
        identify=False,
        allow_partial_qualification=True,
    )
    scope = build_scope(tree)
    if scope is None:
        return {}
    walk = _Walk()
    return {name: walk.origins(scope, name) for name in tree.named_selects}


class _Walk:
    """Follows columns through scopes; what was found once is remembered."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], Origins] = {}

    def origins(self, scope: Scope, name: str) -> Origins:
        key = (id(scope), name)
        if key not in self._known:
            self._known[key] = []
            self._known[key] = list(dict.fromkeys(self._find(scope, name)))
        return self._known[key]

    def _find(self, scope: Scope, name: str) -> Origins:
        if scope.set_operation_scopes:
            first = _names(scope.set_operation_scopes[0])
            place = first.index(name) if name in first else 0
            parts = [(s, _names(s)[place]) for s in scope.set_operation_scopes]
            return [found for part, column in parts for found in self.origins(part, column)]
        if not isinstance(scope.expression, exp.Query):
            return self._columns(scope.expression, scope)
        selected = next((e for e in scope.expression.selects if e.alias_or_name == name), None)
        return self._columns(selected, scope) if selected is not None else []

    def _columns(self, node: exp.Expr, scope: Scope) -> Origins:
        return [found for column in node.find_all(exp.Column) for found in self._column(column, scope)]

    def _column(self, column: exp.Column, scope: Scope) -> Origins:
        source = _source(column.table, scope)
        if isinstance(source, exp.Table):
            return [(table_name(source), column.name)]
        return self.origins(source, column.name) if source is not None else []


def _names(scope: Scope) -> list[str]:
    return scope.expression.named_selects if isinstance(scope.expression, exp.Query) else []


def _source(name: str, scope: Scope) -> exp.Table | Scope | None:
    found = scope.sources.get(name)
    if found is None:
        for inner in scope.subquery_scopes:
            found = found or _source(name, inner)
    if found is None and scope.is_udtf and scope.parent:
        return _source(name, scope.parent)
    return found if isinstance(found, exp.Table | Scope) else None
