"""Rows of a silver table follow what its mappings look up: records whose row there changed are mapped again.

    changed keys   of rows that came to the looked-up table, or went from it, in what is taken of them
    records        that the table has consumed and that look up such a key, whatever became of them
    rows           that were made of these go, and the records are mapped as if they had just landed
    lost           one whose row was in the table is rejected now: all other records of its key are looked at too

No other record becomes another row, and which of two rows of a key is later depends on no lookup: so what is left is
what a build from nothing would give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.lake.table import FileRef, pieces
from marketpulse.names import INGEST_ID, LANDED, LINEAGE
from marketpulse.people import finding
from marketpulse.people.named import records
from marketpulse.run.changed import came_and_went
from marketpulse.run.looking import is_its, keys_asked
from marketpulse.run.readable import readable
from marketpulse.run.report import FeedCounts
from marketpulse.run.unfolding import unfold
from marketpulse.run.work import Work, consumed
from marketpulse.silver import rejects
from marketpulse.silver.building import Build
from marketpulse.silver.checks import FAILED, share_gate
from marketpulse.silver.dropping import drop, made_of
from marketpulse.silver.mapping import add_rows, is_posted


def touched(build: Build, work: Work) -> dict[str, View]:
    """Ids of the records, by their feed, that the table has consumed and that look up what has changed since then."""
    found = {}
    for bronze, file in build.table.queries.items():
        changed = [(each, keys) for each in file.lookups if (keys := _changed_keys(build, work, bronze, each))]
        files = _consumed(work, bronze) if changed else []
        if files and _count(build, ids := _asking(build, bronze, files, changed)):
            found[bronze] = ids
    return found


def follow(build: Build, work: Work, asking: Mapping[str, View]) -> View:
    """Map the records again whose ids are in `asking`, by their feed; the ids of all of them."""
    engine, names = build.engine, build.dialect.names
    every = engine.define("asking", " union all ".join(f"select {INGEST_ID} from {ids}" for ids in asking.values()))
    rows = engine.bind("here", build.types, [file.path for file in build.buckets.files()])
    keys = {name: build.contract.types[name] for name in build.contract.key}
    query = f"select r.{INGEST_ID}, {names(keys, 'r')} from {made_of(build, rows, every)}"
    dropped = engine.bind("dropped", {INGEST_ID: "string", **keys}, engine.write(query, build.scratch("dropped")))
    for bronze, ids in asking.items():
        _counts(build, bronze).replaced += _count(build, f"{made_of(build, rows, ids)}")
    if _count(build, dropped):
        drop(build, rows, every)
    passed = [path for bronze, ids in asking.items() for path in _map(build, bronze, _consumed(work, bronze), ids)]
    _bring_back(build, work, every, _lost(build, dropped, keys, passed))
    return every


def gate(build: Build, work: Work) -> None:
    """Raise GateError when too large a share of a feed was rejected: of new rows, and by what is looked up of all."""
    for counts in build.counts.values():
        share_gate(build.contract, counts.source, *counts.judged_new, counts.reasons)
        if counts.again_judged[1]:
            share_gate(
                build.contract, counts.source, _known(build, work, counts), counts.again_judged[1], counts.reasons
            )


def _known(build: Build, work: Work, counts: FeedCounts) -> int:
    """Rows of a feed, but for the new ones, that a full refresh would judge: elements, and none of strangers."""
    bronze = f"bronze.{counts.source}"
    files, types = _consumed(work, bronze), _types(build, bronze)
    if build.table.queries[bronze].array is None and is_posted(build, counts.source) == "false":
        return sum(file.rows for file in files)
    with build.engine.scope():
        rows = build.engine.bind("landed", types, [file.path for file in files])
        own = f"select * from {rows} where not ({is_posted(build, counts.source)})"
        view = build.engine.define("judged", own)
        return _count(build, unfold(build.context, build.table, bronze, view, types))


def _changed_keys(build: Build, work: Work, bronze: str, lookup: sql.Lookup) -> View | None:
    """Keys of the rows that differ, in what is looked at, from those that the table was built from."""
    changes, engine = work.changed.get(lookup.table), build.engine
    if changes is None or not changes.files:
        return None
    types = build.table.queries[bronze].looked[lookup.table]
    came, went = came_and_went(build.context, work, lookup.table, types)
    keys = build.dialect.names(lookup.equals)
    query = f"select distinct {keys} from (select {keys} from {came} union all select {keys} from {went}) as changed"
    paths = engine.write(query, build.scratch("changed"))
    found = engine.bind("changed", {name: types[name] for name in lookup.equals}, paths)
    return found if _count(build, found) else None


def _consumed(work: Work, bronze: str) -> list[FileRef]:
    """Files of a feed that the table was built from: the new ones are mapped anyway."""
    since = consumed(work.current, bronze) if work.current and bronze in work.inputs else None
    return work.inputs[bronze].files(since) if since is not None else []


def _asking(build: Build, bronze: str, files: Sequence[FileRef], changed: Sequence[tuple[sql.Lookup, View]]) -> View:
    """Ids of records that look up one of the keys."""
    context, table = build.context, build.table
    types = _types(build, bronze)
    rows = build.engine.bind("landed", types, [file.path for file in files])
    landed = [name for name in types if name not in (*LINEAGE, *LANDED)]
    view = readable(context, table, bronze, unfold(context, table, bronze, rows, types), landed, {})
    keyed = keys_asked(context, table, bronze, view)
    number = INGEST_ID if table.queries[bronze].array is None else sql.record_id(INGEST_ID)
    parts = (
        f"select {number} as {INGEST_ID} from {keyed} as k"
        f" where exists (select 1 from {keys} as c where {is_its(context, lookup, 'k', 'c')})"
        for lookup, keys in changed
    )
    query = f"select distinct {INGEST_ID} from ({' union all '.join(parts)}) as found"
    return build.engine.bind("asking", {INGEST_ID: "string"}, build.engine.write(query, build.scratch("asking")))


def _map(build: Build, bronze: str, files: Sequence[FileRef], ids: View) -> Iterator[str]:
    """Map and merge some records, about `chunk_rows` rows at a time; files of the ids of those that pass."""
    context, engine, types = build.context, build.engine, _types(build, bronze)
    counts = _counts(build, bronze)
    read, outranked, judged = counts.read, counts.outranked, counts.judged
    for chunk in pieces(files, context.chunk_rows):
        with engine.scope():
            rows = engine.bind("landed", types, [file.path for file in chunk])
            mine = engine.define("chunk", f"select r.* from {finding.within(rows, ids)}")
            if _count(build, mine):
                staged = add_rows(build, bronze, unfold(context, build.table, bronze, mine, types))
                build.rejected += rejects.write(build, staged)
                query = f"select {INGEST_ID} from {staged.rows} where {FAILED} = 0"
                yield from engine.write(query, build.scratch("passed"))
    counts.again += counts.read - read
    counts.outranked = outranked  # that was told when they were new
    read, rejected = (now - before for now, before in zip(counts.judged, judged, strict=True))
    counts.again_judged = (counts.again_judged[0] + read, counts.again_judged[1] + rejected)


def _lost(build: Build, dropped: View, keys: Mapping[str, str], passed: Sequence[str]) -> View:
    """Keys of rows that went and did not come back."""
    engine = build.engine
    stayed = engine.bind("stayed", {INGEST_ID: "string"}, passed)
    query = f"""select distinct {build.dialect.names(keys, "d")} from {dropped} as d
        where not exists (select 1 from {stayed} as s where s.{INGEST_ID} = d.{INGEST_ID})"""
    return engine.bind("lost", keys, engine.write(query, build.scratch("lost")))


def _bring_back(build: Build, work: Work, every: View, lost: View) -> None:
    """Map the other records of some keys too: the best of those that had lost may stay now."""
    if not _count(build, lost):
        return
    engine, n = build.engine, build.dialect.name
    for bronze in build.table.queries:
        files = _consumed(work, bronze)
        with engine.scope():
            if not files:
                continue
            (named,) = records(
                build.context, bronze, work.inputs[bronze].types, [file.path for file in files], [build.table]
            ).named
            same = " and ".join(f"l.{n(name)} = m.{n(column)}" for name, column in named.keys.items())
            query = f"""select distinct m.{INGEST_ID} from {named.rows} as m
                where exists (select 1 from {lost} as l where {same})
                and not exists (select 1 from {every} as e where e.{INGEST_ID} = m.{INGEST_ID})"""
            ids = engine.bind("others", {INGEST_ID: "string"}, engine.write(query, build.scratch("others")))
            if _count(build, ids):
                list(_map(build, bronze, files, ids))


def _types(build: Build, bronze: str) -> dict[str, str]:
    table = build.context.lake.seen[bronze]
    return dict(build.context.project.sources[bronze.split(".")[1]].with_optional(table.types))


def _counts(build: Build, bronze: str) -> FeedCounts:
    feed = bronze.split(".")[1]
    return build.counts.setdefault(feed, FeedCounts(feed))


def _count(build: Build, rows: View | str) -> int:
    return int(build.engine.rows(f"select count(*) from {rows}")[0][0])
