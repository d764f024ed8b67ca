"""Quarantined rows, tried again: exactly the rows that a clean run would have had."""

from __future__ import annotations

from dataclasses import dataclass, field
from dataclasses import replace as changed

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.errors import DefinitionError, UsageError
from marketpulse.names import ERROR, FINGERPRINT_KEY, INGEST_ID, QUARANTINE
from marketpulse.project.table import Table
from marketpulse.run import validate
from marketpulse.run.context import Context
from marketpulse.run.owner import refuse_another
from marketpulse.run.publish import publish as make_seen
from marketpulse.run.unfolding import unfold
from marketpulse.silver import quarantine
from marketpulse.silver.build import check_table, publish, start
from marketpulse.silver.building import Staged
from marketpulse.silver.checks import FAILED
from marketpulse.silver.mapping import add_rows
from marketpulse.silver.quarantine import Filter


@dataclass
class Replayed:
    """What became of the rows of one table: `passed` are in the table now, `failed` stay open.

    `problem` says why none was tried: the table, or what maps the feed, is not there or wrong.
    """

    table: str
    tried: int = 0
    passed: int = 0
    failed: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    problem: str | None = None


def replay(context: Context, where: Filter) -> list[Replayed]:
    """Map, check and merge the open rows that match, from bronze, with the definitions as they are now.

    The table first, then quarantine: a crash between the two leaves rows open whose second replay adds nothing.
    """
    refuse_another(context)
    rows = quarantine.matching(context, where)
    if rows is None:
        return []
    pairs = context.engine.rows(f"select distinct table_name, source from {rows} order by all")
    done = []
    for table, source in pairs:
        with context.lock(table), context.engine.scope():
            try:
                done.append(_replay_one(context, changed(where, table=table, source=source)))
            except (DefinitionError, UsageError) as error:
                done.append(Replayed(table, problem=str(error)))
    make_seen(context, {QUARANTINE, *(each.table for each in done if not each.problem)})
    return done


def _replay_one(context: Context, where: Filter) -> Replayed:
    engine = context.engine
    table = context.project.table(where.table or "")
    source = where.source or ""
    _check(context, table, source)
    bronze = context.lake.find(f"bronze.{source}")
    rows = quarantine.matching(context, where)
    if bronze is None or rows is None:
        return Replayed(table.name)
    wanted = f"select quarantine_id, ingest_id from {rows}"
    paths = engine.write(wanted, context.staging(table.name, f"replay-{source}"))
    ids = engine.bind("replayed", {"quarantine_id": "string", "ingest_id": "string"}, paths)
    types = context.project.sources[source].with_optional(bronze.types)
    landed = engine.bind("bronze", types, [file.path for file in bronze.files()])
    of_records = f"select {sql.record_id('ingest_id')} from {ids}"
    whole = engine.define("records", f"select * from {landed} where {INGEST_ID} in ({of_records})")
    rows = unfold(context, table, bronze.name, whole, types)
    # A record that had no array has elements by now, perhaps: they are of an id that is a whole record's.
    asked = [f"{number} in (select ingest_id from {ids})" for number in (INGEST_ID, sql.record_id(INGEST_ID))]
    chunk = engine.define("chunk", f"select * from {rows} where {' or '.join(asked)}")
    build = start(context, table, rebuild=False)
    staged = add_rows(build, bronze.name, chunk)
    known = build.target.state
    state = {FINGERPRINT_KEY: known[FINGERPRINT_KEY]} if FINGERPRINT_KEY in known else {}
    publish(build, state, "replay", check_table(build))
    _close(context, ids, staged)
    counts = build.counts[source]
    passed = counts.read - counts.quarantined
    return Replayed(table.name, counts.read, passed, counts.quarantined, counts.reasons)


def _check(context: Context, table: Table, source: str) -> None:
    """Raise DefinitionError or UsageError when rows of a feed cannot be mapped as things are defined now."""
    name = f"bronze.{source}"
    if name in context.project.problems:
        raise DefinitionError.together(context.project.problems[name])
    if name not in table.queries or source not in context.project.sources:
        raise UsageError(f"nothing maps {name} to {table.name} any more", hint="discard the rows, or bring it back")
    validate.check_definitions(context.project, table, context.engine.local)


def _close(context: Context, ids: View, staged: Staged) -> None:
    """What passed is replayed; of the rest only the attempt counts."""
    bad = context.engine.define(
        "still_bad",
        f"select {INGEST_ID} from {staged.rows} where {FAILED} <> 0 "
        f"union all select {INGEST_ID} from {staged.chunk} where {ERROR} is not null",
    )
    is_its = f"b.{INGEST_ID} = r.ingest_id or {sql.record_id(f'b.{INGEST_ID}')} = r.ingest_id"
    again = f"exists (select 1 from {bad} as b where {is_its})"
    with context.lock(QUARANTINE):
        quarantine.mark(context, f"select r.quarantine_id from {ids} as r where not {again}", "replayed")
        quarantine.mark(context, f"select r.quarantine_id from {ids} as r where {again}", "open", attempts=1)
