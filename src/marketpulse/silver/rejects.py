"""Rows that a run keeps out: why, as what, from where, in `silver.quarantine`.

A row has one place there, however often it is seen: its id comes from the table and the bronze row.
It is written before the table's own commit; a crash between the two repeats nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from marketpulse import sql
from marketpulse.names import ERROR, INGEST_ID, LINEAGE, MALFORMED, QUARANTINE
from marketpulse.run.context import Context
from marketpulse.run.rules import FAILED, Checks, describe
from marketpulse.silver.quarantine import bind_old, put

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
    old = bind_old(context, quarantine, None if rebuilt else touched)
    if _any(context, _changes(table, rebuilt)):
        put(context, quarantine, old, _merged(table, list(types), context.run_id, rebuilt))
    elif _any(context, _NEW):
        put(context, quarantine, [], _NEW)


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
