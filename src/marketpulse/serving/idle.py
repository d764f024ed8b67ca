"""Engines between two queries: the next query over the same tables of the same state needs no new one."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from threading import Lock

import pyarrow as pa

from marketpulse.engines.duckdb_reader import ReadOnlyDuck

#: Engines that are kept; one holds some megabytes.
_MOST = 16


class Idle:
    """Engines that nobody uses now, each with what it can read; those that were used last stay. Any thread may ask."""

    def __init__(self) -> None:
        self._kept: list[tuple[Hashable, ReadOnlyDuck]] = []
        self._lock = Lock()

    def take(self, key: Hashable) -> ReadOnlyDuck | None:
        """One that reads this, for whoever asks alone; None where there is none, and of the key None."""
        with self._lock:
            found = next((n for n, (known, _) in enumerate(self._kept) if known == key), None)
            return None if found is None else self._kept.pop(found)[1]

    def put(self, key: Hashable, reader: ReadOnlyDuck) -> None:
        """Keep one for whoever comes next: its query is over, and went well. One of the key None is of one query."""
        if key is None:
            return
        with self._lock:
            self._kept.append((key, reader))
            del self._kept[:-_MOST]

    def after(self, batches: pa.RecordBatchReader, key: Hashable, reader: ReadOnlyDuck) -> pa.RecordBatchReader:
        """The same batches; when all are read, their engine is kept."""

        def read() -> Iterator[pa.RecordBatch]:
            yield from batches
            self.put(key, reader)

        return pa.RecordBatchReader.from_batches(batches.schema, read())
