"""Records of a feed with the rows of silver tables that a mapping looks up beside them.

What is looked up is read as of one snapshot: the one that a table consumes as it is built, and the same one again in
all that is done with its rows until the next build (replay, erasure). So they are made of one state of its inputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.lake.table import FileRef, LakeTable
from marketpulse.names import FINGERPRINT_KEY
from marketpulse.project.table import Table
from marketpulse.run.context import Context
from marketpulse.run.work import consumed

#: Files of silver tables that are looked up, by the table.
Heads = Mapping[str, Sequence[str]]


def heads_now(table: Table, inputs: Mapping[str, LakeTable]) -> Heads:
    """What `table` looks up, as its inputs are."""
    return {name: _paths(inputs[name].files()) for name in table.looked if name in inputs}


def heads_seen(context: Context, table: Table) -> Heads:
    """What `table` looks up, as of the snapshots it was built from; as it is now for one that was never built."""
    current = context.lake.find(table.name) if table.looked else None
    found = {name: head for name in table.looked if (head := context.lake.find(name)) and head.snapshot_id}
    if current is None or FINGERPRINT_KEY not in current.state:
        return heads_now(table, found)
    since = {name: snapshot for name in found if (snapshot := consumed(current, name)) is not None}
    return {name: _paths(found[name].files(snapshot)) for name, snapshot in since.items()}


def _paths(files: Iterable[FileRef]) -> list[str]:
    return [file.path for file in files]


def keys_asked(context: Context, table: Table, bronze: str, rows: View) -> View:
    """The readable records `rows` of a feed, with the keys that they look up."""
    file = table.queries[bronze]
    dialect = context.engine.dialect
    said = context.engine.define("said", sql.translate(sql.keyed(file.lookups, bronze), dialect, {bronze: rows.name}))
    keys = [
        f"{dialect.typed(f's.{dialect.name(lookup.key(name))}', file.looked[lookup.table][name])}"
        f" as {dialect.name(typed_key(lookup, name))}"
        for lookup in file.lookups
        for name in lookup.equals
    ]
    return context.engine.define("keyed", f"select s.*, {', '.join(keys)} from {said} as s")


def typed_key(lookup: sql.Lookup, column: str) -> str:
    """What a column of the key is called, as a value of its type; null for what is none."""
    return f"_typed{lookup.key(column)}"


def is_its(context: Context, lookup: sql.Lookup, record: str, head: str) -> str:
    """Condition that the row `head` of a looked-up table is that of the record."""
    n = context.engine.dialect.name
    return " and ".join(f"{head}.{n(name)} = {record}.{n(typed_key(lookup, name))}" for name in lookup.equals)


def looked_up(context: Context, table: Table, bronze: str, rows: View, heads: Heads) -> View:
    """The readable records `rows` of a feed, with what its mapping looks up; as they are where it looks up nothing."""
    file = table.queries[bronze]
    if not file.lookups:
        return rows
    engine, n = context.engine, context.engine.dialect.name
    keyed = keys_asked(context, table, bronze, rows)
    columns, joins = [], []
    for lookup in file.lookups:
        head = f"h{lookup.number}"
        view = engine.bind("looked_up", file.looked[lookup.table], heads.get(lookup.table, ()))
        joins.append(f"left join {view} as {head} on {is_its(context, lookup, 'k', head)}")
        columns += [f"{head}.{n(name)} as {n(lookup.value(name))}" for name in lookup.columns]
        says = [f"k.{n(typed_key(lookup, name))} is not null" for name in lookup.equals]
        first = n(next(iter(lookup.equals)))
        columns.append(f"({' and '.join(says)} and {head}.{first} is null) as {lookup.waits}")
    return engine.define("beside", f"select k.*, {', '.join(columns)} from {keyed} as k {' '.join(joins)}")
