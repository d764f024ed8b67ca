"""The seam between planning and computing.

PyIceberg plans which files are read and commits which files were written; an engine turns SQL over
files into new files. Nothing outside this package knows which engine runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol, Self

import pyarrow as pa

from marketpulse.errors import UsageError
from marketpulse.settings import Settings

#: Columns that `bind(place=True)` adds: which file a row lies in, and where.
FILE, POSITION = "_file", "_position"
#: Buckets of so many rows are worth a pass of their own when a result is split.
LARGE = 50_000


class Engine(Protocol):
    """Computes SQL over Parquet files. SQL is in the engine's own dialect (`marketpulse.sql.translate`)."""

    dialect: Literal["duckdb", "spark"]

    def bind(self, view: str, types: Mapping[str, str], files: Sequence[str], place: bool = False) -> None:
        """Make `view` readable: the rows of `files` with exactly the columns `types` (absent ones null)."""
        ...

    def define(self, view: str, query: str) -> None:
        """Give a query a name that later queries may use."""
        ...

    def receive(self, view: str, batches: pa.RecordBatchReader) -> None:
        """Make a stream of Arrow batches readable, once, as `view`."""
        ...

    def records(self, view: str, nested: str | None) -> str:
        """Query that turns the NDJSON lines of `view` into records, see `marketpulse.records`.

        Columns: raw, envelope, item (place in the array `nested` of its line, from 1, null without one),
        _source_row, _error, _malformed.
        """
        ...

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Result of a query that is known to be small."""
        ...

    def write(
        self, query: str, folder: str, partition: str | None = None, large: Sequence[Any] | None = None
    ) -> list[str]:
        """Write the result as zstd Parquet under `folder`, one sub-folder a value of `partition`; paths.

        `large` names the values with `LARGE` or more rows, for a query that is cheap to filter by `partition`;
        None when they are not known: the query is then computed once.
        """
        ...

    def fork(self) -> Self:
        """A second session for another thread, sharing memory limit and storage."""
        ...

    def close(self) -> None:
        """Give back memory and files."""
        ...


def load_engine(settings: Settings, scratch: Path) -> Engine:
    """Engine named in the settings; `scratch` takes what does not fit into memory. Raise UsageError."""
    if settings.engine == "duckdb":
        from marketpulse.engines.duckdb import DuckEngine

        return DuckEngine.open(settings.memory_mb, settings.threads, scratch, settings.remote)
    raise UsageError(f"unknown engine {settings.engine!r}", hint="known: duckdb")
