"""A delivery that was wrong is taken back: its rows go from bronze, and the ledger says why.

The ledger still knows its bytes: nothing brings them in again for that occasion. What is built from the feed sees that
rows of it went, and is built anew (`run.work`).
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from marketpulse.bronze.deliveries import Seen
from marketpulse.bronze.ledger import Ledger, LedgerRow
from marketpulse.engines import FILE
from marketpulse.engines.views import View
from marketpulse.errors import UsageError
from marketpulse.lake.digests import check
from marketpulse.lake.table import FileRef, LakeTable, in_table
from marketpulse.landing.files import find_files
from marketpulse.landing.naming import INSIDE, mended
from marketpulse.names import BATCH_KEY, LINEAGE, SOURCE_FILE
from marketpulse.people.audit import note
from marketpulse.project.source import Source
from marketpulse.run.context import Context
from marketpulse.run.owner import refuse_another


@dataclass(frozen=True)
class TakenBack:
    """What was taken back: the feed, the names (of an archive all in it), and how many records they had brought."""

    source: str
    names: list[str]
    records: int

    @property
    def fixes(self) -> int:
        """How many of the names are of rows that were corrected by hand."""
        return sum(mended(name) != name for name in self.names)


def find(context: Context, name: str) -> Source:
    """The feed that a landed file is of. Raise UsageError where none has brought it, or it was taken back already."""
    known: set[str] = set()
    for source in context.project.sources.values():
        ledger = Ledger(context, source, read_only=True)
        if _names(ledger, name):
            return source
        if gone := ledger.deliveries.taken_back(name):
            told = f"{name!r} was taken back already, {gone.ingested_at:%Y-%m-%d %H:%M} UTC: {gone.taken_back}"
            raise UsageError(told, hint="nothing of it is in bronze any more")
        known |= set(ledger.deliveries.names())
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}?" if close else "names are as in bronze.landed_files: <feed>/…/<file>"
    raise UsageError(f"no delivery of {name!r} is in bronze", hint=hint)


def take_back(context: Context, source: Source, name: str, reason: str) -> TakenBack:
    """Take what came in under a name, rows of it corrected by hand too, or of an archive out of bronze, at once."""
    refuse_another(context)
    _refuse_waiting(context, source, name)
    with context.lock(source.table), context.engine.scope():
        ledger = Ledger(context, source)
        names = _names(ledger, name)
        table = context.lake.find(source.table)
        if table is None or not names:  # somebody else was faster
            return TakenBack(source.name, [], 0)
        rows = [_row(context, source, ledger, ledger.deliveries.seen(each), reason) for each in names]
        # Written down before it is done: where that cannot be, nothing is done unseen.
        note(context, "forget", reason, files={source.table: len(names)})
        records = _drop(context, table, ledger, rows)
    return TakenBack(source.name, names, records)


def _names(ledger: Ledger, name: str) -> list[str]:
    """Names that brought something and are meant: itself, corrections of its rows, or of the files of an archive."""
    return sorted(
        each for each in ledger.deliveries.names() if name in (each, mended(each)) or each.startswith(name + INSIDE)
    )


def _refuse_waiting(context: Context, source: Source, name: str) -> None:
    """Raise UsageError where rows of a file were corrected that no run has read: they would come in after it went."""
    landed, _ = find_files(context.settings.landing_place, source.folder, source.pattern)
    waiting = [each.name for each in landed if each.name != name == mended(each.name)]
    ledger = Ledger(context, source, read_only=True)
    if new := [each for each in waiting if not ledger.deliveries.brought(each)]:
        what = f"rows of {name} were corrected by hand and wait for a run: {new[0]}"
        raise UsageError(what, hint="marketpulse run first, then forget: they go along")


def _row(context: Context, source: Source, ledger: Ledger, seen: Seen, reason: str) -> LedgerRow:
    """What the ledger says of it from now on: it holds what it held, and that adds nothing."""
    same = (seen.source_file, seen.content_sha256, seen.size_bytes, seen.modified_ns)
    when = (context.run_id, ledger.moment)
    return LedgerRow(source.name, *same, 0, 0, True, *when, touched_ns=seen.touched_ns, taken_back=reason)


def _drop(context: Context, table: LakeTable, ledger: Ledger, rows: list[LedgerRow]) -> int:
    """Commit bronze without the rows of those files; how many records went."""
    engine, text = context.engine, context.engine.dialect.text
    files = table.files()
    meant = f"{SOURCE_FILE} in ({', '.join(text(row.source_file) for row in rows)})"
    landed = engine.bind("landed", {**table.types, **LINEAGE}, [file.path for file in files], place=True)
    hit = engine.rows(f"select {FILE}, count(*) from {landed} where {meant} group by {FILE} order by {FILE}")
    gone = {in_table(path): count for path, count in hit}
    old = [file for file in files if in_table(file.path) in gone]
    kept = [file for file in old if file.rows > gone[in_table(file.path)]]
    check(table.name, [(file.path, file.size) for file in kept])
    added = _without(context, table, kept, meant) if kept else []
    ledger.bronze = context.lake.commit(table, added, old, ledger.outbox(rows, table), {BATCH_KEY: context.run_id})
    ledger.add(rows)
    return sum(gone.values())


def _without(context: Context, table: LakeTable, files: list[FileRef], meant: str) -> list[FileRef]:
    """Files of the other rows: upkeep may have put several deliveries into one."""
    rows: View = context.engine.bind("mixed", table.types, [file.path for file in files])
    query = f"select * from {rows} where not ({meant})"
    paths = context.engine.write(query, context.folder(table.name), ids=table.ids(table.types))
    return context.describe(table, paths)
