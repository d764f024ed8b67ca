"""Rows that a run keeps out: why, as what, from where, in `silver.quarantine`.

A row has one place there, however often it is seen: its id comes from the table and the bronze row. Rows are written
while the table is built, and become visible when every gate has passed, before the table's own commit: a load that is
stopped leaves none, a crash between the two commits repeats nothing. Where another run might judge rows otherwise (it
looks other rows up, or has other definitions), both commits say which run told: a table that has not heard is built
anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.lake.table import LakeTable
from marketpulse.names import BATCH_KEY, ERROR, INGEST_ID, LINEAGE, MALFORMED, QUARANTINE, TOLD_KEY
from marketpulse.run.context import Context
from marketpulse.silver.building import Build, Staged
from marketpulse.silver.checks import FAILED, Checks
from marketpulse.silver.quarantine import bind_old, put
from marketpulse.sql import Dialect
from marketpulse.storage.places import remove

#: A row `n` that is rejected now and was here, `o`, for other reasons or as replayed.
_AGAIN = "n.quarantine_id is not null and (n.errors <> o.errors or o.status = 'replayed')"


def write(build: Build, staged: Staged) -> list[str]:
    """Write the rejected rows of a piece in the shape of quarantine; files of it that no snapshot names yet."""
    context, engine = build.context, build.engine
    bad = engine.rows(
        f"select (select count(*) from {staged.rows} where {FAILED} <> 0)"
        f" + (select count(*) from {staged.chunk} where {ERROR} is not null)"
    )
    if not bad[0][0]:
        return []
    contract = context.project.table(QUARANTINE).contract
    rejected = engine.define("rejected", _rejected(build, staged))
    return engine.write(
        f"select {', '.join(contract.types)} from {rejected}",
        context.folder(QUARANTINE, build.steps),
        contract.partition,
        ids=context.lake.ids(QUARANTINE, contract.types),
    )


def forget(paths: Sequence[str]) -> None:
    """Remove files of rows that are not to be kept."""
    for path in paths:
        remove(path)


def record(
    context: Context,
    table: str,
    paths: Sequence[str],
    *,
    rebuilt: bool = False,
    again: View | None = None,
    builds: bool = False,
) -> None:
    """Keep rejected rows. After a rebuild, open rows of the table that passed this time are resolved.

    So are those of the records whose ids are `again`, where only these were mapped once more. A run that `builds` the
    table commits it next, with what `told` says.
    """
    tried = "true" if rebuilt else _is_of(again) if again else None
    with context.lock(QUARANTINE), context.engine.scope():
        if paths or (tried and context.lake.find(QUARANTINE)):
            is_told = builds and (tried or context.project.table(table).looked)
            _record(context, table, paths, tried, {f"{TOLD_KEY}.{table}": context.run_id} if is_told else {})


def told(context: Context, table: str) -> dict[str, str]:
    """Property of a table that says: it has heard what was last told of its rows in quarantine."""
    found = context.lake.find(QUARANTINE)
    run = found.state.get(f"{TOLD_KEY}.{table}") if found else None
    return {TOLD_KEY: run} if run else {}


def _is_of(again: View) -> str:
    """Condition that a row here is of one of some records."""
    return f"exists (select 1 from {again} as a where a.{INGEST_ID} = {sql.record_id('o.ingest_id')})"


def _record(context: Context, table: str, paths: Sequence[str], tried: str | None, state: Mapping[str, str]) -> None:
    """Most often nothing of it is here yet: then the files are the table's as they are."""
    contract = context.project.table(QUARANTINE).contract
    quarantine = context.lake.ensure(QUARANTINE, contract.types, contract.partition, said=contract.said)
    engine = context.engine
    now = engine.bind("rejected_now", contract.types, paths)
    touched = {row[0] for row in engine.rows(f"select distinct first_seen_date from {now}")}
    files, old = bind_old(context, quarantine, None if tried else touched)
    here = f"select 1 from {old} as o where o.quarantine_id = n.quarantine_id"
    new = f"select * from {now} as n where not exists ({here})"
    if _any(context, _changes(table, old, now, tried)):
        query = _merged(table, list(contract.types), context.run_id, tried).format(old=old, now=now, new=new)
        put(context, quarantine, files, query, state)
        forget(paths)
    elif _any(context, f"select 1 from {now} as n where exists ({here})"):
        if _any(context, new):
            put(context, quarantine, [], new, state)
        forget(paths)
    else:
        _add(context, quarantine, paths, state)


