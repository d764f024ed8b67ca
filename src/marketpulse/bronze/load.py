"""One landed file -> Parquet of its bronze table, not yet visible: a function of what it is given.

It runs in a thread of this process or in a task on another machine; bronze is the same to the byte.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from marketpulse.engines import LocalEngine
from marketpulse.errors import EngineError, GateError, StorageError
from marketpulse.landing.files import LandedFile
from marketpulse.landing.records import Records, read_records
from marketpulse.names import ERROR, JSON_COLUMNS, MALFORMED
from marketpulse.project.source import Source

NDJSON_TYPES = dict.fromkeys(JSON_COLUMNS, "string")
TRAILER = {ERROR: "string", MALFORMED: "string"}


@dataclass(frozen=True)
class Delivery:
    """A file to load: its `content` (SHA-256), where its Parquet goes, and the run that loads it."""

    source: Source
    file: LandedFile
    content: str
    folder: str
    batch_id: str
    ingested_at: str


@dataclass(frozen=True)
class Load:
    """A file that was loaded, or the `error` that keeps it out."""

    types: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    records: int = 0
    malformed: int = 0
    error: GateError | None = None


def content(_: LocalEngine, file: LandedFile) -> str | GateError | None:
    """SHA-256 of the bytes; None when the file is gone by now, the reason when it cannot be read."""
    try:
        return file.content()
    except OSError as error:
        return None if file.changed() else _unreadable(file, error.strerror or str(error))


def load(engine: LocalEngine, delivery: Delivery) -> Load | None:
    """Write the file's records; None when it is still being written."""
    try:
        records = _open(delivery)
        types = _types(delivery.source, records)
        paths = _write(engine, delivery, records, types)
        engine.bind("written", TRAILER, paths)
        read, malformed = engine.rows(f"select count(*), count({ERROR}) from written")[0]
        found = Load(types, paths, read, malformed)
    except GateError as error:
        found = Load(error=error)
    return None if delivery.file.changed() else found


def _open(delivery: Delivery) -> Records:
    try:
        return read_records(delivery.file, delivery.source)
    except (OSError, UnicodeError) as error:
        raise _unreadable(delivery.file, str(error)) from None


def _types(source: Source, records: Records) -> dict[str, str]:
    return NDJSON_TYPES if source.format == "ndjson" else dict.fromkeys(records.names, "string")


def _write(engine: LocalEngine, delivery: Delivery, records: Records, types: dict[str, str]) -> list[str]:
    engine.receive("incoming", records.stream())
    row = "cast(_source_row as string)"
    view = "incoming"
    if delivery.source.format == "ndjson":
        view = f"({engine.records('incoming', delivery.source.ndjson.records)}) as records"
        row = f"{row} || coalesce('.' || cast(item as string), '')"
    columns = "".join(f'"{name}", ' for name in types)
    place = delivery.file.name.replace("'", "''")
    query = f"""select {columns}'{delivery.content[:20]}:' || {row} as _ingest_id,
        timestamp '{delivery.ingested_at}' as _ingested_at, '{delivery.batch_id}' as _batch_id,
        '{place}' as _source_file, _source_row, _error, _malformed from {view}"""
    try:
        return engine.write(query, delivery.folder)
    except (EngineError, StorageError) as error:
        if records.failure:
            raise _unreadable(delivery.file, records.failure) from error
        raise


def _unreadable(file: LandedFile, reason: str) -> GateError:
    return GateError(f"cannot be read: {reason}", where=file.name, hint="land the file again")
