"""An analyst's query: it reads tables through their masks and nothing else; its answer says what is hidden in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pyarrow as pa

from marketpulse.engines.duckdb_reader import ReadOnlyDuck
from marketpulse.engines.syntax import columns_named, refuse_beside, refuse_definitions, tables_named, takes_all
from marketpulse.lake.table import LakeTable
from marketpulse.run.context import Context
from marketpulse.serving.masking import Read, note
from marketpulse.serving.refused import not_over

#: Where an answer says it, in the metadata of its Arrow schema: Parquet files have it, too.
_KEY = b"marketpulse.masked"


def judged(
    context: Context,
    reader: ReadOnlyDuck,
    text: str,
    bound: tuple[Sequence[LakeTable], Sequence[str]],
    building: Collection[str],
) -> str | None:
    """What an analyst must know of the answer. Raise UsageError for a query that reads past the masks of tables.

    `bound` are tables, and names of views that anybody may read; `building` are those of the tables that their first
    run still makes.
    """
    tables, views = bound
    reader.refuse_writes(text)
    tree = reader.tree(text)
    if begun := sorted(tables_named(tree) & {*building}):
        raise not_over(begun[0])
    refuse_beside(tree, [*(table.name for table in tables), *views])  # the files have what the tables do not show
    refuse_definitions(tree)
    named = tables_named(tree)
    read = (_read(context, table) for table in tables if table.name in named)
    return note(read, columns_named(tree), takes_all(tree))


def hidden_columns(context: Context, tables: Sequence[LakeTable]) -> dict[str, str]:
    """Columns that analysts see of none of some tables, in lower case, each with why."""
    read = [_read(context, table) for table in tables]
    away = {name: why for each in read for name, why in each.hidden.items()}
    seen = {name.lower() for each in read for name in each.columns if name.lower() not in each.hidden}
    return {name: why for name, why in away.items() if name not in seen}


def _read(context: Context, table: LakeTable) -> Read:
    return Read(table.name, [*table.types], context.contract(table.name))


def with_note(batches: pa.RecordBatchReader, note: str | None) -> pa.RecordBatchReader:
    """The same batches; their schema says what is hidden in them."""
    if note is None:
        return batches
    schema = batches.schema.with_metadata({**(batches.schema.metadata or {}), _KEY: note.encode()})
    named = (batch.replace_schema_metadata(schema.metadata) for batch in batches)
    return pa.RecordBatchReader.from_batches(schema, named)


def note_of(schema: pa.Schema) -> str | None:
    """What is hidden in an answer, as its schema says."""
    found = (schema.metadata or {}).get(_KEY)
    return found.decode() if found else None
