"""One landed file -> Parquet of its bronze table, not yet visible: a function of what it is given.

It runs in a thread of this process or in a task on another machine; bronze is the same to the byte. Whatever goes wrong
with one file is told of that file; only the warehouse itself may stop a run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pyiceberg.io import FileIO

from marketpulse.bronze.deliveries import Delivery, Held
from marketpulse.engines import LocalEngine
from marketpulse.errors import EngineError, GateError, MarketPulseError, StorageError
from marketpulse.lake.datafile import NOTHING_ASKED, Measured, measure
from marketpulse.lake.durable import DurableFileIO
from marketpulse.lake.table import ids_of
from marketpulse.landing.archive import is_beside
from marketpulse.landing.files import LandedFile
from marketpulse.landing.messages import Messages
from marketpulse.landing.opened import OpenedFile, opened
from marketpulse.landing.records import Records
from marketpulse.names import ERROR, LANDED, LINEAGE
from marketpulse.project.source import Source
from marketpulse.storage.places import is_remote, remove_folder


@dataclass(frozen=True)
class Load:
    """A file that was loaded, that is `known`, or the `error` that keeps it out. `content` is its SHA-256.

    An archive that is news brings the files `inside` it, and has no records of its own. `erased` are records of people
    who were erased: they are not among its records. `doubts` are warnings. What only stands beside the data of an
    archive is left `aside`, which is one. `measured` is what a commit must know of the files, told by who wrote them.
    """

    content: str = ""
    known: bool = False
    types: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    records: int = 0
    malformed: int = 0
    error: GateError | None = None
    inside: list[tuple[Delivery, Load]] | None = None
    erased: int = 0
    doubts: list[GateError] = field(default_factory=list)
    aside: bool = False
    measured: dict[str, Measured] = field(default_factory=dict)


def load(held: Held, engine: LocalEngine, delivery: Delivery) -> Load | None:
    """Write the file's records, unless its content is no news; None when it is gone or still being written."""
    file = delivery.file
    try:
        with _problems_of(file), opened(file, engine.scratch, delivery.limits) as data:
            found = _loaded(engine, delivery, data, held) if data else None
    except GateError as error:
        remove_folder(delivery.folder)  # what of it was written is of no use
        found = Load(error=error)
    if found and file.changed():
        remove_folder(delivery.folder)
        return None
    return found


def _loaded(engine: LocalEngine, delivery: Delivery, data: OpenedFile, held: Held) -> Load:
    if delivery.is_known(data.content, held):
        return Load(data.content, known=True)
    if data.members is None:
        return _written(engine, delivery, data)
    inside = [(delivery.of_member(place, each.file), each) for place, each in enumerate(data.members)]
    found = [(each, _member(engine, each, member)) for each, member in inside]
    came = [each.file.name for each, member in found if not member.error]
    return Load(data.content, inside=[(each, _aside(each, member, came)) for each, member in found])


def _aside(delivery: Delivery, found: Load, came: list[str]) -> Load:
    """A file of an archive, which is no problem of its feed where it only stands beside those that `came`."""
    if found.error is None or not is_beside(delivery.file.name, came):
        return found
    told = f"is left out, as it only stands beside the data: {found.error.message}"
    hint = "if it holds data, land it as a file of its own"
    return Load(doubts=[GateError(told, where=delivery.file.name, hint=hint)], aside=True)


def _member(engine: LocalEngine, delivery: Delivery, data: OpenedFile) -> Load:
    """A file of an archive: whatever is wrong with it is told of it alone."""
    try:
        with _problems_of(delivery.file):
            if delivery.brought and delivery.is_known(data.content, {}):
                return Load(data.content, known=True)
            return _written(engine, delivery, data)
    except GateError as error:
        remove_folder(delivery.folder)
        return Load(error=error)
    finally:
        data.close()


