"""A DuckDB session for people's SQL: read-only, within limits, and stopped as soon as somebody says so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import duckdb
import pyarrow as pa

from marketpulse.engines.duckdb import DuckEngine
from marketpulse.engines.duckdb_session import confine, first_lines, lost_file, readable_errors, start
from marketpulse.engines.limits import Given, Limits, Stopwatch
from marketpulse.engines.postgres import FUNCTIONS
from marketpulse.errors import UsageError
from marketpulse.sql import DUCKDB

#: Rows of a batch, no more than the engine makes at once: what is wide is held that often.
_BATCH = 2_048
#: Of a result of which somebody keeps the first rows in memory, and looks at its bytes.
_SMALL_BATCH = 64
#: SQLSTATE `read_only_sql_transaction`.
_READ_ONLY = "25006"
#: SQLSTATE `statement_too_complex`.
_TOO_COMPLEX = "54001"
_FLATTER = "write long sums and conditions as lists: x in (…), list_sum([…])"
_EXPLAIN = re.compile(r"\s*explain(\s+analyze)?\s+(?=with|select|from)", re.IGNORECASE)
_Result = TypeVar("_Result")
_Begun: TypeAlias = "list[pa.RecordBatch | None]"


def explains(query: str) -> bool:
    """Whether a query is to be explained: then its plan is shown, with what stands in views."""
    return _EXPLAIN.match(query) is not None


class ReadOnlyDuck:
    """A session for people's SQL: it can read the bound files and nothing else, and change nothing."""

    def __init__(self, limits: Limits, threads: int, scratch: Path, remote: str | None = None) -> None:
        self._limits = limits
        self._connection = start(threads, scratch, remote)
        self._connection.execute(f"set max_temp_directory_size = '{limits.spill_bytes(scratch)}B'")
        self._engine = DuckEngine(self._connection, scratch, limits.memory_mb, threads)
        self._engine._bound_memory()
        self._pool = ThreadPoolExecutor(1)
        for function in FUNCTIONS:
            self._connection.execute(function)

    def bind(
        self,
        schema: str,
        table: str,
        types: Mapping[str, str],
        files: Sequence[str],
        shown: Mapping[str, str] | None = None,
    ) -> None:
        """Make `<schema>.<table>` readable; of its columns those that are `shown`, as the SQL that stands for each."""
        with self._engine.scope():
            view = self._engine.bind("bound", types, files)
            text = f"select sql from duckdb_views() where view_name = {DUCKDB.text(view.name)}"
            body = self._connection.execute(text).fetchall()[0][0]
        query = re.sub(r"^create.*? as ", "", body, count=1, flags=re.IGNORECASE | re.DOTALL).rstrip(";")
        query = query if shown is None else _masked(query, [(name, shown[name]) for name in types if name in shown])
        self.view(schema, table, query)

    def view(self, schema: str, name: str, query: str) -> None:
        """Make `<schema>.<name>` what a query of ours gives."""
        self._connection.execute(f"create schema if not exists {DUCKDB.name(schema)}")
        self._connection.execute(f"create or replace view {DUCKDB.name(schema)}.{DUCKDB.name(name)} as {query}")

    def hold(self, script: Iterable[str], tables: Mapping[str, pa.Table]) -> None:
        """Run a script of ours, and fill the tables that it makes: what the engine has besides files."""
        for statement in script:
            self._connection.execute(statement)
        for name, rows in tables.items():
            self._connection.register("held", rows)
            self._connection.execute(f"insert into {name} by name select * from held")
            self._connection.unregister("held")

    def lock(self, files: Sequence[str], scratch: Path) -> None:
        """Allow reading `files` and spilling into `scratch` only, and freeze the configuration."""
        confine(self._connection, files, [f"{scratch}/spill"])

    def save(self, path: Path, snapshots: Mapping[str, int | None]) -> None:
        """Write what is bound as views of a new DuckDB file, and the table `made`: when, and of which snapshots."""
        found = self._connection.execute("select schema_name, sql from duckdb_views() where not internal").fetchall()
        with readable_errors(), duckdb.connect(str(path)) as file:
            for schema, text in found:
                file.execute(f"create schema if not exists {DUCKDB.name(schema)}")
                file.execute(text)
            file.execute("create table made (made_at timestamp, table_name varchar, snapshot_id bigint)")
            now = datetime.now(UTC).replace(tzinfo=None)
            file.executemany("insert into made values (?, ?, ?)", [(now, *each) for each in snapshots.items()])

    def tree(self, query: str) -> dict[str, Any]:
        """A query as DuckDB parses it (`json_serialize_sql`); of one that explains another, that one."""
        explained = _EXPLAIN.match(query)
        text = f"select json_serialize_sql({DUCKDB.text(query[explained.end() :] if explained else query)}::varchar)"
        try:
            found: dict[str, Any] = json.loads(self._connection.execute(text).fetchall()[0][0])
        except RecursionError:
            raise UsageError("the query is nested too deeply", hint=_FLATTER, sqlstate=_TOO_COMPLEX) from None
        return found

    def refuse_writes(self, query: str) -> None:
        """Raise UsageError for anything but one `select`, or the explanation of one."""
        try:
            statements = self._connection.extract_statements(query)
        except duckdb.Error as error:
            raise UsageError(first_lines(error)) from None
        if len(statements) != 1 or not self._only_reads(statements[0].type.name, query):
            kinds = ", ".join(s.type.name.lower() for s in statements) or "nothing"
            what = f"queries are read-only: one select, not {kinds}"
            raise UsageError(what, hint="start with select or with", sqlstate=_READ_ONLY)

    def stream(self, query: str, given: Given | None = None) -> pa.RecordBatchReader:
        """Result of one `select`; raise UsageError for anything else, and LimitError for one that takes too much.

        Both may be raised while the result is read, as may KeyboardInterrupt: then the query has been stopped.
        """
        self.refuse_writes(query)
        given = given or Given()
        watch = self._watch(given)
        batch = _SMALL_BATCH if given.first else _BATCH
        found, begun = self._told(watch, lambda: _begun(_first(self._asked(query, given.values), given), batch))
        return pa.RecordBatchReader.from_batches(found.schema, self._batches(watch, found, begun))

    def schema(self, query: str, given: Given | None = None) -> pa.Schema:
        """Columns of the result of one `select`, which is not computed. Raise UsageError as `stream` does."""
        self.refuse_writes(query)
        given = given or Given()
        nothing = self._told(self._watch(given), lambda: self._asked(query, given.values).limit(0).to_arrow_table())
        return nothing.schema

    def _asked(self, query: str, given: Sequence[Any]) -> duckdb.DuckDBPyRelation:
        return self._connection.sql(query, params=list(given)) if given else self._connection.sql(query)

    def _watch(self, given: Given) -> Stopwatch:
        return Stopwatch(self._limits.of(given), self._pool, self._connection.interrupt, given)

    def _batches(self, watch: Stopwatch, found: pa.RecordBatchReader, begun: _Begun) -> Iterator[pa.RecordBatch]:
        """Batches of a result, as long as it stays within the limits."""
        rows = 0
        while (batch := begun.pop(0) if begun else self._told(watch, lambda: next(found, None))) is not None:
            rows += batch.num_rows
            if self._limits.rows and rows > self._limits.rows:
                raise self._limits.too_many_rows()
            yield batch

    def _told(self, watch: Stopwatch, step: Callable[[], _Result]) -> _Result:
        """Do a step of a query; what goes wrong is told for people."""
        try:
            return watch.during(step)
        except TimeoutError:
            raise watch.limits.too_long() from None
        except duckdb.Error as error:
            raise lost_file(error) or self._limits.error(str(error)) or UsageError(first_lines(error)) from None
        except (OSError, pa.ArrowException) as error:
            told = str(error)
            met = f"the query failed on its way: {told.splitlines()[0]}"
            raise lost_file(error) or self._limits.error(told) or UsageError(met) from None

    def _only_reads(self, kind: str, query: str) -> bool:
        """True for a select, and for the explanation of one (`explain analyze copy …` would copy)."""
        if kind != "EXPLAIN":
            return kind in ("SELECT", "RELATION")
        explained = _EXPLAIN.match(query)
        inner = self._connection.extract_statements(query[explained.end() :]) if explained else []
        return [statement.type.name for statement in inner] == ["SELECT"]


