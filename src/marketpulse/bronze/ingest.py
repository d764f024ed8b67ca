"""Landing -> bronze: each landed file exactly once, every record of it.

The ledger `bronze.landed_files` has one row a file and load. A file is known by its content (SHA-256); name,
size and time of change only save reading it again. Data and ledger are two tables, so the rows of the ledger
travel first in the bronze table's own commit (property `marketpulse.landed`): whoever comes next completes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

from marketpulse.bronze import load as loading
from marketpulse.bronze.load import TRAILER, Delivery, Load
from marketpulse.errors import ConcurrentError, GateError
from marketpulse.lake.table import FileRef, LakeTable
from marketpulse.landing.files import LandedFile, Refused, find_files
from marketpulse.names import BATCH_KEY, LANDED_FILES, LINEAGE, PREFIX
from marketpulse.project.owned import owned
from marketpulse.project.source import Source
from marketpulse.run.append import append
from marketpulse.run.context import Context

OUTBOX_KEY = PREFIX + "landed"
_GROUP_BYTES, _GROUP_FILES = 2 << 30, 400


class Seen(NamedTuple):
    """What of a row of the ledger tells whether a file is known. A ledger has many: they are read as tuples."""

    batch_id: str
    source_file: str
    content_sha256: str
    size_bytes: int
    modified_ns: int

    @property
    def load(self) -> tuple[str, str]:
        """What the ledger has once."""
        return self.batch_id, self.source_file

    @property
    def file(self) -> tuple[str, int, int]:
        """What a file is recognised by before it is read."""
        return self.source_file, self.size_bytes, self.modified_ns


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

    @property
    def seen(self) -> Seen:
        """What tells whether the file is known."""
        return Seen(self.batch_id, self.source_file, self.content_sha256, self.size_bytes, self.modified_ns)


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
    """Files of one feed that are already in bronze, as of the snapshot `bronze` of that table."""

    def __init__(self, context: Context, source: Source, read_only: bool = False) -> None:
        self._context = context
        self._source = source
        self._stats: set[tuple[str, int, int]] = set()
        self._contents: set[str] = set()
        # First the snapshot, then the rows: a load of another machine in between is met by the commit.
        found = context.lake.find(source.table)
        self.bronze = found.snapshot_id if found else None
        known = self._read(context.lake.find(LANDED_FILES))
        self._remember(known)
        if not read_only:
            self._complete(found, {seen.load for seen in known})

    def knows(self, file: LandedFile) -> bool:
        """True when exactly this file was seen: nothing need be read."""
        return (file.name, file.size, file.modified) in self._stats

    def has(self, content: str) -> bool:
        """True when the content is in bronze, under whatever name."""
        return content in self._contents

    def _complete(self, bronze: LakeTable | None, known: set[tuple[str, str]]) -> None:
        """Write the rows that a bronze commit carried and nobody wrote down yet."""
        outbox = bronze.state.get(OUTBOX_KEY) if bronze else None
        carried = [LedgerRow(**row) for row in json.loads(outbox or "[]")]
        if any(row.seen.load not in known for row in carried):
            self.add(carried)

    def add(self, rows: Sequence[LedgerRow]) -> None:
        """Append rows that are not there yet; many small files become one on the way."""
        with self._context.lock(LANDED_FILES):
            own = owned()[LANDED_FILES]
            table = self._context.lake.ensure(LANDED_FILES, own.types, own.partition)
            known = {seen.load for seen in self._read(table)}
            missing = [row for row in rows if row.seen.load not in known]
            if missing:
                append(self._context, table, [asdict(row) for row in missing], self._files(table))
        self._remember([row.seen for row in rows])

    def _remember(self, files: Sequence[Seen]) -> None:
        self._stats.update(seen.file for seen in files)
        self._contents.update(seen.content_sha256 for seen in files)

    def _read(self, table: LakeTable | None) -> list[Seen]:
        if table is None:
            return []
        files = [file.path for file in self._files(table)]
        engine = self._context.engine.local
        engine.bind("ledger", {name: table.types[name] for name in Seen._fields}, files)
        return [Seen(*row) for row in engine.rows(f"select {', '.join(Seen._fields)} from ledger")]

    def _files(self, table: LakeTable) -> list[FileRef]:
        return [file for file in table.files() if file.bucket == self._source.name]


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
    fresh, twins = _known(context, ledger, numbered[1], report)
    rows = [_twin(context, source, file, content) for file, content in twins]
    good: list[Load] = []
    deliveries = _deliveries(context, source, numbered[0], fresh)
    for delivery, load in zip(deliveries, context.engine.spread(loading.load, deliveries), strict=True):
        file = delivery.file
        context.progress.advance(source.table, file.size)
        if load and load.error:
            report.blocked.append(load.error)
        elif load:
            good.append(load)
            rows.append(_row(context, source, file, delivery.content, (load.records, load.malformed)))
    if good:
        ledger.bronze = _commit(context, source, good, rows, ledger.bronze)
    if rows:
        ledger.add(rows)
    report.files += len(good)
    report.duplicates += len(twins)
    report.records += sum(load.records for load in good)
    report.malformed += sum(load.malformed for load in good)


def _known(
    context: Context, ledger: Ledger, group: list[LandedFile], report: Ingested
) -> tuple[dict[str, LandedFile], list[tuple[LandedFile, str]]]:
    """Files by their content: those to load, and those whose content is in bronze or comes with another file."""
    fresh: dict[str, LandedFile] = {}
    twins: list[tuple[LandedFile, str]] = []
    for file, content in zip(group, context.engine.spread(loading.content, group), strict=True):
        if isinstance(content, GateError):
            report.blocked.append(content)
        elif content is None:
            continue
        elif ledger.has(content) or content in fresh:
            twins.append((file, content))
        else:
            fresh[content] = file
    return fresh, twins


def _deliveries(context: Context, source: Source, number: int, fresh: dict[str, LandedFile]) -> list[Delivery]:
    folder = context.folder(source.table, number)
    return [
        Delivery(source, file, content, f"{folder}/{place:05d}-{content[:20]}", context.run_id, context.started_text)
        for place, (content, file) in enumerate(fresh.items())
    ]


def _commit(context: Context, source: Source, loads: list[Load], rows: list[LedgerRow], seen: int | None) -> int | None:
    """Make the loads visible on top of the snapshot `seen`; the new one. Raise ConcurrentError on any other."""
    types = {name: kind for load in loads for name, kind in load.types.items()}
    if source.format == "csv" and not types:
        types = dict.fromkeys(source.required, "string")
    table = context.lake.ensure(source.table, _bronze_types(types))
    if table.snapshot_id != seen:
        raise ConcurrentError(f"{source.table} was changed by another process", hint="run again")
    files = context.lake.describe(table, [path for load in loads for path in load.paths])
    summary = {BATCH_KEY: context.run_id, PREFIX + "rows-read": str(sum(f.rows for f in files))}
    return context.lake.commit(table, files, [], {OUTBOX_KEY: json.dumps([asdict(row) for row in rows])}, summary)


def _bronze_types(own: dict[str, str]) -> dict[str, str]:
    return {**own, **LINEAGE, **TRAILER}


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


def new_files(table: LakeTable, since: int | None) -> list[FileRef]:
    """Bronze files that arrived after snapshot `since`, in the order of their paths."""
    return sorted(table.changes(since).added, key=lambda file: file.path)
