"""SQL from people: read-only, over complete tables, now or as they were."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

import pyarrow as pa

from marketpulse.engines.duckdb import ReadOnlyDuck
from marketpulse.errors import UsageError
from marketpulse.lake.table import LakeTable
from marketpulse.run.context import Context
from marketpulse.storage.places import replacing


def stream(context: Context, text: str, as_of: str | None = None) -> pa.RecordBatchReader:
    """Result of one `select` over the warehouse's tables (`gold.daily`), as Arrow batches.

    `as_of` is a UTC time (ISO 8601) or a snapshot id of the one table that is read.
    Raise UsageError for anything that is no select.
    """
    known = context.lake.names()
    tables = _asked(context, [name for name in known if _mentioned(name, text)], as_of)
    try:
        return _reader(context, tables, as_of).stream(text)
    except UsageError as error:
        raise _explained(error, known) from None


def _reader(context: Context, tables: list[LakeTable], as_of: str | None) -> ReadOnlyDuck:
    """An engine that reads the files of some tables, and no others."""
    settings = context.settings
    reader = ReadOnlyDuck(settings.memory_mb, settings.threads, context.scratch, settings.remote)
    allowed: list[str] = []
    for table in tables:
        files = [file.path for file in table.files(_snapshot(table, as_of))] if table.snapshot_id else []
        layer, short = table.name.split(".")
        reader.bind(layer, short, table.types, files)
        allowed += files
    reader.lock(allowed, context.scratch)
    return reader


def _asked(context: Context, names: list[str], as_of: str | None) -> list[LakeTable]:
    """Tables that a query reads; with a snapshot id the one that has it, not its namesakes in other layers."""
    found = [table for name in names if (table := context.lake.find(name))]
    wanted = _snapshot_id(as_of)
    having = [table for table in found if wanted is not None and table.has_snapshot(wanted)]
    return having or found


def _explained(error: UsageError, known: list[str]) -> UsageError:
    """The error, or, for a table that is not there, the one that was perhaps meant."""
    missing = re.match(r'Catalog Error: Table with name "?([\w.]+?)"? does not exist', error.message)
    if missing is None:
        return error
    name = missing[1].lower()
    close = get_close_matches(name, known, n=1) or [full for full in known if full.split(".")[1] == name][-1:]
    hint = f"did you mean {close[0]}?" if close else "marketpulse status lists the tables"
    return UsageError(f"there is no table {missing[1]} in this warehouse", hint=hint)


def _mentioned(name: str, text: str) -> bool:
    """A table is bound when its short name occurs in the query; a name in a comment costs nothing but time."""
    return re.search(rf"\b{re.escape(name.split('.')[1])}\b", text, re.IGNORECASE) is not None


def _snapshot_id(as_of: str | None) -> int | None:
    """The id that a text may be: a number of 64 bits."""
    return int(as_of) if as_of is not None and re.fullmatch(r"[0-9]{1,19}", as_of) else None


def _snapshot(table: LakeTable, as_of: str | None) -> int | None:
    if as_of is None:
        return None
    wanted = _snapshot_id(as_of)
    if wanted is not None:
        if not table.has_snapshot(wanted):
            raise UsageError(f"{table.name} has no snapshot {as_of}", hint="marketpulse status lists them")
        return wanted
    try:
        moment = datetime.fromisoformat(as_of)
    except ValueError:
        raise UsageError(
            f"--as-of {as_of[:40]!r} is no time", hint="for example 2026-03-08T12:00 or a snapshot id"
        ) from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    found = table.snapshot_at(moment)
    if found is None:
        raise UsageError(f"{table.name} did not exist at {as_of[:40]}", hint="marketpulse status shows its snapshots")
    return found


def batches_of(found: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """The batches of a result as they come. Raise UsageError for what a query only meets on its way."""
    try:
        yield from found
    except (OSError, pa.ArrowException) as error:
        raise UsageError(f"the query failed on its way: {str(error).splitlines()[0]}") from None


def values(column: pa.Array | pa.ChunkedArray) -> list[Any]:
    """The values of a column; days beyond the calendar of Python as text."""
    try:
        return cast("list[Any]", column.to_pylist())
    except (OverflowError, ValueError):
        return cast("list[Any]", column.cast(pa.string()).to_pylist())


def write_parquet(batches: pa.RecordBatchReader, path: Path) -> int:
    """Write the result as one Parquet file; rows written."""
    import pyarrow.parquet as pq

    rows = 0
    with replacing(path) as part, pq.ParquetWriter(part, batches.schema, compression="zstd") as writer:
        for batch in batches_of(batches):
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows
