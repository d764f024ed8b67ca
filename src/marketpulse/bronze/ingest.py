"""Landing -> bronze: each landed file exactly once, every record of it.

new files -> load (anywhere, see `load`) -> one commit of the bronze table for a group of them -> the ledger
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from marketpulse.bronze import load
from marketpulse.bronze.ledger import Ledger, LedgerRow
from marketpulse.bronze.load import TRAILER, Delivery, Load
from marketpulse.errors import ConcurrentError, GateError
from marketpulse.landing.files import LandedFile, Refused, find_files
from marketpulse.names import BATCH_KEY, LINEAGE, PREFIX
from marketpulse.project.source import Source
from marketpulse.run.context import Context
from marketpulse.storage.places import remove_folder

_GROUP_BYTES, _GROUP_FILES = 2 << 30, 400
Loaded = tuple[Delivery, Load]


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


def ingest(context: Context, source: Source) -> Ingested:
    """Bring every new file of a feed into its bronze table."""
    files, refused = find_files(context.settings.landing_place, source.folder, source.pattern)
    report = Ingested(source.name, refused=refused)
    with context.lock(source.table):
        ledger = Ledger(context, source)
        new = [file for file in files if not ledger.knows(file)]
        context.progress.start(source.table, sum(file.size for file in new))
        for number, group in enumerate(_groups(new)):
            _bring(context, source, ledger, _deliveries(context, source, number, group), report)
        context.progress.finish(source.table)
    return report


def count_new(context: Context, source: Source) -> int:
    """How many files a run would look at; nothing is read or changed."""
    files, _ = find_files(context.settings.landing_place, source.folder, source.pattern)
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


def _deliveries(context: Context, source: Source, number: int, group: list[LandedFile]) -> list[Delivery]:
    folder = context.folder(source.table, number)
    return [
        Delivery(source, file, f"{folder}/{place:05d}", context.run_id, context.started_text)
        for place, file in enumerate(group)
    ]


def _bring(context: Context, source: Source, ledger: Ledger, deliveries: list[Delivery], report: Ingested) -> None:
    """Load a group of files and make what is new of them visible."""
    task = partial(load.load, frozenset(ledger.contents))
    loaded: list[Loaded] = []
    for delivery, found in zip(deliveries, context.engine.spread(task, deliveries), strict=True):
        context.progress.advance(source.table, delivery.file.size)
        if found and found.error:
            report.blocked.append(found.error)
        elif found:
            loaded.append((delivery, found))
    fresh, twins = _apart(ledger, loaded)
    rows = [_row(*each) for each in fresh] + [_row(delivery, None, found.content) for delivery, found in twins]
    if fresh:
        ledger.bronze = _commit(context, source, ledger, fresh, rows)
    if rows:
        ledger.add(rows)
    report.files += len(fresh)
    report.duplicates += len(twins)
    report.records += sum(found.records for _, found in fresh)
    report.malformed += sum(found.malformed for _, found in fresh)


def _apart(ledger: Ledger, loaded: list[Loaded]) -> tuple[list[Loaded], list[Loaded]]:
    """Files whose content is new, and those whose content is in bronze or came with an earlier file of the group.

    Only what was really loaded makes another file a twin: of two names of one file that is blocked, neither is known.
    """
    fresh: dict[str, Loaded] = {}
    twins: list[Loaded] = []
    for delivery, found in loaded:
        if found.content in ledger.contents or found.content in fresh:
            remove_folder(delivery.folder)
            twins.append((delivery, found))
        else:
            fresh[found.content] = (delivery, found)
    return list(fresh.values()), twins


def _commit(context: Context, source: Source, ledger: Ledger, loads: list[Loaded], rows: list[LedgerRow]) -> int | None:
    """Make the loads visible on top of the snapshot the ledger saw; the new one. Raise ConcurrentError on any other."""
    types = {name: kind for _, found in loads for name, kind in found.types.items()}
    table = context.lake.ensure(source.table, {**(types or _expected(source)), **LINEAGE, **TRAILER})
    if table.snapshot_id != ledger.bronze:
        raise ConcurrentError(f"{source.table} was changed by another process", hint="run again")
    files = context.lake.describe(table, [path for _, found in loads for path in found.paths])
    summary = {BATCH_KEY: context.run_id, PREFIX + "rows-read": str(sum(f.rows for f in files))}
    return context.lake.commit(table, files, [], ledger.outbox(rows, table), summary)


def _expected(source: Source) -> dict[str, str]:
    """Columns of a feed whose first files hold nothing at all."""
    return dict.fromkeys(source.known_columns, "string")


def _row(delivery: Delivery, found: Load | None, content: str = "") -> LedgerRow:
    """Row of the ledger; without a load that of a file whose content is in bronze already."""
    file = delivery.file
    return LedgerRow(
        delivery.source.name,
        file.name,
        found.content if found else content,
        file.size,
        file.modified,
        found.records if found else 0,
        found.malformed if found else 0,
        found is None,
        delivery.batch_id,
        delivery.ingested_at,
    )