def _first(found: duckdb.DuckDBPyRelation, given: Given) -> duckdb.DuckDBPyRelation:
    """What is wanted of a result: what nobody sees is not held in memory."""
    if given.first:
        found = found.limit(given.first)
    if given.letters and "VARCHAR" in (kinds := [str(each) for each in found.types]):
        cut = [f"left(#{n}, {given.letters})" if kind == "VARCHAR" else f"#{n}" for n, kind in enumerate(kinds, 1)]
        names = map(DUCKDB.name, found.columns)
        found = found.project(", ".join(f"{each} as {name}" for each, name in zip(cut, names, strict=True)))
    return found


def _begun(asked: duckdb.DuckDBPyRelation, batch: int) -> tuple[pa.RecordBatchReader, _Begun]:
    """A result and its first batches; None ends it. A short one is had at once: each step more waits for a thread."""
    found = asked.to_arrow_reader(batch)
    first = next(found, None)
    is_short = first is not None and first.num_rows < batch
    return found, [first, next(found, None)] if is_short else [first]


def _masked(query: str, shown: Sequence[tuple[str, str]]) -> str:
    """A query with some of its columns; one of which nothing is shown has a column of nothing."""
    columns = [f"{text} as {DUCKDB.name(name)}" for name, text in shown]
    return f"select {', '.join(columns) or 'null as nothing_is_public'} from ({query})"
