"""What was loaded becomes visible: one commit of the bronze table, then the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from marketpulse.bronze.deliveries import Delivery
from marketpulse.bronze.forgetting import keep_out
from marketpulse.bronze.ledger import Ledger, LedgerRow
from marketpulse.bronze.load import Load
from marketpulse.bronze.shapes import Shapes, Shift
from marketpulse.errors import ConcurrentError, GateError
from marketpulse.lake.evolving import Said
from marketpulse.lake.table import LakeTable
from marketpulse.landing.naming import Refused
from marketpulse.names import BATCH_KEY, LANDED, LINEAGE, PREFIX, WORDS
from marketpulse.people import shield
from marketpulse.project.source import Source
from marketpulse.run.context import Context
from marketpulse.storage.places import remove_folder

Loaded = tuple[Delivery, Load]


@dataclass(frozen=True)
class Moves:
    """State of a bronze table that comes with a commit: `after`, where it was `before` until then (None: not there)."""

    before: Mapping[str, str | None] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)


NOTHING_MOVES = Moves()


@dataclass
class Ingested:
    """What one feed brought: `blocked` are files that were left where they are, with the reason.

    `erased` are records of people who were erased, which stay out and are not among the others.

    `refused` are names of what is not finished, `shifts` files whose columns are not those of the files before.
    `doubts` are warnings of files, `together` says which of a day count together, `came` are names of what is new.
    `newest` is when the last of what is new was written, in nanoseconds since 1970; 0 where nothing is.
    `slices` are commits of what its stream had.
    """

    source: str
    files: int = 0
    duplicates: int = 0
    records: int = 0
    malformed: int = 0
    erased: int = 0
    blocked: list[GateError] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    doubts: list[GateError] = field(default_factory=list)
    together: list[str] = field(default_factory=list)
    came: list[str] = field(default_factory=list)
    newest: int = 0
    slices: int = 0


@dataclass
class Feed:
    """One feed while deliveries of it are brought in; with `strict` a file with other columns is blocked."""

    context: Context
    source: Source
    ledger: Ledger
    shapes: Shapes
    report: Ingested
    strict: bool


def bring(feed: Feed, fresh: Sequence[Loaded], rows: Sequence[LedgerRow], moves: Moves = NOTHING_MOVES) -> None:
    """Make loads visible, with more state of the table in the same commit, and tell the ledger.

    Raise ConcurrentError when another process changed the table, or that state, since it was read.
    """
    if fresh or moves.after:
        feed.ledger.bronze = _commit(feed, fresh, rows, moves)
    if rows:
        feed.ledger.add(rows)
    report = feed.report
    report.newest = max([report.newest, *(delivery.file.modified for delivery, _ in fresh)])
    report.doubts += [doubt for _, found in fresh for doubt in found.doubts]
    report.records += sum(found.records for _, found in fresh)
    report.malformed += sum(found.malformed for _, found in fresh)
    report.erased += sum(found.erased for _, found in fresh)


def without_erased(feed: Feed, fresh: list[Loaded]) -> list[Loaded]:
    """Files without the records of people who were erased; where nobody can tell whose they are, none comes in."""
    try:
        return keep_out(feed.context, feed.source, fresh)
    except GateError as error:
        for delivery, _ in fresh:
            told = GateError(error.message, where=delivery.file.name, hint=error.hint)
            feed.report.blocked.append(told)
            remove_folder(delivery.folder)
        return []


def ensured(feed: Feed, loads: Sequence[Loaded]) -> LakeTable:
    """The bronze table, with the columns of the loads; of those that hold nothing what the feed says it has."""
    types = {name: kind for _, found in loads for name, kind in found.types.items()}
    columns = {**(types or _expected(feed.source)), **LINEAGE, **LANDED}
    return feed.context.lake.ensure(feed.source.table, columns, said=Said(WORDS))


def _commit(feed: Feed, loads: Sequence[Loaded], rows: Sequence[LedgerRow], moves: Moves) -> int | None:
    """Make the loads visible on top of the snapshot the ledger saw; the new one. Raise ConcurrentError on any other."""
    lake, source = feed.context.lake, feed.source
    table = ensured(feed, loads)
    is_as_before = all(table.state.get(key) == value for key, value in moves.before.items())
    if table.snapshot_id != feed.ledger.bronze or not is_as_before:
        raise ConcurrentError(f"{source.table} was changed by another process", hint="run again")
    known = {path: each for _, found in loads for path, each in found.measured.items()}
    paths = [path for _, found in loads for path in found.paths]
    files = lake.describe(table, paths, feed.context.engine.spread, known)
    summary = {BATCH_KEY: feed.context.run_id, PREFIX + "rows-read": str(sum(f.rows for f in files))}
    told = feed.ledger.outbox(rows, table) if rows else {}
    state = {**told, **feed.shapes.state(), **shield.state(feed.context, source.table), **moves.after}
    return lake.commit(table, files, [], state, summary)


def _expected(source: Source) -> dict[str, str]:
    """Columns of a feed whose first files hold nothing at all."""
    return dict.fromkeys(source.known_columns, "string")


def row(delivery: Delivery, found: Load, is_duplicate: bool) -> LedgerRow:
    """Row of the ledger."""
    file = delivery.file
    return LedgerRow(
        delivery.source.name,
        file.name,
        found.content,
        file.size,
        file.modified,
        0 if is_duplicate else found.records,
        0 if is_duplicate else found.malformed,
        is_duplicate,
        delivery.batch_id,
        delivery.ingested_at,
        file.touched,
    )
