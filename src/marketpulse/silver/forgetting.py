"""Silver forgets records that went from bronze: rows made of them go, and the rows that had lost to these come back.

A record of which only some columns went is mapped again: its row comes back without them. What is left is what a build
of the whole table from what bronze now has would give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marketpulse.engines import FILE
from marketpulse.engines.views import View
from marketpulse.lake.table import LakeTable, in_table
from marketpulse.names import FINGERPRINT_KEY, INGEST_ID, INPUT_KEY
from marketpulse.people import finding
from marketpulse.people.named import Records
from marketpulse.project.table import Table
from marketpulse.run.context import Context
from marketpulse.run.unfolding import unfold
from marketpulse.run.work import find_work
from marketpulse.silver import rejects
from marketpulse.silver.build import publish, start
from marketpulse.silver.building import Build
from marketpulse.silver.dropping import drop, made_of
from marketpulse.silver.mapping import add_rows
from marketpulse.silver.removal import removes


@dataclass(frozen=True)
class Before:
    """Bronze tables that a silver table reads, as they were when its records were still there."""

    snapshots: Mapping[str, int | None]


def forget(context: Context, table: Table, feeds: Mapping[str, Records], gone: View, before: Before) -> int:
    """Let a silver table forget the records whose ids are `gone`, in one commit; how many rows went.

    `feeds` are all records that are left, of each feed. A table that was built with other definitions is left alone,
    and so is one that remembers rows that it no longer has, or whose rows are made of several records: the next run
    builds it anew.
    """
    work = find_work(context, table)
    current = work.current
    if current is None or current.snapshot_id is None or work.is_redefined:
        return 0
    build = start(context, table, rebuild=False)
    if removes(build) or any(query.groups for query in table.queries.values()):
        return 0
    with context.engine.scope():
        rows = context.engine.bind("here", build.types, [file.path for file in build.buckets.files()])
        count = int(context.engine.rows(f"select count(*) from {made_of(build, rows, gone)}")[0][0])
        keys = _keys(build, rows, gone)
        if count:
            drop(build, rows, gone)
        if count or _any(context, feeds, gone):
            _bring_back(build, feeds, gone, keys)
    build.counts.clear()  # no load: what was read, accepted and so on is of those before
    state = {FINGERPRINT_KEY: current.state[FINGERPRINT_KEY], **_consumed(context, current, before)}
    publish(build, state, "erased", {})
    return count


def _any(context: Context, feeds: Mapping[str, Records], gone: View) -> bool:
    """Whether records are left of those that were found: some of their columns were emptied."""
    return any(
        context.engine.rows(f"select count(*) from {finding.within(_landed(context, feed), gone)}")[0][0]
        for feed in feeds.values()
    )


def _landed(context: Context, feed: Records) -> View:
    return context.engine.bind("left", feed.types, feed.files)


def _keys(build: Build, rows: View, gone: View) -> View:
    """Keys of the rows that go."""
    n = build.dialect
    query = f"select distinct {n.names(build.contract.key, 'r')} from {made_of(build, rows, gone)}"
    types = {name: build.contract.types[name] for name in build.contract.key}
    return build.engine.bind("keys", types, build.engine.write(query, build.scratch("keys")))


def _bring_back(build: Build, feeds: Mapping[str, Records], gone: View, keys: View) -> None:
    """Merge the records that are left of those keys, and of those that were found; what is rejected is kept again."""
    rejected: list[str] = []
    engine, n = build.engine, build.dialect.name
    for bronze, feed in feeds.items():
        named = next((each for each in feed.named if each.table.name == build.table.name), None)
        if named is None:
            continue
        same = " and ".join(f"k.{n(name)} = m.{n(column)}" for name, column in named.keys.items())
        query = f"""select m.{INGEST_ID} from {named.rows} as m where exists (select 1 from {keys} as k where {same})
            union select {INGEST_ID} from {gone}"""
        ids = engine.bind("again", {INGEST_ID: "string"}, engine.write(query, build.scratch("again")))
        # Written once: it is looked at often, and few of all records are in it.
        chunk = engine.once("chunk", feed.types, _records(build, feed, ids), build.scratch("chunk"))
        chunk = unfold(build.context, build.table, bronze, chunk, feed.types)
        if engine.rows(f"select count(*) from {chunk}")[0][0]:
            rejected += rejects.write(build, add_rows(build, bronze, chunk))
    rejects.record(build.context, build.table.name, rejected)


def _records(build: Build, feed: Records, ids: View) -> str:
    """Query for the records that are left and have these `ids`; only files with one are read whole."""
    every = build.engine.bind("places", {INGEST_ID: "string"}, feed.files, place=True)
    files = build.engine.rows(f"select distinct r.{FILE} from {finding.within(every, ids)}")
    known = {in_table(path): path for path in feed.files}
    rows = build.engine.bind("left", feed.types, sorted(known[in_table(path)] for (path,) in files))
    return f"select r.* from {finding.within(rows, ids)}"


def _consumed(context: Context, current: LakeTable, before: Before) -> dict[str, str]:
    """What the table has consumed from now on: bronze as it is now, where it had consumed all of it before.

    Where it had not, the next run reads the files that are new to it: they have the same records, but those that went.
    """
    found: dict[str, str] = {}
    for name, snapshot in before.snapshots.items():
        now = context.lake.find(name)
        if now and now.snapshot_id and current.state.get(INPUT_KEY + name) == str(snapshot):
            found[INPUT_KEY + name] = str(now.snapshot_id)
    return found
