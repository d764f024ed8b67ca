"""The quarantine as people see it: rows that were kept out are listed, counted, discarded, marked as replayed.

`rejected` puts them there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from marketpulse import sql
from marketpulse.errors import UsageError
from marketpulse.lake.table import Bucket, FileRef, LakeTable
from marketpulse.names import BATCH_KEY, QUARANTINE
from marketpulse.run.context import Context

STATUSES = ("open", "replayed", "discarded")
_REASONS = """
    select table_name, source, status, error.message as reason, count(*) as row_count
    from (
        select *, explode(from_json(errors, 'ARRAY<STRUCT<rule: STRING, message: STRING, column: STRING>>')) as error
        from quarantined
    ) as told
    group by table_name, source, status, error.message
    order by row_count desc, reason, table_name, source, status"""


@dataclass(frozen=True)
class Filter:
    """Which quarantined rows: by table, feed, rule, status or id (a prefix); None means any."""

    table: str | None = None
    source: str | None = None
    rule: str | None = None
    status: str | None = "open"
    ids: tuple[str, ...] = ()

    def condition(self, dialect: str) -> str:
        """The filter as SQL over the quarantine table."""
        if self.status is not None and self.status not in STATUSES:
            raise UsageError(f"unknown status {self.status!r}", hint="one of " + ", ".join(STATUSES))
        parts = [
            f"{column} = {sql.text(value, dialect)}"
            for column, value in (
                ("table_name", self.table),
                ("source", self.source),
                ("status", self.status),
            )
            if value is not None
        ]
        if self.rule:
            parts.append(f"contains(errors, {sql.text(json.dumps({'rule': self.rule})[1:-1], dialect)})")
        if self.ids:
            starts = [f"left(quarantine_id, {len(i)}) = {sql.text(i, dialect)}" for i in self.ids]
            parts.append("(" + " or ".join(starts) + ")")
        return " and ".join(parts) or "true"


def bind(context: Context, where: Filter) -> LakeTable | None:
    """Make the rows that match readable as `quarantined`; None when nothing was ever quarantined."""
    condition = where.condition(context.engine.dialect)
    table = context.lake.find(QUARANTINE)
    if table is None:
        return None
    context.engine.bind("quarantine_all", table.types, [file.path for file in table.files()])
    context.engine.define("quarantined", f"select * from quarantine_all where {condition}")
    return table


def find(context: Context, where: Filter, most: int) -> list[dict[str, Any]]:
    """Rows that match, newest first, at most `most`."""
    table = bind(context, where)
    if table is None:
        return []
    columns = list(table.types)
    query = (
        f"select * from quarantined order by first_seen_at desc, source_file, source_row, quarantine_id limit {most}"
    )
    return [dict(zip(columns, row, strict=True)) for row in context.engine.rows(query)]


def overview(context: Context, where: Filter) -> list[tuple[str, str, str, str, int]]:
    """(table, feed, status, reason, rows), most rows first. A row counts once for each of its reasons."""
    if bind(context, where) is None:
        return []
    rows = context.engine.rows(sql.translate(_REASONS, context.engine.dialect))
    return [(*row[:4], row[4]) for row in rows]


def count(context: Context, where: Filter) -> int:
    """How many rows match."""
    if bind(context, where) is None:
        return 0
    return int(context.engine.rows("select count(*) from quarantined")[0][0])


def discard(context: Context, where: Filter) -> int:
    """Close the rows that match for good; how many there were."""
    with context.lock(QUARANTINE):
        if bind(context, where) is None:
            return 0
        return mark(context, "select quarantine_id from quarantined", "discarded")


def mark(context: Context, ids_query: str, status: str, attempts: int = 0) -> int:
    """Set the status of the rows whose ids `ids_query` gives; how many there were.

    `attempts` is added to each; 'open' keeps a row open and only counts the attempt.
    """
    quarantine = context.lake.find(QUARANTINE)
    if quarantine is None:
        return 0
    engine = context.engine
    bind_old(context, quarantine)
    chosen = engine.write(
        f"select distinct quarantine_id from ({ids_query}) as ids", context.staging(QUARANTINE, f"marked-{status}")
    )
    engine.bind("chosen", {"quarantine_id": "string"}, chosen)
    touched = engine.rows("""select first_seen_date, count(*) from quarantine_old
        where quarantine_id in (select quarantine_id from chosen) group by first_seen_date""")
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
    query = f"select {columns} from quarantine_old as o left join chosen as c on c.quarantine_id = o.quarantine_id"
    put(context, quarantine, bind_old(context, quarantine, {row[0] for row in touched}), query)
    return sum(row[1] for row in touched)


def bind_old(context: Context, table: LakeTable, buckets: set[Bucket] | None = None) -> list[FileRef]:
    """Make the rows of some buckets, or of all, readable as `quarantine_old`; the files they are in."""
    files = [file for file in table.files() if buckets is None or file.bucket in buckets]
    context.engine.bind("quarantine_old", table.types, [file.path for file in files])
    return files


def put(context: Context, table: LakeTable, old: list[FileRef], query: str) -> None:
    """Commit the rows of `query` in the place of the files `old`."""
    paths = context.engine.write(query, context.folder(QUARANTINE), table.partition)
    context.lake.commit(table, context.lake.describe(table, paths), old, {}, {BATCH_KEY: context.run_id})
