"""Spark behind the `Engine` protocol: on a laptop, on EMR, on Glue.

Files are read with an explicit schema and written as Parquet; which files, and the commit, are PyIceberg's,
so that every promise of the platform is kept by the same code on every engine. Timestamps are UTC: inside
Spark they are its usual type in a session whose zone is UTC, in files they have no zone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property, partial, reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from py4j.protocol import Py4JError
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it
from pyspark.sql.types import TimestampType

from marketpulse.engines import FILE, NO_IDS, POSITION, Item, LocalEngine, Result
from marketpulse.engines.duckdb import DuckEngine
from marketpulse.engines.footers import Columns, Known, by_schema, nothing_known, row_counts
from marketpulse.engines.spark_session import first_line, is_local
from marketpulse.engines.views import View, Views
from marketpulse.errors import EngineError, QueryError, StorageError
from marketpulse.sql import SPARK, Dialect
from marketpulse.storage.places import bare, written

#: Memory of the small DuckDB that reads landed bytes in the driver, and in each task of an executor.
_LOCAL_MB = 512
#: Items of uneven size are spread so that no core waits long for the last.
_TASKS_A_CORE = 8
#: Folder of a bucket's files. Not the column itself: Spark would then leave it out of the files.
_BUCKET = "_bucket"
#: What Hadoop takes for no file of a folder: names that begin so and are no value of a column.
_HIDDEN = re.compile(r"/(?:\.|_[^/=]*(?:/|$))")
#: Types whose names in Spark are not those of contracts.
_WORDS = {"bigint": "long", "timestamp_ntz": "timestamp"}


class SparkEngine:
    """One Spark session whose temporary views are its own."""

    dialect: Dialect = SPARK

    def __init__(
        self,
        session: SparkSession,
        scratch: Path,
        remote: str | None = None,
        places: Sequence[str] = (),
        known: Known = nothing_known,
    ) -> None:
        self.session = session
        self._scratch = scratch
        self._remote = remote
        self._places = (str(scratch), *places)
        self._views = Views()
        self._known = known
        self._wrote: dict[str, Columns] = {}

    def bind(self, label: str, types: Mapping[str, str], files: Sequence[str], place: bool = False) -> View:
        """See `Computer.bind`."""
        with _readable_errors():
            wrote = {path: self._wrote[path] for path in files if path in self._wrote}
            groups = by_schema(files, types, {**self._known([path for path in files if path not in wrote]), **wrote})
            parts = [self._read(types, dict(schema), paths, place) for schema, paths in groups]
            frame = reduce(DataFrame.unionAll, parts) if parts else self._nothing(types, place)
            return self._named(label, frame)

    def _named(self, label: str, frame: DataFrame) -> View:
        view = self._views.new(label)
        frame.createOrReplaceTempView(view.name)
        return view

    def once(self, label: str, types: Mapping[str, str], query: str, folder: str) -> View:
        """See `Computer.once`."""
        paths = self.write(query, folder)
        with _readable_errors():
            whole = self.session.sql(query)
            reader = self.session.read.option("__globPaths__", "false").schema(whole.schema)
            frame = reader.parquet(*(_uri(path) for path in paths)) if paths else whole.where("false")
            named = [F.col(_name(c)).cast(_type(types[c])).alias(c) if c in types else _name(c) for c in frame.columns]
            return self._named(label, frame.select(*named))

    def scope(self) -> AbstractContextManager[None]:
        """See `Computer.scope`."""
        return self._views.scope(self._drop)

    def _drop(self, view: View) -> None:
        self.session.catalog.dropTempView(view.name)

    def _read(
        self, types: Mapping[str, str], present: Mapping[str, str], files: Sequence[str], place: bool
    ) -> DataFrame:
        """Files that have the columns `present`, cast to `types`."""
        schema = ", ".join(f"{_name(c)} {_type(present.get(c, t))}" for c, t in types.items())
        # Names of files are names, not patterns.
        reader = self.session.read.option("__globPaths__", "false").schema(schema)
        frame = reader.parquet(*(_uri(path) for path in files))
        columns = [F.col(_name(c)).cast(_type(t)).alias(c) for c, t in types.items()]
        if place:
            columns += [F.col("_metadata.file_path").alias(FILE), F.col("_metadata.row_index").alias(POSITION)]
        return frame.select(*columns)

    def _nothing(self, types: Mapping[str, str], place: bool) -> DataFrame:
        more = {FILE: "string", POSITION: "long"} if place else {}
        nulls = ", ".join(f"{SPARK.null(t)} as {_name(c)}" for c, t in {**types, **more}.items())
        return self.session.sql(f"select {nulls} where false")

    def define(self, label: str, query: str) -> View:
        """See `Computer.define`."""
        with _readable_errors():
            return self._named(label, self.session.sql(query))

    def kinds(self, query: str) -> dict[str, str]:
        """See `Computer.kinds`."""
        return {row[0].lower(): row[1] for row in self.rows(f"describe {self.define('described', query)}")}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """See `Computer.rows`."""
        with _readable_errors():
            return [tuple(row) for row in _without_zone(self.session.sql(query)).collect()]

    def write(
        self,
        query: str,
        folder: str,
        partition: str | None = None,
        large: Callable[[], Sequence[Any]] | None = None,  # noqa: ARG002 - Spark finds large buckets by itself
        ids: Mapping[str, int] = NO_IDS,
    ) -> list[str]:
        """See `Computer.write`. Rows are shuffled once, by bucket; a bucket that is large becomes several files."""
        with _readable_errors():
            frame = _without_zone(self.session.sql(query))
            columns = tuple((name, _WORDS.get(kind, kind)) for name, kind in frame.dtypes)
            self._prepare(folder)
            if partition is None:
                _identified(frame, ids).write.parquet(_uri(folder))
                return self._note(_filled(files_of(folder)), columns)
            bucket = F.col(_name(partition)).cast("string")
            if dict(frame.dtypes)[partition] != "date":
                bucket = F.md5(bucket)  # a text may be too long or too strange for a folder
            with self.scope():
                unwritten = self._named("unwritten", frame.withColumn(_BUCKET, bucket))
                frame = self.session.sql(f"select /*+ rebalance({_BUCKET}) */ * from {unwritten}")
            _identified(frame, ids).write.partitionBy(_BUCKET).parquet(_uri(folder))
            return self._note(files_of(folder), columns)

    def _note(self, paths: list[str], columns: Columns) -> list[str]:
        """Files that were written with these columns: nobody need look into them for that."""
        self._wrote.update(dict.fromkeys(paths, columns))
        return paths

    def _prepare(self, folder: str) -> None:
        """Tell Hadoop what is not to lie beside the files of a folder."""
        options = self.session.sparkContext._jsc.hadoopConfiguration()
        system = self._jvm.org.apache.hadoop.fs.Path(_uri(folder)).getFileSystem(options)
        system.setWriteChecksum(False)  # Parquet has checksums of its own; no .crc beside each file
        options.set("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")

    @property
    def _jvm(self) -> Any:
        return self.session.sparkContext._jvm

    @property
    def shares_disk(self) -> bool:
        """See `Engine.shares_disk`: executors of a cluster run elsewhere."""
        return is_local(self.session.sparkContext.master)

    @property
    def chunk_rows(self) -> int:
        """See `Engine.chunk_rows`: a shuffle spills, and each further piece would write its buckets anew."""
        return sys.maxsize

    @cached_property
    def local(self) -> LocalEngine:
        """See `Engine.local`: a small DuckDB in the driver."""
        return DuckEngine.open(_LOCAL_MB, 1, self._scratch / "local", self._remote, self._places)

    def spread(self, function: Callable[[LocalEngine, Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """See `Engine.spread`: on the executors, a few items a task."""
        if items:
            context = self.session.sparkContext
            with _readable_errors():
                tasks = context.parallelize(items, min(len(items), _TASKS_A_CORE * context.defaultParallelism))
                yield from tasks.mapPartitions(partial(_on_executor, function, self._remote, self._places)).collect()

    def close(self) -> None:
        """See `Computer.close`. Spark itself ends with the process: the next engine starts at once."""
        if "local" in self.__dict__:
            self.local.close()


def _on_executor(
    function: Callable[[LocalEngine, Item], Result], remote: str | None, places: Sequence[str], items: Iterator[Item]
) -> list[Result]:
    """The items of one task, with a small DuckDB of their own."""
    with TemporaryDirectory(prefix="marketpulse-") as scratch:
        engine = DuckEngine.open(_LOCAL_MB, 1, Path(scratch), remote, places)
        try:
            return list(engine.spread(function, list(items)))
        finally:
            engine.close()


def files_of(folder: str) -> list[str]:
    """Parquet files below a folder that Spark has written, named as it is; what a task left on its way is none."""
    root = bare(folder)
    within = (found.path.removeprefix(root) for found in written(root))
    return [folder + name for name in within if name.endswith(".parquet") and not _HIDDEN.search(name)]


def _filled(paths: list[str]) -> list[str]:
    """Files without the one that is empty, if one is: of no rows at all the first task writes a file."""
    first = [path for path in paths if "/part-00000-" in path]
    empty = {path for path, rows in row_counts(first) if not rows}
    return [path for path in paths if path not in empty]


def _without_zone(frame: DataFrame) -> DataFrame:
    """Timestamps as they are in files: without zone. The session's zone is UTC, so no value changes."""
    zoned = [field.name for field in frame.schema if isinstance(field.dataType, TimestampType)]
    return frame.withColumns({name: F.col(_name(name)).cast("timestamp_ntz") for name in zoned}) if zoned else frame


def _identified(frame: DataFrame, ids: Mapping[str, int]) -> DataFrame:
    """The same rows, with field ids for the files; a column of the folders has none."""
    known = {name: {"metadata": {"parquet.field.id": ids[name]}} for name in frame.columns if name in ids}
    return frame.select(*(F.col(_name(name)).alias(name, **known.get(name, {})) for name in frame.columns))


@contextmanager
def _readable_errors() -> Iterator[None]:
    """Turn what Spark raises into errors for people."""
    try:
        yield
    except (PySparkException, Py4JError) as error:
        message = str(error)
        if "OutOfMemoryError" in message:
            raise EngineError("out of memory", hint="raise MARKETPULSE_MEMORY_MB, or give executors more") from error
        if "No space left" in message or "FileNotFoundException" in message or "Permission denied" in message:
            hint = "free some disk space" if "No space" in message else "check disk and permissions"
            raise StorageError(first_line(message), hint=f"{hint}; nothing half-done is visible") from error
        kind = QueryError if isinstance(error, AnalysisException) else EngineError
        raise kind(first_line(message)) from error


def _uri(path: str) -> str:
    return path if "://" in path else f"file://{path}"


_type, _name = SPARK.type, SPARK.name
