"""What is older than `keep` says goes: records of a feed by the day they landed for, rows of a table by their bucket.

It is an erasure by age. Bronze forgets, all else follows: of a feed with columns to empty (`erase`) records stay and
are nobody's, so that sums stay; of any other they go, and gold is what its models make of the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

from marketpulse import flow
from marketpulse.names import ERROR, INGEST_ID, INGESTED_AT, PREFIX, SOURCE_FILE
from marketpulse.people import audit, finding
from marketpulse.people.finding import Found
from marketpulse.people.named import BUCKET, Records
from marketpulse.people.pending import refuse_unerased
from marketpulse.privacy import forgetting
from marketpulse.privacy.alone import wait_for_others
from marketpulse.privacy.tracing import Trace, count, looked_at
from marketpulse.project import personal
from marketpulse.run.context import Context
from marketpulse.run.owner import refuse_another

_DAY = re.compile(r"/ingest_date=(\d{4}-\d{2}-\d{2})/")


@dataclass(frozen=True)
class Retention:
    """Rows that went, or would go, of each table; `waits` are tables that could not be built without them, and why."""

    tables: tuple[Trace, ...] = ()
    waits: Mapping[str, str] = field(default_factory=dict)


def look(context: Context) -> Retention:
    """What is too old; nothing is changed."""
    with _old(context) as (feeds, gone):
        counts = {feed.bronze: count(context, f"{gone[feed.bronze].both}") for feed in feeds}
        ids = " union all ".join(f"select {INGEST_ID} from {found.both}" for found in gone.values())
        known = context.engine.define("old", ids) if ids else None
        for table in personal.readers(context.project, [*gone]) if known else ():
            if found := context.lake.find(table.name):
                rows = context.engine.bind("rows", found.types, [file.path for file in found.files()])
                counts[table.name] = count(context, f"(select 1 from {finding.within(rows, known or '')})")
    return Retention(tuple(Trace(name, rows) for name, rows in counts.items() if rows))


def keep(context: Context) -> Retention:
    """Let go what is too old, and bring gold up to date; what a kill left undone is finished. Raise ConcurrentError."""
    if not _limits(context):
        return Retention()
    refuse_another(context)
    refuse_unerased(context, reads_bronze=True)
    wait_for_others(context)
    with _old(context) as (feeds, gone):
        if not any(count(context, f"{each.both}") for each in gone.values()) and not forgetting.is_pending(context):
            return Retention()
        rows = forgetting.follow(context, feeds, gone, {}, {PREFIX + "keep": "age"})
    found = tuple(Trace(name, went) for name, went in rows.items() if went)
    waits: dict[str, str] = {}
    if found:
        report = flow.run(context, flow.Options(stages=frozenset({"silver", "gold"})))
        stopped = (table for table in report.tables if table.status not in ("built", "up to date"))
        waits = {table.name: table.message or table.reason or table.status for table in stopped}
        audit.note(context, "keep", rows={trace.table: trace.rows for trace in found})
    if not waits:
        forgetting.forget_ids(context)
    return Retention(found, waits)


def _limits(context: Context) -> dict[str, date]:
    """For each feed and silver table that says so, the first day that stays."""
    today, project = context.started.date(), context.project
    said = {source.table: source.keep for source in project.sources.values()}
    said |= {table.name: table.contract.keep for table in project.tables.values()}
    return {name: today - timedelta(days=days) for name, days in said.items() if days}


@contextmanager
def _old(context: Context) -> Iterator[tuple[list[Records], dict[str, Found]]]:
    """Feeds that have limits, or are read by tables that have, and what of them is too old."""
    limits, project = _limits(context), context.project
    kept = {name for table in project.tables.values() if table.name in limits for name in table.queries}
    names = sorted(kept | {source.table for source in project.sources.values() if source.table in limits})
    with looked_at(context, names, personal.readers(project, names)) as feeds:
        yield feeds, {feed.bronze: _found(context, feed, limits) for feed in feeds}


def _found(context: Context, feed: Records, limits: Mapping[str, date]) -> Found:
    """Ids of records of a feed that are too old, and have something that goes."""
    engine, n = context.engine, context.engine.dialect.name
    parts = [
        f"select {INGEST_ID} from {each.rows} where {BUCKET} < date '{limits[each.table.name]}'"
        for each in feed.named
        if each.table.name in limits
    ]
    if feed.bronze in limits:
        parts.append(_landed_before(context, feed, limits[feed.bronze]))
    empty = context.project.sources[feed.bronze.split(".")[1]].erase
    has = " or ".join(f"r.{n(column)} is not null" for column in empty) or "true"
    old = f"r.{INGEST_ID} in ({' union '.join(parts)})" if parts else "false"

    def written(condition: str) -> list[str]:
        query = f"select r.{INGEST_ID} from {feed.rows} as r where {old} and {condition}"
        return list(engine.write(query, context.staging(feed.bronze, "old")))

    whole, broken = written(f"r.{ERROR} is null and ({has})"), written(f"r.{ERROR} is not null")
    named, unread, both = (
        engine.bind("old", {INGEST_ID: "string"}, each) for each in (whole, broken, [*whole, *broken])
    )
    return Found(named, unread, both)


def _landed_before(context: Context, feed: Records, day: date) -> str:
    """Query for ids of records that landed for a day before this one: that of the folder, else when they came in."""
    rows = context.engine.rows(f"select distinct {SOURCE_FILE} from {feed.rows}")
    dated = {name: found[1] for (name,) in rows if (found := _DAY.search(f"/{name}"))}
    old = [("", name) for name, text in dated.items() if text < day.isoformat()]
    undated = [("", name) for (name,) in rows if name not in dated]
    by_name, by_time = (finding.listed(context, feed.bronze, names) for names in (old, undated))
    came = f"{INGESTED_AT} < timestamp '{day} 00:00:00'"
    return f"""select {INGEST_ID} from {feed.rows} where {SOURCE_FILE} in (select text from {by_name})
        or ({came} and {SOURCE_FILE} in (select text from {by_time}))"""
