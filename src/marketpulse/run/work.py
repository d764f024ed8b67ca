"""What must be built, and why: snapshots consumed so far against snapshots there are.

A table remembers, in its own properties, the snapshot of each input it has consumed and the fingerprints
of the definitions it was built with. Everything else follows from comparing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from marketpulse.lake.table import Bucket, Changes, FileRef, LakeTable
from marketpulse.names import FINGERPRINT_KEY, INPUT_KEY, PROJECT_KEY, QUARANTINE, TOLD_KEY
from marketpulse.project.table import TERMS, Table
from marketpulse.run.context import Context
from marketpulse.sql import is_reference

EVERYTHING = "the whole table"
#: The fingerprint of what a contract says of inputs.
_INPUTS = "inputs"


@dataclass(frozen=True)
class Work:
    """What one table needs. No `reason` means nothing; `rebuild` means from nothing.

    `inputs` are the inputs as they are now, `changed` what differs since they were consumed.
    `surprising` marks a rebuild that new data did not ask for, `taken_back` one because rows of an input
    went, or a run was stopped halfway: the gate of removed rows holds as in any other load;
    `project` is the project that builds it.
    """

    table: Table
    current: LakeTable | None
    reason: str | None
    rebuild: bool = False
    surprising: bool = False
    inputs: Mapping[str, LakeTable] = field(default_factory=dict)
    changed: Mapping[str, Changes] = field(default_factory=dict)
    project: str = ""
    taken_back: bool = False

    def state(self) -> dict[str, str]:
        """Properties that say: built with these definitions from these snapshots."""
        found = {FINGERPRINT_KEY: json.dumps(self.table.fingerprints, sort_keys=True), PROJECT_KEY: self.project}
        for name, table in self.inputs.items():
            if table.snapshot_id is not None:
                found[INPUT_KEY + name] = str(table.snapshot_id)
        return found

    @property
    def feeds(self) -> list[str]:
        """Inputs that are bronze tables, whose new records a silver table maps; its others are looked up."""
        return [name for name in self.inputs if name.startswith("bronze.")]

    @property
    def is_redefined(self) -> bool:
        """Whether the table was built with other definitions than it has now, or never."""
        known = self.current.state.get(FINGERPRINT_KEY) if self.current else None
        return known is None or json.loads(known) != self.table.fingerprints

    def new_files(self, name: str) -> list[FileRef]:
        """Files of an input to read: those that arrived, or all in a rebuild; in the order they landed."""
        files = self.inputs[name].files() if self.rebuild else self.changed[name].added
        return sorted(files, key=lambda file: file.path)


def find_work(context: Context, table: Table, full: bool = False) -> Work:
    """Compare what `table` has consumed with what there is."""
    return replace(_compared(context, table, full), project=context.project.name)


def _compared(context: Context, table: Table, full: bool) -> Work:
    current = context.lake.find(table.name)
    inputs = {name: found for name in table.inputs if (found := context.lake.find(name)) and found.snapshot_id}
    if current is None or FINGERPRINT_KEY not in current.state:
        reason = "first build" if inputs or not table.inputs else None
        return Work(table, current, reason, rebuild=True, inputs=inputs)
    why = _redefined(table, current)
    if full or why:
        return Work(table, current, why or "full refresh", True, not full, inputs)
    if table.contract.layer == "silver" and _unheard(context, current):
        why = "a run was stopped between quarantine and the table"
        return Work(table, current, why, True, inputs=inputs, taken_back=True)
    lost = [name for name, found in inputs.items() if _forgotten(current, name, found)]
    if lost:
        why = f"the snapshot of {', '.join(lost)} it had consumed was expired"
        return Work(table, current, why, True, True, inputs)
    changed = {name: found.changes(consumed(current, name)) for name, found in inputs.items()}
    back = [name for name, found in changed.items() if found.removed and name.startswith("bronze.")]
    if back:
        return Work(
            table, current, f"deliveries of {', '.join(back)} were taken back", True, inputs=inputs, taken_back=True
        )
    news = [f"{name}: {_news(found)}" for name, found in changed.items() if found.added or found.removed]
    return Work(table, current, "; ".join(news) or None, inputs=inputs, changed=changed)


def consumed(current: LakeTable, name: str) -> int | None:
    """Snapshot of input `name` that the table was last built from."""
    value = current.state.get(INPUT_KEY + name)
    return int(value) if value else None


def adopt(context: Context, work: Work) -> None:
    """Let an unchanged table remember what its contract says of its inputs, and whose it is.

    Releases before did not store it, and a contract may say more of inputs than it did: neither makes a row wrong, so
    nothing is built. From now on a correction is a change.
    """
    current, said = work.current, work.table.fingerprints.get(_INPUTS)
    if current is None or FINGERPRINT_KEY not in current.state:
        return
    known: dict[str, str] = json.loads(current.state[FINGERPRINT_KEY])
    state = {} if current.state.get(PROJECT_KEY) == work.project else {PROJECT_KEY: work.project}
    if said is not None and _INPUTS not in known:
        state[FINGERPRINT_KEY] = json.dumps(known | {_INPUTS: said}, sort_keys=True)
    if state:
        context.lake.commit(current, [], [], state, {})


def _redefined(table: Table, current: LakeTable) -> str | None:
    """Which definition differs from the one the table was built with; a new feed alone is no rebuild."""
    before: dict[str, str] = json.loads(current.state[FINGERPRINT_KEY])
    changed = [part for part, digest in before.items() if table.fingerprints.get(part) != digest]
    # A feed that is said to deliver otherwise, of which rows are here already.
    changed += [p for p in table.fingerprints if p.startswith(TERMS) and p not in before and p[len(TERMS) :] in before]
    if not changed:
        return None
    words = {
        "contract": "the contract changed",
        "model": "the model changed",
        _INPUTS: "the inputs of a bucket changed",
    }
    return "; ".join(words.get(part, _part_changed(part)) for part in changed)


def _part_changed(part: str) -> str:
    return f"{part} changed" if is_reference(part) or part.startswith(TERMS) else f"the SQL for {part} changed"


def _forgotten(current: LakeTable, name: str, found: LakeTable) -> bool:
    since = consumed(current, name)
    return since is not None and not found.has_snapshot(since)


def _unheard(context: Context, current: LakeTable) -> bool:
    """Whether a run told of the table's rows in quarantine, and was stopped before the table's own commit."""
    quarantine = context.lake.find(QUARANTINE)
    told = quarantine.state.get(f"{TOLD_KEY}.{current.name}") if quarantine else None
    return told is not None and told != current.state.get(TOLD_KEY)


def _news(changes: Changes) -> str:
    buckets = sorted(str(b) for b in changes.buckets if b is not None)
    if not buckets:
        rows = sum(f.rows for f in changes.added) - sum(f.rows for f in changes.removed)
        return f"{rows:+,} rows"
    if len(buckets) == 1:
        return f"bucket {buckets[0]}"
    return f"{len(buckets)} buckets {buckets[0]} … {buckets[-1]}"


def shifted(buckets: set[Bucket], before: int, after: int) -> set[Bucket]:
    """Every bucket from `before` days earlier to `after` days later than each of `buckets`."""
    if before == after == 0:
        return set(buckets)
    return {_moved(bucket, days) for bucket in buckets for days in range(-before, after + 1)}


def _moved(bucket: Bucket, days: int) -> Bucket:
    try:
        return bucket + timedelta(days=days) if isinstance(bucket, date) else bucket
    except OverflowError:  # the calendar begins with 0001-01-01 and ends with 9999-12-31
        return bucket
