"""Whether every column that a query reads is there: what can be told of a sound table from its definitions alone."""

from __future__ import annotations

from collections.abc import Iterator

from marketpulse import sql
from marketpulse.errors import DefinitionError
from marketpulse.project.contract import InputRule
from marketpulse.project.ordering import CHANGE_RELATIONS
from marketpulse.project.project import Project
from marketpulse.project.table import Table


def unresolved(project: Project, table: Table) -> Iterator[DefinitionError]:
    """Columns that the table's mappings, model and `touches` read, and their inputs lack or have twice."""
    for query in table.queries.values():
        reads = (*query.inputs, *query.references)
        known = {name: columns for name in reads if (columns := project.columns(name)) is not None}
        yield from sql.unresolved(query.authored, known, query.path)
    for rule in askable(project, table):
        yield from _of_touches(project, table, rule)


def askable(project: Project, table: Table) -> list[InputRule]:
    """Inputs of a table with a `touches` query with which, alone, nothing is wrong."""
    told = {error.about for error in project.problems.get(table.name, ())}
    rules = table.contract.inputs if table.contract.partition else ()
    return [
        rule
        for rule in rules
        if rule.touches and f"input {rule.table}" not in told and project.columns(rule.table) is not None
    ]


def _of_touches(project: Project, table: Table, rule: InputRule) -> Iterator[DefinitionError]:
    where = rule.where or table.contract.path
    query = sql.parse(rule.touches or "", where)
    changed = project.columns(rule.table) or {}
    known = {name: project.columns(name) for name in sql.inputs(query, CHANGE_RELATIONS, where)}
    known |= dict.fromkeys(CHANGE_RELATIONS, changed)
    found = sql.unresolved(query, {name: columns for name, columns in known.items() if columns is not None}, where)
    yield from (error.of(f"input {rule.table}, {error.about}") for error in found)
