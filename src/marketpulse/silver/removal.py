"""Rows that a later delivery lacks, or marks as deleted: which are gone, and which versions of a history have ended.

The newest row of each key is what was said last of it, wherever it landed. It is in the table unless it says that it is
deleted, or a later delivery is whole of what it belongs to and does not have it. Both follow from all rows that ever
landed, so from any order of their arrival; what must be remembered for it is kept beside the table (`kept`).
"""

from __future__ import annotations

from marketpulse.engines.views import View
from marketpulse.lake.table import Bucket
from marketpulse.names import INGEST_ID, INGESTED_AT, LINEAGE, SOURCE_FILE
from marketpulse.silver import endings
from marketpulse.silver.building import Build
from marketpulse.silver.checks import ENDS
from marketpulse.silver.claims import LATER, Whole, placed, wholes
from marketpulse.silver.kept import CLAIM, gone_types, heard_types

#: What a newest row was before (0 for gone), and whether a later delivery lacks it.
WAS, CLAIMED = "_was", "_claimed"


def removes(build: Build) -> bool:
    """Whether rows of the table may go, or end."""
    return build.contract.deleted is not None or any(source.terms.whole for source in build.sources)


def lists(build: Build) -> bool:
    """Whether whole lists end versions of a history."""
    return build.contract.history is not None and any(source.terms.whole == "list" for source in build.sources)


def standing(build: Build, winners: str) -> View:
    """The newest rows, of the query `winners`, with what becomes of each; those that are gone are kept."""
    engine = build.engine
    types = gone_types(build.contract) | {WAS: "int"}
    newest = engine.bind("newest", types, engine.write(winners, build.scratch("newest")), place=True)
    ids = _claimed(build, str(newest))
    is_claimed = f"exists (select 1 from ({ids}) as c where c.{INGEST_ID} = w.{INGEST_ID})" if ids else "false"
    columns = build.dialect.names(types, "w")
    paths = engine.write(f"select {columns}, {is_claimed} as {CLAIMED} from {newest} as w", build.scratch("standing"))
    found = engine.bind("standing", types | {CLAIMED: "boolean"}, paths)
    gone = f"select {build.dialect.names(gone_types(build.contract))} from {found} where {ENDS} or {CLAIMED}"
    build.kept.gone = engine.write(gone, build.scratch("gone"))
    return found


def went(build: Build, found: View) -> int:
    """How many of the newest rows are gone by this load, without those that are back by it."""
    is_gone = f"{ENDS} or {CLAIMED}"
    query = f"""select count(case when {WAS} > 0 and ({is_gone}) then 1 end)
        - count(case when {WAS} = 0 and not ({is_gone}) then 1 end) from {found}"""
    return int(build.engine.rows(query)[0][0])


def touched(build: Build, others: View) -> set[Bucket]:
    """Buckets, besides those of the new rows and their keys, in which rows go or to which rows come back.

    `others` are rows of the other buckets.
    """
    engine, bucket = build.engine, build.dialect.name(build.contract.partition or "")
    found: set[Bucket] = set()
    for rows in (str(others), str(gone(build)) if build.kept.heard else ""):
        ids = _claimed(build, rows) if rows else ""
        if not ids:
            continue
        back = "not " if rows != str(others) else ""
        query = f"""select distinct w.{bucket} from {rows} as w
            where {back}exists (select 1 from ({ids}) as c where c.{INGEST_ID} = w.{INGEST_ID})"""
        found |= {row[0] for row in engine.rows(query)}
    return found - {None}


def gone(build: Build) -> View:
    """Rows that are gone, with their place."""
    return build.engine.bind("gone", gone_types(build.contract), build.kept.gone, place=True)


def _claimed(build: Build, rows: str) -> str:
    """Query for the ids of rows that a later delivery lacks; empty where no delivery is whole of anything."""
    return " union all ".join(
        _claimed_by(build, rows, whole) for source in build.sources for whole in wholes(build, source)
    )


def _claimed_by(build: Build, rows: str, whole: Whole) -> str:
    claims = build.engine.bind("claims", CLAIM, build.kept.claims)
    own = f"c._source = {build.dialect.text(whole.source.name)} and c._kind = '{whole.kind}'"
    is_later = f"c._came > p.{INGESTED_AT}" if whole.kind == "file" else LATER.format("c", "p")
    heard = f"and not exists ({_heard(build, whole)})" if build.kept.heard else ""
    return f"""select p.{INGEST_ID} from ({placed(build, rows)}) as p join {claims} as c
        on {own} and p._source = c._source and c._scope = {whole.scope("p")} and {is_later} where true {heard}"""


def _heard(build: Build, whole: Whole) -> str:
    """Query for a rejected row of a row's key `p`, in the delivery that would claim it, `c`, or a later one."""
    heard = build.engine.bind("heard", heard_types(build.contract), build.kept.heard)
    n = build.dialect.name
    same = " and ".join(f"h.{n(name)} = p.{n(name)}" for name in build.contract.key)
    of = f"h.{SOURCE_FILE} = p.{SOURCE_FILE} and h.{INGESTED_AT} >= c._came"
    of = of if whole.kind == "file" else f"h._source = c._source and not {LATER.format('c', 'h')}"
    return f"select 1 from ({placed(build, str(heard))}) as h where {same} and {of}"


def staying(build: Build, found: View) -> str:
    """Query for the rows that stay, with the validity of each version: up to the next, or the first list without it."""
    history, n = build.contract.history, build.dialect.name
    columns = [*build.contract.given, *LINEAGE]
    if history is None:
        return f"select {build.dialect.names(columns)} from {found} where not ({ENDS} or {CLAIMED})"
    start, kind = n(history.valid_from), build.dialect.type(build.contract.types[history.valid_from])
    entity = build.dialect.names(history.entity, "v")
    same = " and ".join(f"e.{n(name)} = v.{n(name)}" for name in history.entity)
    following = f"lead(v.{start}) over (partition by {entity} order by v.{start})"
    # A list of the day on which a version began ends it with that day: it has no end before its begin.
    after = f"cast(cast({start} as date) + interval 1 day as {kind})"
    ended, gap = (
        f"case when cast({day} as {kind}) > {start} then cast({day} as {kind}) when {day} is not null then {after} end"
        for day in ("_ended", "_gap")
    )
    until = f"case when _following is null then {ended} else least(_following, coalesce({gap}, _following)) end"
    filled = {history.valid_to: until, history.is_current: f"({until}) is null"}
    values = [f"{filled[c]} as {n(c)}" if c in filled else n(c) for c in build.contract.types]
    version = " and ".join(f"g.{n(name)} = v.{n(name)}" for name in build.contract.key)
    return f"""select {", ".join([*values, *LINEAGE])} from (
        select v.*, {following} as _following, e._ended, g._gap
        from {found} as v left join ({endings.of_entities(build, found)}) as e on {same}
        left join ({endings.of_versions(build, found)}) as g on {version} where not v.{CLAIMED}
    ) as versions where not {ENDS}"""
