"""What a table or a column is made from, and what is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.errors import OptimizeError

from marketpulse import sql
from marketpulse.errors import UsageError
from marketpulse.names import ITEM, LINEAGE
from marketpulse.project.project import Project
from marketpulse.project.table import SqlFile, Table


@dataclass(frozen=True)
class Node:
    """One table or column (`gold.daily.total`) with its direct neighbours."""

    name: str
    made_from: list[str] = field(default_factory=list)
    makes: list[str] = field(default_factory=list)


def trace(project: Project, name: str | None = None) -> list[Node]:
    """The node of a table or column, or of every table. Raise UsageError for an unknown name."""
    if name is None:
        return [_table_node(project, table) for table in project.tables.values() if not table.contract.managed]
    if sql.is_reference(name) and name in project.references:
        users = [table.name for table in project.tables.values() if name in (*table.references, *table.lists)]
        return [Node(name, [], users)]
    if name.count(".") < 2:
        return [_table_node(project, project.table(name))]
    table_name, column = name.rsplit(".", 1)
    table = project.table(table_name)
    if column not in table.contract.types:
        raise UsageError(f"{table_name} has no column {column!r}", hint="it has " + ", ".join(table.contract.types))
    sources = column_sources(project, table)
    users = [
        f"{other.name}.{target}"
        for other in project.tables.values()
        if table_name in other.inputs
        for target, origins in column_sources(project, other).items()
        if name in origins
    ]
    return [Node(name, sources.get(column, []), users)]


def column_users(project: Project) -> dict[str, list[str]]:
    """For each column (`layer.table.column`) from which others are computed, these; half a second for fifty tables."""
    found: dict[str, list[str]] = {}
    for table in project.tables.values():
        for column, origins in column_sources(project, table).items():
            for origin in origins:
                found.setdefault(origin, []).append(f"{table.name}.{column}")
    return found


def column_sources(project: Project, table: Table) -> dict[str, list[str]]:
    """For each column of a table, the columns of its inputs it is computed from."""
    found: dict[str, list[str]] = {}
    for query in table.queries.values():
        for column, origins in _origins(project, query).items():
            known = found.setdefault(column, [])
            known += [text for t, c in origins if (text := f"{t}.{c}") not in known]
    return found


def _origins(project: Project, query: SqlFile) -> Mapping[str, list[tuple[str, str]]]:
    """Where columns of a query come from; nothing where only an input that is defined wrongly could say it."""
    reads = (*query.inputs, *query.references)
    schemas = {name: columns for name in reads if (columns := _columns(project, name, query))}
    try:
        return sql.column_lineage(query.authored, schemas)
    except OptimizeError:
        if len(schemas) == len(reads):
            raise
        return {}


def _table_node(project: Project, table: Table) -> Node:
    users = [other.name for other in project.tables.values() if table.name in other.inputs]
    return Node(table.name, [*table.inputs, *table.references, *table.lists], users)


def _columns(project: Project, name: str, query: SqlFile) -> list[str]:
    """Columns of an input as far as they are defined; bronze has those that its feed must land or its SQL names."""
    if name in query.references:
        return [*query.references[name].columns]
    if name in project.tables:
        contract = project.tables[name].contract
        return [*contract.types, *(LINEAGE if contract.layer == "silver" else ())]
    source = project.sources.get(name.removeprefix("bronze."))
    if source is None:
        return list(project.columns(name) or ())  # it is defined wrongly
    named = [column.name for column in query.authored.find_all(exp.Column)]
    own = source.reader.columns_given or [*source.known_columns, *named]
    return list(dict.fromkeys([*own, ITEM, *LINEAGE]))
