"""The quarantine as people see it: rows that were kept out are listed, counted, discarded, marked as replayed.

`rejects` puts them there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Self

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.errors import UsageError
from marketpulse.lake.table import Bucket, FileRef, LakeTable
from marketpulse.names import BATCH_KEY, INGEST_ID, QUARANTINE
from marketpulse.people.audit import note
from marketpulse.project.quality import BUILT_IN
from marketpulse.run.context import Context
from marketpulse.run.publish import publish
from marketpulse.silver.chosen import Chosen, chosen, expect
from marketpulse.sql import Dialect

STATUSES = ("open", "replayed", "discarded")
_ID = re.compile(r"[0-9a-f]{4,32}")
_REASONS = """
    select table_name, source, status, error.message as reason, count(*) as row_count
    from (
        select *, explode(from_json(errors, 'ARRAY<STRUCT<rule: STRING, message: STRING, column: STRING>>')) as error
        from silver.quarantined
    ) as told
    group by table_name, source, status, error.message
    order by row_count desc, reason, table_name, source, status"""


@dataclass(frozen=True)
class Filter:
    """Which quarantined rows: by table, feed, rule, status, id (a prefix), or the run that closed them; None: any."""

    table: str | None = None
    source: str | None = None
    rule: str | None = None
    status: str | None = "open"
    ids: tuple[str, ...] = ()
    run: str | None = None

    @classmethod
    def of(cls, table: str | None, source: str | None, rule: str | None, status: str, ids: Iterable[str] = ()) -> Self:
        """A filter as people give it: the status `all` is any."""
        return cls(table, source, rule, None if status == "all" else status, tuple(ids))

    def condition(self, dialect: Dialect) -> str:
        """The filter as SQL over the quarantine table."""
        if self.status is not None and self.status not in STATUSES:
            raise UsageError(f"unknown status {self.status!r}", hint="one of " + ", ".join((*STATUSES, "all")))
        parts = [
            f"{column} = {dialect.text(value)}"
            for column, value in (
                ("table_name", self.table),
                ("source", self.source),
                ("status", self.status),
                ("resolved_batch_id", self.run),
            )
            if value is not None
        ]
        if self.rule:
            parts.append(f"contains(errors, {dialect.text(json.dumps({'rule': self.rule})[1:-1])})")
        if wrong := [i for i in self.ids if not _ID.fullmatch(i)]:
            hint = "its first 4 letters or more: marketpulse quarantine show lists them"
            raise UsageError(f"{wrong[0]!r} is no quarantine id", hint=hint)
        if self.ids:
            starts = [f"left(quarantine_id, {len(i)}) = {dialect.text(i)}" for i in self.ids]
            parts.append("(" + " or ".join(starts) + ")")
        return " and ".join(parts) or "true"


def matching(context: Context, where: Filter) -> View | None:
    """The rows that match; None when nothing was ever quarantined."""
    condition = where.condition(context.engine.dialect)
    table = context.lake.find(QUARANTINE)
    if table is None:
        _check_names(context, where, None)
        return None
    everything = context.engine.bind("quarantine", table.types, [file.path for file in table.files()])
    _check_names(context, where, everything)
    return context.engine.define("quarantined", f"select * from {everything} where {condition}")


def _check_names(context: Context, where: Filter, everything: View | None) -> None:
    """Raise UsageError for a table, feed or rule that is neither defined nor in the quarantine."""
    project = context.project
    tables = {**project.partial, **project.tables}
    rules = {rule.name for table in tables.values() for rule in table.contract.rules}
    feeds = {*project.sources, *(name.removeprefix("bronze.") for name in project.problems if name[:7] == "bronze.")}
    asked = (
        ("table", where.table, Filter(where.table), {name for name in tables if name.startswith("silver.")}),
        ("feed", where.source, Filter(source=where.source), feeds),
        ("rule", where.rule, Filter(rule=where.rule), {*rules, *BUILT_IN}),
    )
    for kind, name, alone, known in asked:
        if name is None or name in known or (everything and _any(context, everything, alone)):
            continue
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}?" if close else "known: " + ", ".join(sorted(known))
        raise UsageError(f"there is no {kind} {name!r}, and nothing of it in the quarantine", hint=hint)


def _any(context: Context, everything: View, where: Filter) -> bool:
    """Whether rows are there, of whatever status: of what is no longer defined they may be."""
    condition = replace(where, status=None).condition(context.engine.dialect)
    return bool(context.engine.rows(f"select 1 from {everything} where {condition} limit 1"))


def find(context: Context, where: Filter, most: int) -> list[dict[str, Any]]:
    """Rows that match, newest first, at most `most`."""
    rows = matching(context, where)
    if rows is None:
        return []
    columns = list(context.project.table(QUARANTINE).contract.types)
    newest = "order by first_seen_at desc, source_file, source_row, quarantine_id"
    found = context.engine.rows(f"select {', '.join(columns)} from {rows} {newest} limit {most}")
    return [dict(zip(columns, row, strict=True)) for row in found]


def overview(context: Context, where: Filter) -> list[tuple[str, str, str, str, int]]:
    """(table, feed, status, reason, rows), most rows first. A row counts once for each of its reasons."""
    rows = matching(context, where)
    if rows is None:
        return []
    query = sql.translate(_REASONS, context.engine.dialect, {"silver.quarantined": rows.name})
    return [(*row[:4], row[4]) for row in context.engine.rows(query)]


def count(context: Context, where: Filter) -> int:
    """How many rows match."""
    rows = matching(context, where)
    return int(context.engine.rows(f"select count(*) from {rows}")[0][0]) if rows else 0


def choose(context: Context, where: Filter) -> Chosen:
    """Which rows match: what `discard`, `reopen` and `replay` are told that somebody `expected`."""
    return chosen(context, matching(context, where))


def discard(context: Context, where: Filter, expected: Chosen | None = None) -> int:
    """Close the open rows that match; how many there were. The audit trail says so.

    Raise UsageError, and change nothing, where they are not those that somebody `expected`.
    """
    return _turned(context, replace(where, status="open"), "discard", "discarded", expected)


def reopen(context: Context, where: Filter, expected: Chosen | None = None) -> int:
    """Open rows that were discarded again; how many there were, as `discard` does it."""
    return _turned(context, replace(where, status="discarded"), "reopen", "open", expected)


def _turned(context: Context, where: Filter, action: str, status: str, expected: Chosen | None) -> int:
    with context.lock(QUARANTINE):
        rows = matching(context, where)
        seen = expect(context, rows, expected)
        # Written down before it is done: where that cannot be, or this is killed here, nothing is done unseen.
        note(context, action, rows={QUARANTINE: seen.rows})
        found = mark(context, f"select quarantine_id from {rows}", status) if rows else 0
    publish(context, [QUARANTINE])
    return found


def mark(context: Context, ids_query: str, status: str, attempts: int = 0) -> int:
    """Set the status of the rows whose ids `ids_query` gives; how many there were.

    `attempts` is added to each; 'open' keeps a row open and only counts the attempt.
    """
    quarantine = context.lake.find(QUARANTINE)
    if quarantine is None:
        return 0
    engine = context.engine
    _, old = bind_old(context, quarantine)
    paths = engine.write(
        f"select distinct quarantine_id from ({ids_query}) as ids", context.staging(QUARANTINE, f"marked-{status}")
    )
    chosen = engine.bind("chosen", {"quarantine_id": "string"}, paths)
    touched = engine.rows(f"""select first_seen_date, count(*) from {old}
        where quarantine_id in (select quarantine_id from {chosen}) group by first_seen_date""")
    if not touched:
        return 0
    resolved = "null" if status == "open" else f"'{context.run_id}'"
    hits = "c.quarantine_id is not null"
    changed = {
        "status": f"case when {hits} then '{status}' else o.status end",
        "attempts": f"case when {hits} then o.attempts + {attempts} else o.attempts end",
        "resolved_batch_id": f"case when {hits} then {resolved} else o.resolved_batch_id end",
    }
    columns = ", ".join(f"{changed[c]} as {c}" if c in changed else f"o.{c}" for c in quarantine.types)
    files, rows = bind_old(context, quarantine, {row[0] for row in touched})
    query = f"select {columns} from {rows} as o left join {chosen} as c on c.quarantine_id = o.quarantine_id"
    put(context, quarantine, files, query)
    return sum(row[1] for row in touched)


def forget(context: Context, gone: View) -> int:
    """Let the quarantine forget rows of records whose ids (column `_ingest_id`) are `gone`; how many there were."""
    with context.lock(QUARANTINE), context.engine.scope():
        quarantine = context.lake.find(QUARANTINE)
        if quarantine is None:
            return 0
        _, rows = bind_old(context, quarantine)
        there = f"select 1 from {gone} as g where g.{INGEST_ID} = {sql.record_id('r.ingest_id')}"
        query = f"select first_seen_date, count(*) from {rows} as r where exists ({there}) group by first_seen_date"
        touched = context.engine.rows(query)
        if touched:
            files, old = bind_old(context, quarantine, {row[0] for row in touched})
            put(context, quarantine, files, f"select r.* from {old} as r where not exists ({there})")
        return sum(row[1] for row in touched)


def forget_lost(context: Context, names: Sequence[str]) -> int:
    """Let the quarantine forget rows of some landed files whose records bronze no longer has; how many there were."""
    quarantine = context.lake.find(QUARANTINE)
    if quarantine is None or not names:
        return 0
    text = context.engine.dialect.text
    with context.engine.scope():
        _, rows = bind_old(context, quarantine)
        chosen = f"source_file in ({', '.join(map(text, names))})"
        mine = f"select distinct source, {sql.record_id('ingest_id')} as ingest_id from {rows} where {chosen}"
        sources = {row[0] for row in context.engine.rows(f"select distinct source from ({mine}) as mine")}
        parts = [f"select ingest_id as {INGEST_ID} from ({mine}) as mine where {_is_lost(context, s)}" for s in sources]
        if not parts:
            return 0
        paths = context.engine.write(" union all ".join(parts), context.staging(QUARANTINE, "lost"))
        return forget(context, context.engine.bind("lost", {INGEST_ID: "string"}, paths))


def _is_lost(context: Context, source: str) -> str:
    """Condition on rows of a feed in the quarantine: bronze does not have their record."""
    own = f"source = {context.engine.dialect.text(source)}"
    table = context.lake.find(f"bronze.{source}")
    if table is None:
        return own
    there = context.engine.bind("there", {INGEST_ID: "string"}, [file.path for file in table.files()])
    return f"{own} and not exists (select 1 from {there} as b where b.{INGEST_ID} = mine.ingest_id)"


def bind_old(context: Context, table: LakeTable, buckets: set[Bucket] | None = None) -> tuple[list[FileRef], View]:
    """The files of some buckets, or of all, and their rows."""
    files = [file for file in table.files() if buckets is None or file.bucket in buckets]
    return files, context.engine.bind("quarantine_old", table.types, [file.path for file in files])


def put(
    context: Context, table: LakeTable, old: list[FileRef], query: str, state: Mapping[str, str] | None = None
) -> None:
    """Commit the rows of `query` in the place of the files `old`, with `state`."""
    ids = table.ids(table.types)
    paths = context.engine.write(query, context.folder(QUARANTINE), table.partition, ids=ids)
    context.lake.commit(table, context.describe(table, paths), old, state or {}, {BATCH_KEY: context.run_id})
