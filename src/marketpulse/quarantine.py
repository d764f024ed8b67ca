"""Rows that were kept out: why, as what, from where; listed, replayed once fixed, or discarded.

A row has one place here, however often it is seen: its id comes from the table and the bronze row.
Quarantine is written before the table's own commit; a crash between the two repeats nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marketpulse import sql
from marketpulse.context import Context
from marketpulse.errors import UsageError
from marketpulse.laketable import Bucket, FileRef, LakeTable
from marketpulse.names import BATCH_KEY, ERROR, INGEST_ID, LINEAGE, MALFORMED, QUARANTINE
from marketpulse.quality import FAILED, Checks, describe

STATUSES = ("open", "replayed", "discarded")
_REASONS = """
    select table_name, source, status, error.message as reason, count(*) as row_count
    from (
        select *, explode(from_json(errors, 'ARRAY<STRUCT<rule: STRING, message: STRING, column: STRING>>')) as error
        from quarantined
    ) as told
    group by table_name, source, status, error.message
    order by row_count desc, reason, table_name, source, status"""
#: A row `n` that is rejected now and was here, `o`, for other reasons or as replayed.
_AGAIN = "n.quarantine_id is not null and (n.errors <> o.errors or o.status = 'replayed')"
_NEW = """
    select * from rejected_now as n
    where not exists (select 1 from quarantine_old as o where o.quarantine_id = n.quarantine_id)"""


@dataclass(frozen=True)
class Rejected:
    """Parquet files of rejected bronze rows (`_failed` says why) of one feed."""

    source: str
    paths: list[str]
    checks: Checks


def record(context: Context, table: str, rejected: Sequence[Rejected], rebuilt: bool = False) -> None:
    """Keep rejected rows. After a rebuild, open rows of the table that passed this time are resolved."""
    with context.lock(QUARANTINE):
        _record(context, table, rejected, rebuilt)


def _record(context: Context, table: str, rejected: Sequence[Rejected], rebuilt: bool) -> None:
    if not rejected and not (rebuilt and context.lake.find(QUARANTINE)):
        return
    types = context.project.table(QUARANTINE).contract.types
    quarantine = context.lake.ensure(QUARANTINE, types, context.project.table(QUARANTINE).contract.partition)
    engine = context.engine
    parts = [_rows(context, table, number, part) for number, part in enumerate(rejected)]
    empty = ", ".join(f"cast(null as {t}) as {c}" for c, t in types.items())
    engine.define("rejected_now", " union all ".join(parts) or f"select {empty} where false")
    now = engine.write("select * from rejected_now", context.staging(QUARANTINE, f"rows-{table}"))
    engine.bind("rejected_now", types, now)
    touched = {row[0] for row in engine.rows("select distinct first_seen_date from rejected_now")}
    if rebuilt:
        touched |= {file.bucket for file in quarantine.files()}
    files = [file.path for file in quarantine.files() if file.bucket in touched]
    engine.bind("quarantine_old", types, files)
    if _any(context, _changes(table, rebuilt)):
        _rewrite(context, quarantine, touched, _merged(table, list(types), context.run_id, rebuilt))
    elif _any(context, _NEW):
        _commit(context, quarantine, [], _NEW)


def _any(context: Context, query: str) -> bool:
    return bool(context.engine.rows(f"select count(*) from ({query}) as found")[0][0])


def _changes(table: str, rebuilt: bool) -> str:
    """Query for the rows here that this run sees otherwise: their buckets are written anew.

    Rows that are here as they are now come from a run that was killed, or a rebuild with the same rules; they
    are left alone, so that a run always gets further than the one before it.
    """
    passed = f"or ({_passed(table)})" if rebuilt else ""
    return f"""
        select o.quarantine_id from quarantine_old as o left join rejected_now as n on n.quarantine_id = o.quarantine_id
        where {_AGAIN} {passed}"""


def _passed(table: str) -> str:
    """Condition: an open row of the table that a rebuild no longer rejects."""
    return f"o.table_name = '{table}' and o.status = 'open' and n.quarantine_id is null"


def _rows(context: Context, table: str, number: int, part: Rejected) -> str:
    """Query that gives one feed's rejected rows in the shape of the quarantine table."""
    engine = context.engine
    view = f"rejected_{number}"
    types = context.lake.find(f"bronze.{part.source}")
    assert types is not None  # noqa: S101 - the rows came from it
    engine.bind(view, {**types.types, FAILED: "long", "failed_key": "string"}, part.paths)
    raw = [name for name in types.types if name not in LINEAGE and name not in (ERROR, MALFORMED)]
    dialect = engine.dialect
    record_json = sql.json_object({c: sql.name(c, dialect) for c in raw}, dialect) if raw else "null"
    cases = " ".join(
        f"when {bits} then {sql.text(_errors_json(part.checks, bits), dialect)}"
        for (bits,) in engine.rows(f"select distinct {FAILED} from {view} where {ERROR} is null")
    )
    errors = f"case {FAILED} {cases} end" if cases else "null"
    unreadable = {"rule": "'malformed'", "message": ERROR, "column": "cast(null as string)"}
    malformed = f"concat('[', {sql.json_object(unreadable, dialect)}, ']')"
    return f"""
        select md5('{table}|' || {INGEST_ID}) as quarantine_id, '{table}' as table_name, '{part.source}' as source,
            _batch_id as batch_id, _source_file as source_file, _source_row as source_row, {INGEST_ID} as ingest_id,
            failed_key as record_key, case when {ERROR} is null then {errors} else {malformed} end as errors,
            case when {ERROR} is null then {record_json} else {MALFORMED} end as raw_record,
            _ingested_at as first_seen_at, cast(_ingested_at as date) as first_seen_date,
            cast(1 as int) as attempts, 'open' as status, cast(null as string) as resolved_batch_id
        from {view}"""


