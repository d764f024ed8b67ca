"""Landing -> bronze: each landed file exactly once, every record of it.

new files -> load (anywhere, see `load`) -> one commit of the bronze table for a group of them -> the ledger
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from marketpulse.bronze import load
from marketpulse.bronze.deliveries import Delivery
from marketpulse.bronze.forgetting import keep_out
from marketpulse.bronze.ledger import Known, Ledger, LedgerRow
from marketpulse.bronze.load import Load
from marketpulse.bronze.shapes import Shapes, Shift
from marketpulse.bronze.together import together
from marketpulse.errors import ConcurrentError, GateError
from marketpulse.lake.evolving import Said
from marketpulse.landing.files import LandedFile, find_files
from marketpulse.landing.limits import MB, Limits
from marketpulse.landing.listing import Listing
from marketpulse.landing.naming import Refused, archive_of
from marketpulse.names import BATCH_KEY, LANDED, LINEAGE, PREFIX, WORDS
from marketpulse.people import shield
from marketpulse.project.source import Source
from marketpulse.run.context import Context
from marketpulse.storage.places import remove_folder

_GROUP_BYTES, _GROUP_FILES = 2 << 30, 400
Loaded = tuple[Delivery, Load]


@dataclass
class Ingested:
    """What one feed brought: `blocked` are files that were left where they are, with the reason.

    `erased` are records of people who were erased, which stay out and are not among the others.

    `refused` are names of what is not finished, `shifts` files whose columns are not those of the files before.
    `doubts` are warnings of files, `together` says which of a day count together, `came` are names of what is new.
    `newest` is when the last of what is new was written, in nanoseconds since 1970; 0 where nothing is.
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


@dataclass
class _Feed:
    """One feed while its files are brought in; with `strict` a file with other columns is blocked."""

    context: Context
    source: Source
    ledger: Ledger
    shapes: Shapes
    report: Ingested
    strict: bool


def ingest(context: Context, source: Source, strict: bool = False) -> Ingested:
    """Bring every new file of a feed into its bronze table; with `strict` none whose columns are news."""
    listing, known = _retained(context, source)
    files, refused = listing.look(whole=context.retained.whole)
    report = Ingested(source.name)
    report.blocked = [each.error() for each in refused if not each.waits]
    report.refused = [each for each in refused if each.waits]
    with context.lock(source.table):
        ledger = Ledger(context, source, known=known, names=[file.name for file in files])
        if known and not (ledger.is_known or context.retained.whole):  # what was passed by is no longer known
            files, _ = listing.look(whole=True)
        feed = _Feed(context, source, ledger, Shapes(context.lake.find(source.table)), report, strict)
        new = [file for file in files if not ledger.deliveries.knows(file)]
        context.progress.start(source.table, sum(file.size for file in new))
        for number, group in enumerate(_groups(new)):
            _bring(feed, _deliveries(feed, number, group))
        context.progress.finish(source.table)
        report.together = together(source, ledger.deliveries, report.came)
        listing.settle(files, ledger.deliveries.knows)
        context.retained.put(source.name, listing)
        if found := ledger.known():
            context.retained.put(source.name, found)
    return report


def _retained(context: Context, source: Source) -> tuple[Listing, Known | None]:
    """What this process knows of a feed: where its files lie and which they are."""
    place = (context.settings.landing_place, source.folder, source.pattern)
    listing, known = context.retained.take(Listing, source.name), context.retained.take(Known, source.name)
    if listing is None or known is None or listing.place != place:
        return Listing(*place), known
    return listing, known


def count_new(context: Context, source: Source) -> int:
    """How many files a run would look at; nothing is read or changed."""
    files, _ = find_files(context.settings.landing_place, source.folder, source.pattern)
    ledger = Ledger(context, source, read_only=True)
    return sum(not ledger.deliveries.knows(file) for file in files)


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


