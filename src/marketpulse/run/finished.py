"""The last finished state: for each table the snapshot that readers see, so that no query falls between two commits.

    a run ends        the snapshots that it made or looked at, when they fit together, are written into the run ledger
    somebody asks     reads them there, at one moment, and takes each table's rows as of them

Tables are committed one by one, and a run may die between two of them. What it left is not to be seen before another
run has gone on from it to an end (ADR 0050).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from marketpulse.errors import StorageError
from marketpulse.lake.lake import Lake
from marketpulse.lake.table import LakeTable
from marketpulse.names import FINISHED_KEY, FLOW_RUNS, INPUT_KEY
from marketpulse.run import locks

#: Snapshot of each table.
State = Mapping[str, int]


def pinned(lake: Lake, scratch: Path) -> State | None:
    """The last finished state; None where none was ever written down, as by releases before."""
    ledger = lake.find(FLOW_RUNS)
    if ledger is None and locks.found(scratch):
        return {}  # the first run of the warehouse is still at work, or died
    return written(ledger)


def written(ledger: LakeTable | None) -> dict[str, int] | None:
    """The state that the run ledger has."""
    text = ledger.state.get(FINISHED_KEY) if ledger else None
    return {name: int(snapshot) for name, snapshot in json.loads(text).items()} if text else None


def is_seen(table: LakeTable, state: State | None) -> bool:
    """False for a table of ours that no finished state has: its first run is not over."""
    if state is None or table.name == FLOW_RUNS or table.snapshot_id is None or not table.state:
        return True
    return table.name in state


def snapshot(table: LakeTable, state: State | None) -> int | None:
    """What readers see of a table: the current snapshot where the state does not say, or says one that is gone."""
    found = (state or {}).get(table.name)
    return found if found is not None and table.has_snapshot(found) else table.snapshot_id


def reached(lake: Lake, before: State | None, built: Collection[str], read: Collection[str]) -> State | None:
    """The state once a run is over that brought `built` up to date and looked at `read`; None when there is none.

    There is none when another run changed an input between two of them: that run, or the next, comes to one.
    """
    tables = {name: table for name in {*built, *read} if (table := lake.seen.get(name)) and table.snapshot_id}
    if not all(_fits(tables[name], tables) for name in built if name in tables):
        return None
    known = before if before is not None else _everything(lake)
    if known is None:
        return None
    return {**known, **{name: _later(lake, table, known.get(name)) for name, table in tables.items()}}


def _fits(table: LakeTable, tables: Mapping[str, LakeTable]) -> bool:
    """Whether a table was built from its inputs as they are in the same state; a rewrite of the same rows is none."""
    for key, value in table.state.items():
        found = tables.get(key.removeprefix(INPUT_KEY)) if key.startswith(INPUT_KEY) else None
        if found is None or found.snapshot_id == int(value):
            continue
        if not found.has_snapshot(int(value)):
            return False
        if any(found.changes(int(value)).files):
            return False
    return True


def _later(lake: Lake, table: LakeTable, before: int | None) -> int:
    """The later one of the snapshot that this run saw and the one that another run has written down meanwhile."""
    if before is not None and not table.has_snapshot(before):
        now = lake.find(table.name)
        if now and now.has_snapshot(before):
            return before
    return int(table.snapshot_id or 0)


def _everything(lake: Lake) -> State | None:
    """All tables as they are: the first state of a warehouse that a release before this one has built.

    None where not all of them may be read, as by the job of one stage on a store: another will say.
    """
    try:
        found = [lake.find(name) for name in lake.names() if name != FLOW_RUNS]
    except StorageError:
        return None
    return {table.name: table.snapshot_id for table in found if table and table.snapshot_id}


def as_text(state: State) -> str:
    """As the ledger has it; numbers of 64 bits are texts, since not everybody's JSON holds them."""
    return json.dumps({name: str(snapshot) for name, snapshot in sorted(state.items())})
