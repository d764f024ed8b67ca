"""Bronze forgets people: records that are in it go, and those that come in again are kept out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from marketpulse.bronze.deliveries import Delivery
from marketpulse.bronze.ledger import outbox_rows, outbox_text
from marketpulse.bronze.load import Load
from marketpulse.engines import FILE
from marketpulse.errors import StorageError
from marketpulse.lake.digests import check
from marketpulse.lake.durable import write_whole
from marketpulse.lake.table import FileRef, LakeTable, in_table, pieces
from marketpulse.names import BATCH_KEY, LANDED, LANDED_FILES, LINEAGE, OUTBOX_KEY
from marketpulse.people import finding, shield
from marketpulse.project.source import Source
from marketpulse.run.append import append
from marketpulse.run.context import Context
from marketpulse.storage import places
from marketpulse.storage.places import forget_versions, remove

Loaded = tuple[Delivery, Load]
#: Why a delivery was taken back.
_TAKEN = "taken_back"


def keep_out(context: Context, source: Source, loads: Sequence[Loaded]) -> list[Loaded]:
    """Files that were loaded, without the records of people who were erased. Raise GateError."""
    table = context.lake.find(source.table)
    types = {name: kind for _, found in loads for name, kind in found.types.items()} | (table.types if table else {})
    files = {each.folder: found.paths for each, found in loads if found.paths}
    kept = shield.kept_out(context, source.table, {**types, **LINEAGE, **LANDED}, files) if files else {}
    return [(each, _without(found, kept.get(each.folder))) for each, found in loads]


def _without(found: Load, kept: shield.Kept | None) -> Load:
    if kept is None:
        return found
    for path in found.paths:
        remove(path)
        # A role that may not leaves it to the store's own rules; `erase --again` tells.
        with suppress(StorageError):
            forget_versions(path)
    return replace(
        found, paths=[*kept.paths], records=kept.records, malformed=kept.malformed, erased=found.erased + kept.erased
    )


def forget(context: Context, bronze: str, gone: finding.Found, state: Mapping[str, str], why: Mapping[str, str]) -> int:
    """Let a bronze table forget the records that were found, in a commit with `state`, and `why` it was; how many.

    Of a feed with columns to empty records stay, without these.
    """
    table = context.lake.find(bronze)
    if table is None:
        return 0
    files = {in_table(file.path): file for file in table.files()}
    with context.engine.scope():
        rows = context.engine.bind("landed", {"_ingest_id": "string"}, [f.path for f in files.values()], place=True)
        query = f"select r.{FILE}, count(*) from {finding.within(rows, gone.both)} group by r.{FILE} order by r.{FILE}"
        hit = [(files[in_table(path)], count) for path, count in context.engine.rows(query)]
    dropped = [file for file, _ in hit]
    check(bronze, [(file.path, file.size) for file in dropped])
    added = [
        file
        for place, group in enumerate(pieces(dropped, context.chunk_rows))
        for file in _rewritten(context, bronze, gone, group, place)
    ]
    context.lake.commit(table, added, dropped, state, {BATCH_KEY: context.run_id, **why})
    return sum(count for _, count in hit)


def _rewritten(context: Context, bronze: str, gone: finding.Found, group: list[FileRef], place: int) -> list[FileRef]:
    table = context.lake.seen[bronze]
    with context.engine.scope():
        rows = context.engine.bind("landed", table.types, [file.path for file in group])
        empty = context.project.sources[bronze.split(".")[1]].erase
        query = finding.emptied(context, rows, gone, table.types, empty)
        ids = table.ids(table.types)
        paths = context.engine.write(query, context.folder(bronze, place), table.partition, ids=ids)
    return context.describe(table, paths)


def redact(context: Context, clean: Callable[[str], str]) -> None:
    """Reasons for which deliveries were taken back are written anew, each as `clean` makes it, where that changes it.

    They stand in the ledger, and in the files from which it may have to be completed.
    """
    for source in context.project.sources.values():
        found = context.lake.find(source.table)
        place = found.state.get(OUTBOX_KEY, "") if found else ""
        if places.is_file(place):  # of one that is lost its feed tells; what stood in a property had no reasons
            _redact_outbox(place, source.table, clean)
    with context.lock(LANDED_FILES), context.engine.local.scope():
        table = context.lake.find(LANDED_FILES)
        if table is not None and _TAKEN in table.types:
            _redact_ledger(context, table, clean)


def _redact_outbox(place: str, table: str, clean: Callable[[str], str]) -> None:
    there = outbox_rows(place, table)
    new = [replace(row, taken_back=clean(row.taken_back)) if row.taken_back else row for row in there]
    if new != there:
        write_whole(place, outbox_text(new))
        forget_versions(place)


def _redact_ledger(context: Context, table: LakeTable, clean: Callable[[str], str]) -> None:
    engine = context.engine.local
    for file in table.files():
        rows = engine.bind("files", table.types, [file.path])
        reasons = engine.rows(f"select distinct {_TAKEN} from {rows} where {_TAKEN} is not null")
        if all(clean(text) == text for (text,) in reasons):
            continue
        there = [dict(zip(table.types, row, strict=True)) for row in engine.rows(f"select * from {rows}")]
        new = [{**row, _TAKEN: clean(row[_TAKEN]) if row[_TAKEN] else None} for row in there]
        append(context, table, new, [], drop=[file])
        table = context.lake.seen[LANDED_FILES]
