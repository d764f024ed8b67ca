"""The seam between planning and computing.

PyIceberg plans which files are read and commits which files were written; an engine turns SQL over
files into new files. Nothing outside this package knows which engine runs.

__init__       what every engine can do
load           the engine that a run is told to use
views          handles of what a query can read
shapes         types of the columns of a query, as far as they are known
duckdb         in this process, one machine (duckdb_session: its connections, and what they may reach)
spark          on executors (spark_session: the session it runs in)
footers        what the footers of Parquet files say
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from marketpulse.engines.views import View
from marketpulse.sql import Dialect

#: Columns that `bind(place=True)` adds: which file a row lies in, and where.
FILE, POSITION = "_file", "_position"
#: Buckets of so many rows are worth a pass of their own when a result is split.
LARGE = 50_000
#: Field ids of what is part of no table.
NO_IDS: Mapping[str, int] = MappingProxyType({})
Item = TypeVar("Item")
Result = TypeVar("Result")


class Computer(Protocol):
    """Computes SQL over Parquet files, in its own `dialect` (see `marketpulse.sql.translate`)."""

    dialect: Dialect

    def bind(self, label: str, types: Mapping[str, str], files: Sequence[str], place: bool = False) -> View:
        """Make the rows of `files` readable, with exactly the columns `types` (absent ones null).

        With `place` also `FILE` and `POSITION`.
        """
        ...

    def define(self, label: str, query: str) -> View:
        """Give a query a name that later queries may use."""
        ...

    def kinds(self, query: str) -> dict[str, str]:
        """Types of the columns that a query gives, in the engine's words, by the columns' names in lower case."""
        ...

    def once(self, label: str, types: Mapping[str, str], query: str, folder: str) -> View:
        """Compute a query, write its rows under `folder`, and make them readable, with all its columns.

        Those in `types` are of that type; the others are what the query makes them.
        """
        ...

    def scope(self) -> AbstractContextManager[None]:
        """Views made inside go at its end."""
        ...

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Result of a query that is known to be small."""
        ...

    def write(
        self,
        query: str,
        folder: str,
        partition: str | None = None,
        large: Callable[[], Sequence[Any]] | None = None,
        ids: Mapping[str, int] = NO_IDS,
    ) -> list[str]:
        """Write the result as zstd Parquet under `folder`; with `partition`, no file has two values of it. Paths.

        A value of many rows is in several files.

        `ids` are the field ids of all columns of the query in the table that the files are of, or of none.

        `large` tells the values with `LARGE` or more rows, for a query that is cheap to filter by `partition`;
        without it the query is computed once. Only an engine that splits large values on its own account asks.
        """
        ...

    def close(self) -> None:
        """Give back memory and files."""
        ...


class LocalEngine(Computer, Protocol):
    """A computer inside this process, which also reads what is no Parquet: landed bytes, records in memory."""

    @property
    def scratch(self) -> Path:
        """Folder of this machine for what is part of no table."""
        ...

    def receive(self, label: str, batches: pa.RecordBatchReader) -> View:
        """Make a stream of Arrow batches readable, once."""
        ...

    def sound(self, query: str, look: Callable[[], dict[str, str]]) -> dict[str, str]:
        """What `look` finds of a query: types of its columns, by their names in lower case, once nothing is wrong.

        Not looked at again in this process while its text and the types of the views that it reads are the same. What
        `look` raises is raised, each time.
        """
        ...

    def records(self, found: View) -> str:
        """Query that checks what may be records of JSON, see `marketpulse.landing.format`.

        Given the columns record, around (what stands around it, or null), place, _source_row, _item, _error and
        _malformed, it gives raw, envelope and the rest; what is no JSON object, or stands in none, is malformed.
        """
        ...


class Engine(Computer, Protocol):
    """The computer of a run, and what runs beside its queries."""

    @property
    def shares_disk(self) -> bool:
        """True when every part of it sees the folders of this machine."""
        ...

    @property
    def chunk_rows(self) -> int:
        """Rows of events that one query may take, so that its memory is bounded."""
        ...

    @property
    def local(self) -> LocalEngine:
        """The engine inside this process: for what is small, or no table yet."""
        ...

    def spread(self, function: Callable[[LocalEngine, Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """Call `function` with each item wherever there is room (threads, executors); results in order.

        Each call gets a local engine of its own. Function, items and results can be pickled.
        """
        ...