def _deliveries(feed: _Feed, number: int, group: list[LandedFile]) -> list[Delivery]:
    context, known = feed.context, feed.ledger.deliveries
    folder = context.folder(feed.source.table, number)
    said = (context.run_id, feed.ledger.moment)
    table = context.lake.find(feed.source.table)
    ids = table.ids(table.types) if table else {}
    limits = Limits(context.settings.record_mb * MB, context.settings.unpacked_mb * MB)
    return [
        Delivery(
            feed.source,
            file,
            f"{folder}/{place:05d}",
            *said,
            known.brought(file.name),
            limits,
            known.inside(file.name),
            ids,
        )
        for place, file in enumerate(group)
    ]


def _bring(feed: _Feed, deliveries: list[Delivery]) -> None:
    """Load a group of files and make what is new of them visible."""
    report = feed.report
    # First what is kept out: only what really comes in makes another file its twin.
    loaded = list(_loaded(feed, deliveries))
    fit = (each for each in _flat(feed, loaded) if _says_day(feed, *each) and _says_all(feed, *each))
    fresh, twins = _apart(each for each in fit if _fits(feed, *each))
    fresh = _without_erased(feed, fresh)
    rows = [_row(*each, is_duplicate=False) for each in [*fresh, *_whole(loaded, [*fresh, *twins])]]
    rows += [_row(*each, is_duplicate=True) for each in twins if _is_news(feed, *each)]
    if fresh:
        feed.ledger.bronze = _commit(feed, fresh, rows)
    if rows:
        feed.ledger.add(rows)
    report.files += len(fresh)
    report.came += [delivery.file.name for delivery, _ in fresh]
    report.newest = max([report.newest, *(delivery.file.modified for delivery, _ in fresh)])
    report.doubts += [doubt for _, found in fresh for doubt in found.doubts]
    report.empty += [delivery.file.name for delivery, found in fresh if not found.records]
    report.duplicates += len(twins)
    report.records += sum(found.records for _, found in fresh)
    report.malformed += sum(found.malformed for _, found in fresh)
    report.erased += sum(found.erased for _, found in fresh)


def _without_erased(feed: _Feed, fresh: list[Loaded]) -> list[Loaded]:
    """Files without the records of people who were erased; where nobody can tell whose they are, none comes in."""
    try:
        return keep_out(feed.context, feed.source, fresh)
    except GateError as error:
        for delivery, _ in fresh:
            told = GateError(error.message, where=delivery.file.name, hint=error.hint)
            feed.report.blocked.append(told)
            remove_folder(delivery.folder)
        return []


def _loaded(feed: _Feed, deliveries: list[Delivery]) -> Iterator[Loaded]:
    """Files that could be loaded, in order; the others are told."""
    task = partial(load.load, feed.ledger.deliveries.held(each.file.name for each in deliveries))
    for delivery, found in zip(deliveries, feed.context.engine.spread(task, deliveries), strict=True):
        feed.context.progress.advance(feed.source.table, delivery.file.size)
        if found and found.error:
            feed.report.blocked.append(found.error)
        elif found:
            yield delivery, found


def _flat(feed: _Feed, loaded: list[Loaded]) -> Iterator[Loaded]:
    """The files, and of archives the files in them; what of those is no news is known only here."""
    for delivery, found in loaded:
        if found.inside is None:
            yield delivery, found
            continue
        held = feed.ledger.deliveries.held(each.file.name for each, _ in found.inside)
        for member, inner in found.inside:
            if inner.error:
                feed.report.blocked.append(inner.error)
            elif inner.aside:
                feed.report.doubts += inner.doubts
            else:
                yield member, replace(inner, known=member.is_known(inner.content, held))


def _whole(loaded: list[Loaded], came: list[Loaded]) -> list[Loaded]:
    """Archives all of whose files came in, or are known: until then an archive is looked at again."""
    names = {delivery.file.name for delivery, _ in came}
    return [(a, found) for a, found in loaded if found.inside is not None and _names(found) <= names]


