"""Quarantined rows, tried again: exactly the rows that a clean run would have had."""

from __future__ import annotations

from dataclasses import dataclass, field
from dataclasses import replace as changed

from marketpulse.names import ERROR, FINGERPRINT_KEY, INGEST_ID, QUARANTINE
from marketpulse.run.context import Context
from marketpulse.run.rules import FAILED
from marketpulse.silver import quarantine
from marketpulse.silver.build import CHUNK, STAGED, add_rows, publish, start
from marketpulse.silver.quarantine import Filter


@dataclass
class Replayed:
    """What became of the rows of one table: `passed` are in the table now, `failed` stay open."""

    table: str
    tried: int = 0
    passed: int = 0
    failed: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


def replay(context: Context, where: Filter) -> list[Replayed]:
    """Map, check and merge the open rows that match, from bronze, with the definitions as they are now.

    The table first, then quarantine: a crash between the two leaves rows open whose second replay adds nothing.
    """
    if quarantine.bind(context, where) is None:
        return []
    pairs = context.engine.rows("select distinct table_name, source from quarantined order by all")
    return [_replay_one(context, changed(where, table=table, source=source)) for table, source in pairs]


def _replay_one(context: Context, where: Filter) -> Replayed:
    engine = context.engine
    table = context.project.table(where.table or "")
    bronze_name = f"bronze.{where.source}"
    result = Replayed(table.name)
    with context.lock(table.name):
        quarantine.bind(context, where)
        ids = engine.write(
            "select quarantine_id, ingest_id from quarantined", context.staging(table.name, f"replay-{where.source}")
        )
        engine.bind("replay_ids", {"quarantine_id": "string", "ingest_id": "string"}, ids)
        bronze = context.lake.find(bronze_name)
        if bronze is None:
            return result
        build = start(context, table, rebuild=False)
        engine.bind("bronze_all", bronze.types, [file.path for file in bronze.files()])
        wanted = f"select * from bronze_all where {INGEST_ID} in (select ingest_id from replay_ids)"
        engine.define(CHUNK, wanted)
        add_rows(build, bronze_name)
        counts = build.counts[where.source or ""]
        state = {FINGERPRINT_KEY: build.target.state[FINGERPRINT_KEY]} if FINGERPRINT_KEY in build.target.state else {}
        publish(build, state, "replay")
        engine.define(
            "still_bad",
            f"select {INGEST_ID} from {STAGED} where {FAILED} <> 0 "
            f"union all select {INGEST_ID} from {CHUNK} where {ERROR} is not null",
        )
        again = f"exists (select 1 from still_bad as b where b.{INGEST_ID} = r.ingest_id)"
        passed = f"select r.quarantine_id from replay_ids as r where not {again}"
        failed = f"select r.quarantine_id from replay_ids as r where {again}"
        with context.lock(QUARANTINE):
            quarantine.mark(context, passed, "replayed")
            quarantine.mark(context, failed, "open", attempts=1)
    result.tried, result.failed, result.reasons = counts.read, counts.quarantined, counts.reasons
    result.passed = counts.read - counts.quarantined
    return result