def _errors_json(checks: Checks, bits: int) -> str:
    found = [{"rule": c.rule, "message": describe(c), "column": c.column} for c in checks.reasons(bits)]
    return json.dumps(found)


def _merged(table: str, columns: list[str], run_id: str, rebuilt: bool) -> str:
    """Old rows of the touched buckets with the new ones: a row seen again keeps its first time.

    It is open again unless somebody discarded it; what a rebuild no longer rejects is replayed.
    """
    opened = "n.quarantine_id is not null and o.status = 'replayed'"
    passed = _passed(table) if rebuilt else "false"
    changed = {
        "errors": "coalesce(n.errors, o.errors)",
        "attempts": f"case when {_AGAIN} then o.attempts + 1 else o.attempts end",
        "status": f"case when {opened} then 'open' when {passed} then 'replayed' else o.status end",
        "resolved_batch_id": f"case when {opened} then null when {passed} then '{run_id}' else o.resolved_batch_id end",
    }
    old = ", ".join(f"{changed[c]} as {c}" if c in changed else f"o.{c}" for c in columns)
    return f"""
        select {old} from quarantine_old as o left join rejected_now as n on n.quarantine_id = o.quarantine_id
        union all {_NEW}"""


def _rewrite(context: Context, quarantine: LakeTable, touched: set[Bucket], query: str) -> None:
    old = [file for file in quarantine.files() if file.bucket in touched]
    types = quarantine.types
    context.engine.bind("quarantine_old", types, [file.path for file in old])
    _commit(context, quarantine, old, query)


def _commit(context: Context, quarantine: LakeTable, old: list[FileRef], query: str) -> None:
    """Put the rows of `query` in the place of the files `old`."""
    paths = context.engine.write(query, context.folder(QUARANTINE), quarantine.partition)
    context.lake.commit(quarantine, context.lake.describe(quarantine, paths), old, {}, {BATCH_KEY: context.run_id})


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
    files = quarantine.files()
    engine = context.engine
    engine.bind("quarantine_old", quarantine.types, [file.path for file in files])
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
    _rewrite(context, quarantine, {row[0] for row in touched}, query)
    return sum(row[1] for row in touched)