def _names(archive: Load) -> set[str]:
    return {delivery.file.name for delivery, found in archive.inside or () if not found.aside}


def _is_news(feed: _Feed, delivery: Delivery, found: Load) -> bool:
    """Whether the ledger should say of a known file what it holds; of one in an archive it may have said so."""
    return archive_of(delivery.file.name) is None or feed.ledger.deliveries.last(delivery.file.name) != found.content


def _says_day(feed: _Feed, delivery: Delivery, found: Load) -> bool:
    """Whether a file may come in, as far as its name goes: where names say the day, one without is no delivery."""
    wrong = feed.source.undated(delivery.file.name)
    if found.known or wrong is None:
        return True
    feed.report.blocked.append(GateError(wrong, where=delivery.file.name, hint="rename it, or move it away"))
    remove_folder(delivery.folder)
    return False


def _says_all(feed: _Feed, delivery: Delivery, found: Load) -> bool:
    """Whether a file may come in, as far as its rows go: a whole delivery without any would say that all is gone."""
    terms = feed.source.terms
    says_all = terms.whole in ("feed", "list", "file") and terms.each == "file"
    if found.known or found.records > found.malformed or not says_all:
        return True
    what = "holds no row that can be read, and what its feed delivers is whole: everything before it would be gone"
    error = GateError(what, where=delivery.file.name, hint="land the file again, or move it away")
    feed.report.blocked.append(error)
    remove_folder(delivery.folder)
    return False


def _fits(feed: _Feed, delivery: Delivery, found: Load) -> bool:
    """Whether a file may come in, as far as its columns go; a file without any says nothing of them."""
    if feed.source.reader.columns_given or not found.types:
        return True
    shift = feed.shapes.meet(delivery.file.name, found.types)
    if shift is None:
        return True
    if feed.strict:
        feed.shapes.forget_last()
        feed.report.blocked.append(shift.error())
        remove_folder(delivery.folder)
        return False
    feed.report.shifts.append(shift)
    return True


def _apart(loaded: Iterable[Loaded]) -> tuple[list[Loaded], list[Loaded]]:
    """Files that are news, and those that are not: known, or a copy of an earlier file of the group for one occasion.

    Only what was really loaded makes another file a twin: of two names of one file that is blocked, neither is known.
    """
    fresh: list[Loaded] = []
    twins: list[Loaded] = []
    came: set[tuple[str, str]] = set()
    for delivery, found in loaded:
        bytes_for = (delivery.occasion, found.content)
        if found.known or (not delivery.brought and bytes_for in came):
            remove_folder(delivery.folder)
            twins.append((delivery, found))
        else:
            came.add(bytes_for)
            fresh.append((delivery, found))
    return fresh, twins


def _commit(feed: _Feed, loads: list[Loaded], rows: list[LedgerRow]) -> int | None:
    """Make the loads visible on top of the snapshot the ledger saw; the new one. Raise ConcurrentError on any other."""
    lake, source = feed.context.lake, feed.source
    types = {name: kind for _, found in loads for name, kind in found.types.items()}
    table = lake.ensure(source.table, {**(types or _expected(source)), **LINEAGE, **LANDED}, said=Said(WORDS))
    if table.snapshot_id != feed.ledger.bronze:
        raise ConcurrentError(f"{source.table} was changed by another process", hint="run again")
    files = lake.describe(table, [path for _, found in loads for path in found.paths])
    summary = {BATCH_KEY: feed.context.run_id, PREFIX + "rows-read": str(sum(f.rows for f in files))}
    state = feed.ledger.outbox(rows, table) | feed.shapes.state() | shield.state(feed.context, source.table)
    return lake.commit(table, files, [], state, summary)


def _expected(source: Source) -> dict[str, str]:
    """Columns of a feed whose first files hold nothing at all."""
    return dict.fromkeys(source.known_columns, "string")


def _row(delivery: Delivery, found: Load, is_duplicate: bool) -> LedgerRow:
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
