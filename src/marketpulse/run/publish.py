"""Make what a command has changed the state that readers see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress

from marketpulse.errors import StorageError
from marketpulse.lake.table import LakeTable
from marketpulse.names import FINISHED_KEY, FLOW_RUNS, INPUT_KEY, QUARANTINE
from marketpulse.project.owned import owned
from marketpulse.run import finished
from marketpulse.run.context import Context


def publish(context: Context, names: Iterable[str]) -> None:
    """Let readers see what this command, which is no run, has committed to some tables.

    Where a run that is not over has committed too, the rows are seen when that run, or the next, is over.
    """
    _write(context, names, lambda table, since: table.is_all_of(context.run_id, since))


def carry(context: Context, name: str) -> None:
    """Let readers see the rewrite of a table, when its rows are those of the snapshot that they see."""
    _write(context, [name], lambda table, since: not any(table.changes(since).files))


def news(context: Context, built: Collection[str], feeds: bool = False) -> dict[str, str]:
    """What the run ledger has to say of the state now; nothing when it says it already, or there is none.

    With `feeds` the tables of all feeds count as looked at.
    """
    lake = context.lake
    ledger = lake.find(FLOW_RUNS)
    if QUARANTINE not in lake.seen:
        with suppress(StorageError):  # the job of one stage may not read it
            lake.find(QUARANTINE)
    read = {name for name in owned() if name != FLOW_RUNS}
    read |= {source.table for source in context.project.sources.values()} if feeds else set()
    for table in (lake.seen[name] for name in built if name in lake.seen):
        read |= {key.removeprefix(INPUT_KEY) for key in table.state if key.startswith(INPUT_KEY)}
    before = finished.written(ledger)
    state = finished.reached(lake, before, built, read)
    return {FINISHED_KEY: finished.as_text(state)} if state and state != before else {}


def _write(context: Context, names: Iterable[str], may: Callable[[LakeTable, int], bool]) -> None:
    """Put the current snapshots of some tables into the state, where they may follow the one that is in it."""
    with context.lock(FLOW_RUNS):
        ledger = context.lake.find(FLOW_RUNS)
        state = finished.written(ledger) or {}
        new = dict(state)
        for table in (context.lake.seen[name] for name in names if name in state and name in context.lake.seen):
            if table.has_snapshot(state[table.name]) and table.snapshot_id and may(table, state[table.name]):
                new[table.name] = table.snapshot_id
        if ledger and new != state:
            context.lake.commit(ledger, [], [], {FINISHED_KEY: finished.as_text(new)}, {})