def load_messages(engine: LocalEngine, delivery: Delivery, messages: Messages) -> Load:
    """Write messages of a stream; each row is known by the place that its message says."""
    records = delivery.source.reader.of_messages(messages, delivery.limits)
    paths = _write(engine, delivery, "", records)
    return _told_of(engine, delivery, messages.content, records, paths)


def _written(engine: LocalEngine, delivery: Delivery, data: OpenedFile) -> Load:
    records = delivery.source.reader.read(data, delivery.source.wanted)
    rows_of = f"{delivery.identity(data.content)}:"
    paths = _write(engine, delivery, rows_of, records)
    if records.doubted and records.patient:
        remove_folder(delivery.folder)
        records = records.patient()
        paths = _write(engine, delivery, rows_of, records)
    return _told_of(engine, delivery, data.content, records, paths)


def _told_of(engine: LocalEngine, delivery: Delivery, content: str, records: Records, paths: list[str]) -> Load:
    """What was written."""
    written = engine.bind("written", LANDED, paths)
    read, malformed = engine.rows(f"select count(*), count({ERROR}) from {written}")[0]
    doubts = [GateError(each.message, where=delivery.file.name, hint=each.hint) for each in records.doubts()]
    told = {path: measure(_io(path), NOTHING_ASKED, path) for path in paths}
    types = _types(delivery.source, records)
    return Load(content, False, types, paths, read, malformed, doubts=doubts, measured=told)


def _io(path: str) -> FileIO:
    """How a file is read where it was written."""
    if not is_remote(path):
        return DurableFileIO({})
    from marketpulse.lake.stored import StoredFileIO  # a library that S3 alone needs

    return StoredFileIO({})


def _types(source: Source, records: Records) -> dict[str, str]:
    return dict.fromkeys(source.reader.columns_given or records.names, "string")


def _write(engine: LocalEngine, delivery: Delivery, rows_of: str, records: Records) -> list[str]:
    """Write records whose ids begin with `rows_of`."""
    reader, dialect = delivery.source.reader, engine.dialect
    found = engine.receive("incoming", records.stream())
    incoming, place = str(found), "cast(_source_row as string)"
    if reader.checked:
        incoming, place = f"({engine.records(found)}) as records", f"coalesce(place, {place})"
    names = list(_types(delivery.source, records))
    columns = "".join(f"{dialect.name(name)}, " for name in names)
    query = f"""select {columns}{dialect.text(rows_of)} || {place} as _ingest_id,
        timestamp '{delivery.ingested_at}' as _ingested_at, {dialect.text(delivery.batch_id)} as _batch_id,
        {dialect.text(delivery.file.name)} as _source_file, _source_row, _item, _error, _malformed
        from {incoming}"""
    try:
        return engine.write(query, delivery.folder, ids=ids_of([*names, *LINEAGE, *LANDED], delivery.ids))
    except (EngineError, StorageError) as error:
        if records.failure:
            raise _told(delivery.file, records.failure) from error
        raise


@contextmanager
def _problems_of(file: LandedFile) -> Iterator[None]:
    """Whatever a file does to those who read it is that file's problem; what the warehouse does is everybody's."""
    try:
        yield
    except EngineError as error:
        raise _unreadable(file, error.message) from error
    except GateError as error:
        raise _told(file, error) from error
    except MarketPulseError:
        raise
    except OSError as error:
        raise _unreadable(file, error.strerror or str(error)) from error
    except Exception as error:
        raise _unreadable(file, f"{type(error).__name__}: {error}") from error


def _told(file: LandedFile, failure: Exception) -> GateError:
    """The error of a file, for what its reader raised: a reader may not know which file it reads."""
    if isinstance(failure, GateError):
        return GateError(failure.message, where=failure.where or file.name, hint=failure.hint)
    return _unreadable(file, str(failure))


def _unreadable(file: LandedFile, reason: str) -> GateError:
    return GateError(f"cannot be read: {reason}", where=file.name, hint="land the file again")
