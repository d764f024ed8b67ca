"""Landing -> bronze: each landed file exactly once, every record of it.

The ledger `bronze.landed_files` has one row a file and load. A file is known by its content (SHA-256); name,
size and time of change only save reading it again. Data and ledger are two tables, so the rows of the ledger
travel first in the bronze table's own commit (property `marketpulse.landed`): whoever comes next completes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field

import pyarrow as pa

from marketpulse.context import Context
from marketpulse.engines import Engine
from marketpulse.errors import EngineError, GateError
from marketpulse.lake import FileRef, LakeTable
from marketpulse.landed import LandedFile, Refused, find_files
from marketpulse.names import BATCH_KEY, ERROR, LANDED_FILES, LINEAGE, MALFORMED, PREFIX
from marketpulse.records import Records, read_records
from marketpulse.sources import Source

OUTBOX_KEY = PREFIX + "landed"
_GROUP_BYTES, _GROUP_FILES = 2 << 30, 400
_SMALL_FILES = 8
_LEDGER_TYPES = {
    "source": "string",
    "source_file": "string",
    "content_sha256": "string",
    "size_bytes": "long",
    "modified_ns": "long",
    "record_count": "long",
    "malformed_count": "long",
    "is_duplicate": "boolean",
    "batch_id": "string",
    "ingested_at": "timestamp",
}
_NDJSON_TYPES = {"raw": "string", "envelope": "string"}
_TRAILER = {ERROR: "string", MALFORMED: "string"}


@dataclass(frozen=True)
class LedgerRow:
    """One landed file and what became of it."""

    source: str
    source_file: str
    content_sha256: str
    size_bytes: int
    modified_ns: int
    record_count: int
    malformed_count: int
    is_duplicate: bool
    batch_id: str
    ingested_at: str


@dataclass
class Ingested:
    """What one feed brought: `blocked` are files that were left where they are, with the reason."""

    source: str
    files: int = 0
    duplicates: int = 0
    records: int = 0
    malformed: int = 0
    blocked: list[GateError] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


class Ledger:
    """Files of one feed that are already in bronze."""

    def __init__(self, context: Context, source: Source, read_only: bool = False) -> None:
        self._context = context
        self._source = source
        self._stats: set[tuple[str, int, int]] = set()
        self._contents: set[str] = set()
        if not read_only:
            self.complete()
        for row in self._read():
            self._remember(row)

    def knows(self, file: LandedFile) -> bool:
        """True when exactly this file was seen: nothing need be read."""
        return (file.name, file.size, file.modified) in self._stats

    def has(self, content: str) -> bool:
        """True when the content is in bronze, under whatever name."""
        return content in self._contents

    def complete(self) -> None:
        """Write the rows that a bronze commit carried and nobody wrote down yet."""
        bronze = self._context.lake.find(self._source.table)
        outbox = bronze.state.get(OUTBOX_KEY) if bronze else None
        if outbox:
            rows = [LedgerRow(**row) for row in json.loads(outbox)]
            known = {(row.batch_id, row.source_file) for row in self._read()}
            missing = [row for row in rows if (row.batch_id, row.source_file) not in known]
            if missing:
                self.add(missing)

    def add(self, rows: Sequence[LedgerRow]) -> None:
        """Append rows; many small files become one on the way."""
        with self._context.lock(LANDED_FILES):
            self._append(rows)
        for row in rows:
            self._remember(row)

    def _append(self, rows: Sequence[LedgerRow]) -> None:
        context = self._context
        table = context.lake.ensure(LANDED_FILES, _LEDGER_TYPES, "source")
        old = [file for file in table.files() if file.bucket == self._source.name]
        merge = old if len(old) >= _SMALL_FILES else []
        engine = context.engine
        engine.receive("ledger_new", _as_stream(rows))
        engine.bind("ledger_old", _LEDGER_TYPES, [file.path for file in merge])
        columns = ", ".join(f"cast({c} as {_SQL_TYPES.get(k, k)}) as {c}" for c, k in _LEDGER_TYPES.items())
        query = f"select {columns} from ledger_new union all select * from ledger_old"
        paths = engine.write(query, context.folder(LANDED_FILES), "source")
        context.lake.commit(table, context.lake.describe(table, paths), merge, {}, {BATCH_KEY: context.run_id})

    def _read(self) -> Iterator[LedgerRow]:
        table = self._context.lake.find(LANDED_FILES)
        if table is None:
            return
        files = [file.path for file in table.files() if file.bucket == self._source.name]
        self._context.engine.bind("ledger", _LEDGER_TYPES, files)
        columns = ", ".join(c if c != "ingested_at" else f"cast({c} as string)" for c in _LEDGER_TYPES)
        for row in self._context.engine.rows(f"select {columns} from ledger"):
            yield LedgerRow(*row)

    def _remember(self, row: LedgerRow) -> None:
        self._stats.add((row.source_file, row.size_bytes, row.modified_ns))
        self._contents.add(row.content_sha256)


_SQL_TYPES = {"long": "bigint"}


def ingest(context: Context, source: Source) -> Ingested:
    """Bring every new file of a feed into its bronze table."""
    files, refused = find_files(context.settings.landing_place, source)
    report = Ingested(source.name, refused=refused)
    with context.lock(source.table):
        ledger = Ledger(context, source)
        new = [file for file in files if not ledger.knows(file)]
        context.progress.start(source.table, sum(file.size for file in new))
        for number, group in enumerate(_groups(new)):
            _load(context, source, ledger, (number, group), report)
        context.progress.finish(source.table)
    return report


def count_new(context: Context, source: Source) -> int:
    """How many files a run would look at; nothing is read or changed."""
    files, _ = find_files(context.settings.landing_place, source)
    ledger = Ledger(context, source, read_only=True)
    return sum(not ledger.knows(file) for file in files)


def _groups(files: list[LandedFile]) -> Iterator[list[LandedFile]]:
    """Files that one commit takes: bounded in bytes and in number."""
    group: list[LandedFile] = []
    for file in files:
        if group and (sum(f.size for f in group) + file.size > _GROUP_BYTES or len(group) >= _GROUP_FILES):
            yield group
            group = []
        group.append(file)
    if group:
        yield group


def _load(
    context: Context, source: Source, ledger: Ledger, numbered: tuple[int, list[LandedFile]], report: Ingested
) -> None:
    number, group = numbered
    with ThreadPoolExecutor(context.settings.threads) as pool:
        contents = list(pool.map(_content, group))
        fresh: dict[str, LandedFile] = {}
        twins: list[tuple[LandedFile, str]] = []
        for file, content in zip(group, contents, strict=True):
            if isinstance(content, GateError):
                report.blocked.append(content)
            elif content is None:
                continue
            elif ledger.has(content) or content in fresh:
                twins.append((file, content))
            else:
                fresh[content] = file
        folder = context.folder(source.table, number)
        loader = _Loader(context, source, folder)
        loads = [load for load in pool.map(loader.load, fresh.values(), fresh, range(len(fresh))) if load]
    rows = [_twin(context, source, file, content) for file, content in twins]
    good: list[Load] = []
    for load in loads:
        if load.error:
            report.blocked.append(load.error)
        else:
            good.append(load)
            rows.append(load.row)
    if good:
        _commit(context, source, good, rows)
    if rows:
        ledger.complete() if good else ledger.add(rows)
    report.files += len(good)
    report.duplicates += len(twins)
    report.records += sum(load.row.record_count for load in good)
    report.malformed += sum(load.row.malformed_count for load in good)


def _content(file: LandedFile) -> str | GateError | None:
    """SHA-256 of the bytes; None when the file is gone by now, the reason when it cannot be read."""
    try:
        return file.content()
    except OSError as error:
        return None if file.changed() else _unreadable(file, error.strerror or str(error))


def _unreadable(file: LandedFile, reason: str) -> GateError:
    return GateError(f"cannot be read: {reason}", where=file.name, hint="land the file again")


def _commit(context: Context, source: Source, loads: list[Load], rows: list[LedgerRow]) -> None:
    types = {name: kind for load in loads for name, kind in load.types.items()}
    if source.format == "csv" and not types:
        types = dict.fromkeys(source.required, "string")
    table = context.lake.ensure(source.table, _bronze_types(types))
    files = context.lake.describe(table, [path for load in loads for path in load.paths])
    summary = {BATCH_KEY: context.run_id, PREFIX + "rows-read": str(sum(f.rows for f in files))}
    context.lake.commit(table, files, [], {OUTBOX_KEY: json.dumps([asdict(row) for row in rows])}, summary)


def _bronze_types(own: dict[str, str]) -> dict[str, str]:
    return {**own, **LINEAGE, **_TRAILER}


@dataclass(frozen=True)
class Load:
    """One file, written as Parquet but not yet visible; or the `error` that keeps it out."""

    row: LedgerRow
    types: dict[str, str]
    paths: list[str]
    error: GateError | None = None


@dataclass(frozen=True)
class _Loader:
    """Turns one landed file into Parquet; used by several threads."""

    context: Context
    source: Source
    folder: str

    def load(self, file: LandedFile, content: str, place: int) -> Load | None:
        """Write the file's records; None when it is still being written."""
        engine = self.context.engine.fork()
        try:
            records = self._open(file)
            paths = self._write(engine, file, content, records, place)
            read, malformed = self._count(engine, paths)
            row = _row(self.context, self.source, file, content, (read, malformed))
            return None if file.changed() else Load(row, self._types(records), paths)
        except GateError as error:
            failed = Load(_row(self.context, self.source, file, content, (0, 0)), {}, [], error)
            return None if file.changed() else failed
        finally:
            self.context.progress.advance(self.source.table, file.size)
            engine.close()

    def _open(self, file: LandedFile) -> Records:
        try:
            return read_records(file, self.source)
        except (OSError, UnicodeError) as error:
            raise _unreadable(file, str(error)) from None

    def _types(self, records: Records) -> dict[str, str]:
        return _NDJSON_TYPES if self.source.format == "ndjson" else dict.fromkeys(records.names, "string")

    def _write(self, engine: Engine, file: LandedFile, content: str, records: Records, number: int) -> list[str]:
        engine.receive("incoming", records.stream())
        row = "cast(_source_row as string)"
        view = "incoming"
        if self.source.format == "ndjson":
            view = f"({engine.records('incoming', self.source.ndjson.records)}) as records"
            row = f"{row} || coalesce('.' || cast(item as string), '')"
        columns = "".join(f'"{name}", ' for name in self._types(records))
        place = file.name.replace("'", "''")
        query = f"""select {columns}'{content[:20]}:' || {row} as _ingest_id,
            timestamp '{self.context.started_text}' as _ingested_at, '{self.context.run_id}' as _batch_id,
            '{place}' as _source_file, _source_row, _error, _malformed from {view}"""
        try:
            return engine.write(query, f"{self.folder}/{number:05d}-{content[:20]}")
        except EngineError as error:
            if records.failure:
                raise _unreadable(file, records.failure) from error
            raise

    def _count(self, engine: Engine, paths: list[str]) -> tuple[int, int]:
        engine.bind("written", _TRAILER, paths)
        return engine.rows("select count(*), count(_error) from written")[0]


def _row(
    context: Context,
    source: Source,
    file: LandedFile,
    content: str,
    counts: tuple[int, int],
    twin: bool = False,
) -> LedgerRow:
    return LedgerRow(
        source.name,
        file.name,
        content,
        file.size,
        file.modified,
        *counts,
        twin,
        context.run_id,
        context.started_text,
    )


def _twin(context: Context, source: Source, file: LandedFile, content: str) -> LedgerRow:
    """Ledger row of a file whose content is in bronze already."""
    return _row(context, source, file, content, (0, 0), twin=True)


def _as_stream(rows: Sequence[LedgerRow]) -> pa.RecordBatchReader:
    table = pa.Table.from_pylist([asdict(row) for row in rows])
    return table.to_reader()


def new_files(table: LakeTable, since: int | None) -> list[FileRef]:
    """Bronze files that arrived after snapshot `since`, in the order of their paths."""
    return sorted(table.changes(since).added, key=lambda file: file.path)
