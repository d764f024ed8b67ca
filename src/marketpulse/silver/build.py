"""Bronze -> silver: map, type, check, merge by key; one commit a table.

new bronze rows -> from_<feed>.sql -> typed and checked -> quarantine
                                                        -> merged with what is there -> commit
"""

from __future__ import annotations

from dataclasses import replace

from marketpulse.errors import MarketPulseError
from marketpulse.lake.buckets import Buckets
from marketpulse.lake.table import pieces
from marketpulse.names import BATCH_KEY, LINEAGE, PREFIX
from marketpulse.project.table import Table
from marketpulse.run import rules
from marketpulse.run.changed import commit
from marketpulse.run.context import Context
from marketpulse.run.looking import Heads, heads_now, heads_seen
from marketpulse.run.report import TableReport
from marketpulse.run.unfolding import unfold
from marketpulse.run.work import Work
from marketpulse.silver import rejects
from marketpulse.silver.building import Build
from marketpulse.silver.following import follow, gate, touched
from marketpulse.silver.keeping import keep, removed_gate
from marketpulse.silver.kept import Kept
from marketpulse.silver.mapping import add_rows
from marketpulse.silver.removal import removes


def build_silver(context: Context, work: Work) -> TableReport:
    """Bring a silver table up to date. Raise GateError when a gate says the load must stop."""
    heads = heads_now(work.table, work.inputs)
    build = start(context, work.table, work.rebuild, heads)
    asking = touched(build, work)
    if asking and removes(build):  # what is gone is remembered of rows as they were
        work = replace(work, rebuild=True, taken_back=True)
        build, asking = start(context, work.table, work.rebuild, heads), {}
    build.gated = not work.rebuild or work.taken_back
    again = None
    try:
        if asking:
            again = follow(build, work, asking)
        for name in work.feeds:
            for chunk in pieces(work.new_files(name), context.chunk_rows):
                with context.engine.scope():
                    types = context.project.sources[name.split(".")[1]].with_optional(work.inputs[name].types)
                    rows = context.engine.bind("chunk", types, [file.path for file in chunk])
                    staged = add_rows(build, name, unfold(context, work.table, name, rows, types))
                    build.rejected += rejects.write(build, staged)
                context.progress.advance(work.table.name, sum(f.rows for f in chunk))
        gate(build, work)
        warnings = check_table(build)
    except MarketPulseError:
        # What a load that is stopped would have kept out stays in bronze: the next one sees it again.
        rejects.forget(build.rejected)
        raise
    rejects.record(context, work.table.name, build.rejected, rebuilt=work.rebuild, again=again, builds=True)
    return publish(build, work.state() | rejects.told(context, work.table.name), work.reason, warnings)


def start(context: Context, table: Table, rebuild: bool, heads: Heads | None = None) -> Build:
    """Open the table for building; in a rebuild from nothing. Without `heads` what it looks up is as it was seen."""
    contract = table.contract
    types = {**contract.types, **LINEAGE}
    key, said = contract.key, contract.said
    target = context.lake.ensure(contract.name, types, contract.partition, key, anew=rebuild, said=said)
    buckets = Buckets(target.files(), start_empty=rebuild)
    kept = Kept() if rebuild else Kept.of(target.state)
    looked = heads_seen(context, table) if heads is None else heads
    return Build(context, table, target, buckets, heads=looked, kept=kept, rebuild=rebuild)


def check_table(build: Build) -> dict[str, int]:
    """Check what the whole table must be on the build; the warnings that fired. Raise GateError."""
    removed_gate(build)
    contract, engine = build.contract, build.engine
    whole = [rule for rule in contract.rules if rule.query]
    if not whole and not contract.unique:
        return {}
    with engine.scope():
        rows = engine.bind("whole_table", build.target.types, [file.path for file in build.buckets.files()])
        rules.check_unique(engine, contract, rows, build.context.pseudonyms)
        return rules.check_table_rules(engine, contract, whole, rows)


def publish(build: Build, state: dict[str, str], reason: str | None, warnings: dict[str, int]) -> TableReport:
    """Make the build visible in one commit."""
    added, dropped = build.buckets.added(), build.buckets.dropped()
    summary = {BATCH_KEY: build.context.run_id}
    for counts in build.counts.values():
        summary |= counts.summary()
    if build.counts:
        state = state | {PREFIX + "last-load": build.context.run_id}
    state = state | keep(build)
    commit(build.context, build.target, build.buckets, state, summary)
    fired = {*warnings, *(rule for counts in build.counts.values() for rule in counts.warnings)}
    return TableReport(
        build.table.name,
        "built",
        reason,
        rows=build.buckets.rows(),
        rows_written=sum(file.rows for file in added),
        buckets=len({file.bucket for file in (*added, *dropped)}),
        feeds=list(build.counts.values()),
        warnings=warnings,
        told=rules.told(build.table.contract, fired),
    )
