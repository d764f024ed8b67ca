"""DuckDB behind the `Engine` and `LocalEngine` protocols."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from time import process_time
from typing import Any, Self
from urllib.parse import quote

import duckdb
import pyarrow as pa

from marketpulse.engines import FILE, LARGE, NO_IDS, POSITION, Item, LocalEngine, Result
from marketpulse.engines.duckdb_session import BREAKS, confine, readable_errors, start
from marketpulse.engines.shapes import Shapes
from marketpulse.engines.views import View, Views
from marketpulse.errors import EngineError, GateError, StorageError
from marketpulse.sql import DUCKDB, Dialect
from marketpulse.storage.places import is_remote, make_folder, put_in_place

#: A column of more values than that gains nothing from a dictionary (measured: an eighth less time, the same size).
#: Rows are gathered until they are written together: without a bound in bytes, 122,880 of any size.
_PARQUET = "format parquet, dictionary_size_limit 5000, row_group_size_bytes '128MB', return_files true"
#: Level 1 is quicker than DuckDB's usual 3, and on events no larger (measured: 197 against 203 MB).
_COPY = f"{_PARQUET}, compression zstd, compression_level 1"
#: Row groups of a file: a large bucket is several, of half a million rows. One that goes has its file written anew.
_PER_FILE = 4
#: What is read once and then deleted should be quick to write rather than small.
_COPY_SCRATCH = f"{_PARQUET}, compression lz4"

#: Seconds of the processor after which a write was large: what the allocator keeps of less is not worth the look.
_LARGE_WORK = 0.5
#: Events that a step takes for each MB of memory (measured: all steps of 50 million pass with that many).
_ROWS_A_MB = 4_300
#: Scans that stay bound: what a run of few tables asks for again and again; more would only grow.
_MOST_BOUND = 1_000

# A record is an object, and so is what stands around it; anything else is kept as malformed with its reason.
_RECORDS = """
select case when wrong is null then record end as raw, case when wrong is null then around end as envelope,
       place, _source_row, _item, wrong as _error,
       case when _error is not null then _malformed when wrong is not null then record end as _malformed
from (select *, case when _error is not null then _error
                     when not json_valid(record) then 'not valid JSON'
                     when not starts_with(ltrim(record, e' \\t\\r\\n'), '{{') then 'not a JSON object'
                     when {record_ends_with_comma} then 'not valid JSON'
                     when around is not null and coalesce(try(json_type(around)), '') <> 'OBJECT'
                     then 'not valid JSON around it'
                end as wrong
      from {records})
