"""Whether what a mapping looks up is one row of a silver table or none, and what may depend on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from marketpulse import sql
from marketpulse.errors import DefinitionError
from marketpulse.names import LINEAGE
from marketpulse.project.contract import Contract
from marketpulse.project.problems import ByName
from marketpulse.project.table import SqlFile, Table


def with_looked(table: Table, tables: Mapping[str, Table], problems: ByName) -> Table:
    """The table, whose mappings know the types of what they look up in others of `tables`; what is wrong is told."""
    queries = dict(table.queries)
    for bronze, file in table.queries.items():
        if not file.sound or not file.lookups:
            continue
        wrong = [each for lookup in file.lookups for each in _wrong(table, file, lookup, tables)]
        wrong += [] if wrong else _dependent(table, file)
        problems.add(table.name, wrong)
        if not wrong and all(one.table in tables for one in file.lookups):  # else it is told that one is not there
            types = {one.table: tables[one.table].contract.types for one in file.lookups}
            reads = {name: {c for one in file.lookups if one.table == name for c in one.reads} for name in types}
            looked = {name: {c: t for c, t in types[name].items() if c in reads[name]} for name in types}
            queries[bronze] = replace(file, looked=looked)
    return table if queries == table.queries else replace(table, queries=queries)


def _wrong(table: Table, file: SqlFile, lookup: sql.Lookup, tables: Mapping[str, Table]) -> Iterator[DefinitionError]:
    """What keeps a lookup from finding one row or none."""

    def told(what: str, hint: str | None = None) -> DefinitionError:
        return sql.misread(file.authored, lookup.table, what, hint, file.path).of(f"input {lookup.table}")

    if lookup.table not in tables:
        return
    head = tables[lookup.table].contract
    if head.managed or lookup.table == table.name:
        yield told(f"looks up {lookup.table}", "look up a silver table that is built before this one")
    elif not head.columns:
        yield told(f"looks up {lookup.table}, whose contract is wrong")
    elif head.history:
        hint = f"which version of a row? join it in gold, by {head.history.valid_from}"
        yield told(f"looks up {lookup.table}, which keeps history", hint)
    elif {*lookup.equals} != {*head.key}:
        key = " and ".join(f"{lookup.alias}.{name} = …" for name in head.key)
        what = f"looks up {lookup.table} by {', '.join(lookup.equals)}; its key is {', '.join(head.key)}"
        yield told(what, f"on {key}")
    else:
        yield from _odd_columns(file, lookup, head)


def _odd_columns(file: SqlFile, lookup: sql.Lookup, head: Contract) -> Iterator[DefinitionError]:
    bronze, record = file.inputs[0], sql.record_called(file.authored, file.inputs[0])
    for name in lookup.reads:
        if name in LINEAGE:
            hint = "take columns of its contract"
            what = f"looks up {name} of {lookup.table}, which says how its row came here"
            yield sql.misread(file.authored, lookup.table, what, hint, file.path).of(f"column {name}")
    for column in sql.unqualified(file.authored, bronze):
        name = column.name.lower()
        if name in head.types or name in LINEAGE:
            what, hint = (
                f"{name} is a column of {record} and of {lookup.alias}",
                f"write {record}.{name} or {lookup.alias}.{name}",
            )
            yield sql.refusal(what, hint, node=column, path=file.path).of(f"column {column.name}")


def _dependent(table: Table, file: SqlFile) -> Iterator[DefinitionError]:
    """What says which row of the table a record is may not depend on what is looked up: that comes later, perhaps."""
    contract, found = table.contract, sql.looked_columns(file.authored, file.inputs[0])
    deleted = contract.deleted
    roles = dict.fromkeys(contract.key, "is of the key")
    roles |= dict.fromkeys(contract.merge.order_by if contract.merge else (), "says which row is later")
    if contract.history and contract.partition:
        roles[contract.partition] = "is the bucket of a history"
    if deleted:
        names = sql.columns_of(deleted.condition or "", deleted.where or contract.path)
        roles |= {name.lower(): "says which rows are deleted" for name in names}
    for column in file.authored.selects:
        name = column.alias_or_name
        if name in roles and name.lower() in found:
            what, hint = f"{name} is looked up and {roles[name]}", "take it from the record"
            yield sql.refusal(what, hint, node=column, path=file.path).of(f"column {name}")
