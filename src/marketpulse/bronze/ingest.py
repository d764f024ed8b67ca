"""Landing, and a stream where a feed has one -> bronze: each landed file and message exactly once.

new files -> load (anywhere, see `load`) -> one commit of the bronze table for a group of them -> the ledger
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from marketpulse.bronze import load
from marketpulse.bronze.bringing import Feed, Ingested, Loaded, bring, row, without_erased
from marketpulse.bronze.deliveries import Delivery
from marketpulse.bronze.ledger import Known, Ledger
from marketpulse.bronze.load import Load
from marketpulse.bronze.shapes import Shapes
from marketpulse.bronze.streaming import consume
from marketpulse.bronze.together import together
from marketpulse.errors import GateError
from marketpulse.landing.files import LandedFile, find_files
from marketpulse.landing.limits import MB, Limits
from marketpulse.landing.listing import Listing
from marketpulse.landing.naming import archive_of
from marketpulse.project.source import Source
from marketpulse.run.context import Context
from marketpulse.storage.places import remove_folder

_GROUP_BYTES, _GROUP_FILES = 2 << 30, 400


def ingest(context: Context, source: Source, strict: bool = False) -> Ingested:
    """Bring every new file of a feed into its bronze table; with `strict` none whose columns are news."""
    listing, known = _retained(context, source)
    files, refused = listing.look(whole=context.retained.whole)
    report = Ingested(source.name)
    _ = context.pseudonyms.secret  # made here, for readers who may write nothing
    report.blocked = [each.error() for each in refused if not each.waits]
    report.refused = [each for each in refused if each.waits]
    with context.lock(source.table):
        ledger = Ledger(context, source, known=known, names=[file.name for file in files])
        if known and not (ledger.is_known or context.retained.whole):  # what was passed by is no longer known
            files, _ = listing.look(whole=True)
        feed = Feed(context, source, ledger, Shapes(context.lake.find(source.table)), report, strict)
        new = [file for file in files if not ledger.deliveries.knows(file)]
        context.progress.start(source.table, sum(file.size for file in new))
        for number, group in enumerate(_groups(new)):
            _bring(feed, _deliveries(feed, number, group))
        consume(feed)
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


def _deliveries(feed: Feed, number: int, group: list[LandedFile]) -> list[Delivery]:
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


def _bring(feed: Feed, deliveries: list[Delivery]) -> None:
    """Load a group of files and make what is new of them visible."""
    # First what is kept out: only what really comes in makes another file its twin.
    loaded = list(_loaded(feed, deliveries))
    fit = (each for each in _flat(feed, loaded) if _says_day(feed, *each) and _says_all(feed, *each))
    fresh, twins = _apart(each for each in fit if _fits(feed, *each))
    fresh = without_erased(feed, fresh)
    rows = [row(*each, is_duplicate=False) for each in [*fresh, *_whole(loaded, [*fresh, *twins])]]
    rows += [row(*each, is_duplicate=True) for each in twins if _is_news(feed, *each)]
    bring(feed, fresh, rows)
    report = feed.report
    report.files += len(fresh)
    report.came += [delivery.file.name for delivery, _ in fresh]
    report.empty += [delivery.file.name for delivery, found in fresh if not found.records]
    report.duplicates += len(twins)


def _loaded(feed: Feed, deliveries: list[Delivery]) -> Iterator[Loaded]:
    """Files that could be loaded, in order; the others are told."""
    task = partial(load.load, feed.ledger.deliveries.held(each.file.name for each in deliveries))
    for delivery, found in zip(deliveries, feed.context.engine.spread(task, deliveries), strict=True):
        feed.context.progress.advance(feed.source.table, delivery.file.size)
        if found and found.error:
            feed.report.blocked.append(found.error)
        elif found:
            yield delivery, found


def _flat(feed: Feed, loaded: list[Loaded]) -> Iterator[Loaded]:
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


def _is_news(feed: Feed, delivery: Delivery, found: Load) -> bool:
    """Whether the ledger should say of a known file what it holds; of one in an archive it may have said so."""
    return archive_of(delivery.file.name) is None or feed.ledger.deliveries.last(delivery.file.name) != found.content


def _says_day(feed: Feed, delivery: Delivery, found: Load) -> bool:
    """Whether a file may come in, as far as its name goes: where names say the day, one without is no delivery."""
    wrong = feed.source.undated(delivery.file.name)
    if found.known or wrong is None:
        return True
    feed.report.blocked.append(GateError(wrong, where=delivery.file.name, hint="rename it, or move it away"))
    remove_folder(delivery.folder)
    return False


def _says_all(feed: Feed, delivery: Delivery, found: Load) -> bool:
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


def _fits(feed: Feed, delivery: Delivery, found: Load) -> bool:
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