"""
#: An object or array whose last comma has nothing behind it: DuckDB reads it, nobody else does. Few texts look like it;
#: in those what stands in quotes is emptied, and they are looked at again.
_COMMA = r"',\s*[}}\]]'"
_ENDS_WITH_COMMA = f"""(regexp_matches({{0}}, {_COMMA})
    and regexp_matches(regexp_replace({{0}}, '"(\\\\.|[^"\\\\])*"', '""', 'g'), {_COMMA}))"""
_TOO_LONG = re.compile("name too long", re.IGNORECASE)


class DuckEngine:
    """One in-process DuckDB with a memory limit; what does not fit spills into `scratch`."""

    dialect: Dialect = DUCKDB

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        scratch: Path,
        memory_mb: int,
        threads: int = 1,
        reopen: Callable[[], duckdb.DuckDBPyConnection] | None = None,
    ) -> None:
        self._connection = connection
        self._reopen = reopen
        self._is_broken = False
        self._scratch = scratch
        self._memory_mb = memory_mb
        self._threads = threads
        self._views = Views()
        self._shapes = Shapes()
        self._received: set[View] = set()
        self._bound: dict[tuple[object, ...], View] = {}

    @classmethod
    def open(
        cls, memory_mb: int, threads: int, scratch: Path, remote: str | None = None, places: Sequence[str] = ()
    ) -> Self:
        """Start an engine. `memory_mb` bounds DuckDB's own memory, not the whole process.

        It reads and writes below `scratch` and `places`, and nowhere else. `remote` is a URI of the kind of store
        that it must be able to reach.
        """

        def reopen() -> duckdb.DuckDBPyConnection:
            connection = start(threads, scratch, remote)
            confine(connection, (), [str(scratch), *places])
            return connection

        engine = cls(reopen(), scratch, memory_mb, threads, reopen)
        engine._bound_memory()
        return engine

    def _bound_memory(self) -> None:
        """Set the limit. Set again, it also gives back what the allocator keeps, outside of the limit, of large work.

        Measured after 5 million events: 0.4 GB, which would come on top of what the next step needs.
        """
        if not self._is_broken:
            self._connection.execute(f"set memory_limit = '{self._memory_mb}MB'")

    @property
    def scratch(self) -> Path:
        """See `LocalEngine.scratch`."""
        return self._scratch

    def bind(self, label: str, types: Mapping[str, str], files: Sequence[str], place: bool = False) -> View:
        """See `Computer.bind`. What this session has bound stays so, while it is little: a scan is dear to plan."""
        key = (*types.items(), *files, place)
        if key not in self._bound:
            if len(self._bound) >= _MOST_BOUND:
                return self._bind(label, types, files, place)
            with self._views.outermost():
                self._bound[key] = self._bind(label, types, files, place)
        return self._bound[key]

    def _bind(self, label: str, types: Mapping[str, str], files: Sequence[str], place: bool) -> View:
        columns = ", ".join(f"cast({_name(c)} as {_type(t)}) as {_name(c)}" for c, t in types.items())
        if not files:
            return self.define(label, _nothing(types, place))
        paths = "[" + ", ".join(_text(path) for path in files) + "]"
        extra = ", filename = true, file_row_number = true" if place else ""
        columns += f", filename as {FILE}, file_row_number as {POSITION}" if place else ""
        shape = f"{columns} of files"
        scan = f"read_parquet({paths}, union_by_name = true, hive_partitioning = false{extra})"
        try:
            return self._shapes.note(self.define(label, f"select {columns} from {scan}"), shape)
        except EngineError as error:
            if not isinstance(error.__cause__, duckdb.BinderException):
                raise
            # Older files may lack a column. To ask first would open all of them once more.
            present = self._columns(scan)
            nulls = ", ".join(f"null as {_name(c)}" for c in types if c not in present)
            return self._shapes.note(
                self.define(label, f"select {columns} from (select *, {nulls} from {scan})"), shape
            )

    def define(self, label: str, query: str) -> View:
        """See `Computer.define`."""
        view = self._views.new(label)
        self._run(f"create temp view {view} as {query}")
        return self._shapes.note(view, query)

    def kinds(self, query: str) -> dict[str, str]:
        """See `Computer.kinds`."""

        def described() -> dict[str, str]:
            return {row[0].lower(): row[1] for row in self.rows(f"describe {query}")}

        return self._shapes.kinds(query, described)

    def sound(self, query: str, look: Callable[[], dict[str, str]]) -> dict[str, str]:
        """See `LocalEngine.sound`."""
        return self._shapes.kinds(f"sound {query}", look)

    def once(self, label: str, types: Mapping[str, str], query: str, folder: str) -> View:
        """See `Computer.once`."""
        paths = self.write(query, folder)
        listed = "[" + ", ".join(_text(path) for path in paths) + "]"
        rows = f"read_parquet({listed})" if paths else f"({query}) as nothing where false"
        casts = ", ".join(f"cast({_name(c)} as {_type(t)}) as {_name(c)}" for c, t in types.items())
        view = self.define(label, f"select * replace ({casts}) from {rows}")
        return self._shapes.note(view, f"{casts} of {query}")  # the files are others each time, the columns are not

    def scope(self) -> AbstractContextManager[None]:
        """See `Computer.scope`."""
        self._mend()
        return self._views.scope(self._drop)

    def _drop(self, view: View) -> None:
        self._shapes.forget(view)
        if self._is_broken:  # it is gone with the database
            return
        if view in self._received:
            self._received.remove(view)
            self._connection.unregister(view.name)
        else:
            self._connection.execute(f"drop view if exists {view}")

    def receive(self, label: str, batches: pa.RecordBatchReader) -> View:
        """See `LocalEngine.receive`."""
        view = self._views.new(label)
        self._connection.register(view.name, batches)
        self._received.add(view)
        return view

    def records(self, found: View) -> str:
        """See `LocalEngine.records`."""
        return _RECORDS.format(records=found, record_ends_with_comma=_ENDS_WITH_COMMA.format("record"))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """See `Computer.rows`."""
        return self._run(query).fetchall()

    def write(
        self,
        query: str,
        folder: str,
        partition: str | None = None,
        large: Callable[[], Sequence[Any]] | None = None,
        ids: Mapping[str, int] = NO_IDS,
    ) -> list[str]:
        """See `Computer.write`."""
        options, began = _COPY + _field_ids(ids), process_time()
        with readable_errors():
            make_folder(folder)
        try:
            if partition is None:
                options = _COPY_SCRATCH if Path(folder).is_relative_to(self._scratch) else options
                return self._copy(query, f"{_text(f'{folder}/data.parquet')} ({options})")
            if large is None:
                return self._write_and_split(query, folder, partition, options)
            return self._split(query, (folder, options), partition, large())
        except StorageError as error:
            if not _TOO_LONG.search(error.message):
                raise
            hint = f"make {partition} shorter: 200 bytes at most"
            raise GateError(f"a value of {partition} is too long to name a bucket", hint=hint) from error
        finally:
            if process_time() - began > _LARGE_WORK:
                self._bound_memory()

    def _split(self, query: str, into: tuple[str, str], partition: str, large: Sequence[Any]) -> list[str]:
        """Files of each large value, then the rest in one pass; `into` a folder, with options of `copy`."""
        folder, options = into
        column = f"cast({_name(partition)} as varchar)"
        paths = []
        for value in large:
            one = f"select * from ({query}) where {column} = {_text(str(value))}"
            paths += self._several(one, f"{folder}/{_bucket_folder(partition, value)}", options)
        if large:
            rest = f"{column} is null or {column} not in ({', '.join(_text(str(v)) for v in large)})"
            query = f"select * from ({query}) where {rest}"
        split = f"partition_by ({_name(partition)}), write_partition_columns true, filename_pattern '{{uuid}}'"
        return paths + self._copy(query, f"{_text(folder)} ({options}, {split}, overwrite_or_ignore true)")

    def _write_and_split(self, query: str, folder: str, partition: str, options: str) -> list[str]:
        """Compute once, then split it: DuckDB's own split is slow where a bucket is large."""
        whole = (self._scratch if is_remote(folder) else Path(folder)) / f"whole-{uuid.uuid4().hex}"
        files = self._several(query, str(whole), options)
        if not files:
            return []
        rows = f"read_parquet([{', '.join(map(_text, files))}])"
        counts = self.rows(f"select {_name(partition)}, count(*) from {rows} group by 1 order by 1")
        if len(counts) == 1 and counts[0][0] is not None:
            target = f"{folder}/{_bucket_folder(partition, counts[0][0])}"
            with readable_errors():
                paths = [put_in_place(Path(file), f"{target}/{Path(file).name}") for file in files]
        else:
            large = [value for value, count in counts if count >= LARGE and value is not None]
            paths = self._split(f"select * from {rows}", (folder, options), partition, large)
        shutil.rmtree(whole)
        return paths

    def _several(self, query: str, folder: str, options: str) -> list[str]:
        """Write files of at most `_PER_FILE` row groups each."""
        with readable_errors():
            make_folder(folder)
        return self._copy(
            query, f"{_text(folder)} ({options}, row_groups_per_file {_PER_FILE}, overwrite_or_ignore true)"
        )

    def _copy(self, query: str, target: str) -> list[str]:
        """Files that a `copy` wrote; none when there was no row."""
        count, files = self._run(f"copy ({query}) to {target}").fetchall()[0]
        return list(files) if count else []

    @property
    def shares_disk(self) -> bool:
        """See `Engine.shares_disk`."""
        return True

    @property
    def chunk_rows(self) -> int:
        """See `Engine.chunk_rows`."""
        return self._memory_mb * _ROWS_A_MB

    @property
    def local(self) -> LocalEngine:
        """See `Engine.local`: DuckDB runs in this process."""
        return self

    def spread(self, function: Callable[[LocalEngine, Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """See `Engine.spread`: threads, each with a session of its own on the same memory."""

        def one(item: Item) -> Result:
            session = type(self)(self._connection.cursor(), self._scratch, self._memory_mb)
            try:
                return function(session, item)
            finally:
                session.close()

        with ThreadPoolExecutor(self._threads) as pool:
            yield from pool.map(one, items)

    def close(self) -> None:
        """See `Computer.close`."""
        self._connection.close()

    def _columns(self, scan: str) -> set[str]:
        return {row[0] for row in self._run(f"describe select * from {scan}").fetchall()}

    def _run(self, statement: str) -> duckdb.DuckDBPyConnection:
        with readable_errors():
            try:
                return self._connection.execute(statement)
            except BREAKS:
                # The database is of no more use: what comes next, another table, gets a new one.
                self._is_broken = True
                raise

    def _mend(self) -> None:
        """Open the database anew once it broke: its views are gone, which only the step that broke it knew."""
        if self._is_broken and self._reopen:
            with suppress(duckdb.Error):
                self._connection.close()
            self._connection, self._is_broken, self._bound = self._reopen(), False, {}
            self._bound_memory()


def _field_ids(ids: Mapping[str, int]) -> str:
    """Field ids as an option of `copy`."""
    each = ", ".join(f"{_name(column)}: {number}" for column, number in ids.items())
    return f", field_ids {{{each}}}" if ids else ""


def _bucket_folder(partition: str, value: Any) -> str:
    return f"{partition}={quote(str(value), safe='')}"


def _nothing(types: Mapping[str, str], place: bool) -> str:
    """Query for no rows of these columns."""
    columns = {**types, FILE: "string", POSITION: "long"} if place else types
    return f"select {', '.join(f'{DUCKDB.null(t)} as {_name(c)}' for c, t in columns.items())} where false"


_type, _name = DUCKDB.type, DUCKDB.name


def _text(value: str | Path) -> str:
    return DUCKDB.text(str(value))
