"""Rows of this process, appended to a table of the platform's own: one commit, and files stay few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from marketpulse.lake.table import FileRef, LakeTable
from marketpulse.names import BATCH_KEY
from marketpulse.run.context import Context

#: So many small files beside the new rows become one with them; a file of more bytes is small no longer.
_MANY, _SMALL_BYTES = 8, 4 << 20


def append(
    context: Context,
    table: LakeTable,
    rows: Sequence[Mapping[str, Any]],
    beside: Sequence[FileRef],
    state: Mapping[str, str] | None = None,
    drop: Sequence[FileRef] = (),
) -> int | None:
    """Commit `rows` on top of `table` as it was loaded; the new snapshot. What they have no word for is null.

    `beside` are the files that they may be merged with, of one bucket; `state` is part of the commit. The files `drop`
    go: the rows stand in their place.
    Raise ConcurrentError when another process was faster.
    """
    small = [file for file in beside if file.size < _SMALL_BYTES]
    merged = small if len(small) >= _MANY else []
    engine = context.engine.local
    dialect = engine.dialect
    given = {c: dialect.name(c) if c in rows[0] else "null" for c in table.types}
    columns = ", ".join(f"cast({given[c]} as {dialect.type(k)}) as {dialect.name(c)}" for c, k in table.types.items())
    with engine.scope():
        new = engine.receive("appended", pa.Table.from_pylist(list(rows)).to_reader())
        old = engine.bind("beside", table.types, [file.path for file in merged])
        query = f"select {columns} from {new} union all select * from {old}"
        paths = engine.write(query, context.folder(table.name), table.partition, ids=table.ids(table.types))
    added = context.describe(table, paths)
    return context.lake.commit(table, added, [*merged, *drop], state or {}, {BATCH_KEY: context.run_id})