def _add(context: Context, quarantine: LakeTable, paths: Sequence[str], state: Mapping[str, str]) -> None:
    added = context.describe(quarantine, paths)
    context.lake.commit(quarantine, added, [], state, {BATCH_KEY: context.run_id})


def _any(context: Context, query: str) -> bool:
    return bool(context.engine.rows(f"select count(*) from ({query}) as found")[0][0])


def _changes(table: str, old: View, now: View, tried: str | None) -> str:
    """Query for the rows here that this run sees otherwise: their buckets are written anew.

    Rows that are here as they are now come from a run that was killed, or a rebuild with the same rules; they
    are left alone, so that a run always gets further than the one before it.
    """
    passed = f"or ({_passed(table, tried)})" if tried else ""
    return f"""
        select o.quarantine_id from {old} as o left join {now} as n on n.quarantine_id = o.quarantine_id
        where {_AGAIN} {passed}"""


def _passed(table: str, tried: str) -> str:
    """Condition: an open row of the table that was `tried` again and is no longer rejected."""
    return f"o.table_name = '{table}' and o.status = 'open' and n.quarantine_id is null and {tried}"


def _rejected(build: Build, staged: Staged) -> str:
    """Query that gives the rejected rows of one piece in the shape of the quarantine table.

    Of what cannot be read there is no record, only the text.
    """
    dialect, table = build.dialect, build.table.name
    record = {column: dialect.name(kept) for column, kept in staged.record.items()}
    key = " || '/' || ".join(f"cast({dialect.name(name)} as string)" for name in build.contract.key) or "null"
    unreadable = {"rule": "'malformed'", "message": ERROR, "column": "cast(null as string)"}
    lineage = ", ".join(LINEAGE)
    return f"""
        select md5('{table}|' || {INGEST_ID}) as quarantine_id, '{table}' as table_name, '{staged.source}' as source,
            _batch_id as batch_id, _source_file as source_file, _source_row as source_row, {INGEST_ID} as ingest_id,
            record_key, errors, raw_record,
            _ingested_at as first_seen_at, cast(_ingested_at as date) as first_seen_date,
            cast(1 as int) as attempts, 'open' as status, cast(null as string) as resolved_batch_id
        from (
            select {lineage}, {key} as record_key, {_errors(build, staged)} as errors,
                {dialect.json_object(record) if record else "cast(null as string)"} as raw_record
            from {staged.rows} where {FAILED} <> 0
            union all
            select {lineage}, cast(null as string), concat('[', {dialect.json_object(unreadable)}, ']'), {MALFORMED}
            from {staged.chunk} where {ERROR} is not null
        ) as kept_out"""


def _errors(build: Build, staged: Staged) -> str:
    """SQL of a row's reasons: the few sets of them that occur, each as its JSON."""
    columns = staged.checks.failed.columns
    names = ", ".join(columns)
    found = build.engine.rows(f"select distinct {names} from {staged.rows} where {FAILED} <> 0")
    cases = [f"when {_are(columns, words)} then {_reasons(staged.checks, words, build.dialect)}" for words in found]
    return f"case {' '.join(cases)} end" if cases else "cast(null as string)"


def _are(columns: Sequence[str], words: Sequence[int]) -> str:
    return " and ".join(f"{column} = {word}" for column, word in zip(columns, words, strict=True))


def _reasons(checks: Checks, words: Sequence[int], dialect: Dialect) -> str:
    found = [{"rule": c.rule, "message": c.describe(), "column": c.column} for c in checks.reasons(words)]
    return dialect.text(json.dumps(found))


def _merged(table: str, columns: list[str], run_id: str, tried: str | None) -> str:
    """Old rows of the touched buckets with the new ones (`{old}`, `{now}`, `{new}`): a row seen again keeps its time.

    It is open again unless somebody discarded it; what was `tried` again and is no longer rejected is replayed.
    """
    opened = "n.quarantine_id is not null and o.status = 'replayed'"
    passed = _passed(table, tried) if tried else "false"
    changed = {
        "errors": "coalesce(n.errors, o.errors)",
        "attempts": f"case when {_AGAIN} then o.attempts + 1 else o.attempts end",
        "status": f"case when {opened} then 'open' when {passed} then 'replayed' else o.status end",
        "resolved_batch_id": f"case when {opened} then null when {passed} then '{run_id}' else o.resolved_batch_id end",
    }
    kept = ", ".join(f"{changed[c]} as {c}" if c in changed else f"o.{c}" for c in columns)
    return f"""
        select {kept} from {{old}} as o left join {{now}} as n on n.quarantine_id = o.quarantine_id
        union all {{new}}"""
