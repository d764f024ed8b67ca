"""Keep tables quick and small: compact small files, expire snapshots, remove files nobody refers to.

Safe beside a running `run`: a table is locked while it is compacted, a snapshot that another table has yet
to consume is never expired, and a file is removed only when it is old, in no snapshot, and inside this warehouse.
What cannot be read cannot be explained: then nothing that it might need is removed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from marketpulse.errors import StorageError, UsageError
from marketpulse.lake.digests import check
from marketpulse.lake.table import FileRef
from marketpulse.names import BATCH_KEY, FLOW_RUNS, INPUT_KEY, MAINTENANCE_KEY
from marketpulse.run import finished, locks, publish
from marketpulse.run.context import Context
from marketpulse.storage import places as storage

SMALL, _TARGET = 32 << 20, 128 << 20
#: Rows of which a file is small, however few bytes they take: half of what engines write into one of a large bucket.
FEW_ROWS = 245_760
_MANY = 4
#: Folders of a table.
_PARTS = ("data", "metadata", "_scratch")
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_RUN = r"\d{8}T\d{6}-[\w-]+"
_WRITTEN = re.compile(
    rf"data/{_RUN}-\d{{4}}-[0-9a-f]{{8}}/.+"  # `Context.folder`
    rf"|data/(.+=.*/)?\d{{5}}-\d+-{_UUID}.*\.parquet"  # another engine on our tables
    rf"|_scratch/{_RUN}/.+"  # `Context.staging`
    rf"|metadata/(\d{{5}}-{_UUID}(\.gz)?\.metadata\.json|(snap-\d+-\d+-)?{_UUID}(-m\d+)?\.avro)"
    r"|metadata/version-hint\.text\.\d+\.\d+"  # `metadatafile.mark_current`, cut short
)


@dataclass(frozen=True)
class Policy:
    """What to keep. Ages in hours; `keep` is the least number of snapshots of a table."""

    snapshot_hours: float = 120.0
    keep: int = 2
    orphan_hours: float = 24.0


@dataclass
class Maintained:
    """What was done to one table. `freed` in bytes; `problem` is what a person must know, and why less was done.

    `forgotten` are rows that were older than `keep` says, and went.
    """

    table: str
    compacted: int = 0
    into: int = 0
    expired: int = 0
    orphans: int = 0
    freed: int = 0
    forgotten: int = 0
    problem: str | None = None


def maintain(context: Context, policy: Policy, names: list[str] | None = None) -> list[Maintained]:
    """Maintain some tables, or all. What cannot be read of one is its `problem`; the others go on."""
    done = []
    known = context.lake.names()
    if unknown := [name for name in names or () if name not in known]:
        raise UsageError(f"there is no table {unknown[0]!r} in this warehouse", hint="marketpulse status lists them")
    for name in names or known:
        context.progress.start(name, 0)
        result = Maintained(name)
        with context.lock(name):
            try:
                _look_after(context, name, policy, result)
            except StorageError as error:
                result.problem = f"{error}"
        context.progress.finish(name)
        done.append(result)
    return done


def _look_after(context: Context, name: str, policy: Policy, result: Maintained) -> None:
    table = context.lake.find(name)
    if table is None:
        return
    location = context.lake.layout.location(name)
    if storage.real(table.iceberg.location().rstrip("/")) != storage.real(location):
        result.problem = f"{name} lies in {table.iceberg.location()} and not in {location}: nothing was done"
        return
    compact(context, name, result, _small_ones)
    _expire(context, name, policy, result)
    remove_orphans(context, name, policy, result)


def _small_ones(files: Sequence[FileRef]) -> list[list[FileRef]]:
    """Of the files of a bucket the small ones, where they are many, in parts that make one file each."""
    small = [file for file in files if is_small(file)]
    return [part for part in parts(small) if len(part) >= _MANY]


def is_small(file: FileRef, size: int = SMALL) -> bool:
    """Whether a file gains by being made one with others: few bytes and few rows. Else a large bucket is several."""
    return file.size < size and file.rows < FEW_ROWS


def compact(
    context: Context, name: str, result: Maintained, chosen: Callable[[Sequence[FileRef]], list[list[FileRef]]]
) -> None:
    """Make few files of each group that is `chosen` of a bucket; the rows stay the same: nothing downstream is rebuilt.

    The table is locked by whoever calls.
    """
    table = context.lake.find(name)
    if table is None:
        return
    buckets: dict[object, list[FileRef]] = {}
    for file in table.files():
        buckets.setdefault(file.bucket, []).append(file)
    groups = [group for files in buckets.values() for group in chosen(files)]
    if not groups:
        return
    added: list[FileRef] = []
    for number, group in enumerate(groups):
        folder = context.folder(name, number)
        check(name, [(file.path, file.size) for file in group])
        with context.engine.scope():
            rows = context.engine.bind("compacted", table.types, [file.path for file in group])
            ids = table.ids(table.types)
            paths = context.engine.write(f"select * from {rows}", folder, table.partition, ids=ids)
        added += context.describe(table, paths)
    dropped = [file for group in groups for file in group]
    if sum(f.rows for f in added) != sum(f.rows for f in dropped):
        raise AssertionError(f"compaction of {name} changed the number of rows")
    context.lake.commit(table, added, dropped, {}, {BATCH_KEY: context.run_id, MAINTENANCE_KEY: "compact"})
    if name != FLOW_RUNS:
        publish.carry(context, name)
    result.compacted, result.into = len(dropped), len(added)


def parts(files: Sequence[FileRef]) -> list[list[FileRef]]:
    """Files in the order of their paths, in parts that make one file of the target size each."""
    found: list[list[FileRef]] = [[]]
    size = 0
    for file in sorted(files, key=lambda f: f.path):
        if size + file.size > _TARGET:
            found.append([])
            size = 0
        found[-1].append(file)
        size += file.size
    return found


def _expire(context: Context, name: str, policy: Policy, result: Maintained) -> None:
    """Forget snapshots that are old, not among the newest, and not needed to know what a reader must still read."""
    table = context.lake.find(name)
    if table is None:
        return
    try:
        consumed = [*_consumed(context, name), *_seen(context, name)]
    except StorageError as error:
        result.problem = f"no snapshot was expired, since what another table needs is not known: {error}"
        return
    snapshots = table.snapshots()
    before = (datetime.now(UTC) - timedelta(hours=policy.snapshot_hours)).timestamp() * 1000
    ids = [entry[0] for entry in snapshots]
    needed = [ids.index(i) for i in (*consumed, table.snapshot_id) if i in ids]
    last = min([*needed, max(len(ids) - policy.keep, 0)])
    # A snapshot is at least as old as those that came after it: its own clock may have been ahead.
    times = list(accumulate((entry[1] for entry in reversed(snapshots)), min))[::-1]
    old = [number for number, time_ms in zip(ids[:last], times[:last], strict=True) if time_ms < before]
    result.expired = table.expire(old)


def _consumed(context: Context, name: str) -> list[int]:
    """Snapshots of `name` that other tables were last built from, whichever project built them."""
    key = INPUT_KEY + name
    return [int(table.state[key]) for table in context.lake.everything() if key in table.state]


def _seen(context: Context, name: str) -> list[int]:
    """The snapshot of `name` that readers see."""
    state = finished.written(context.lake.find(FLOW_RUNS)) or {}
    return [state[name]] if name in state else []


def remove_orphans(
    context: Context, name: str, policy: Policy, result: Maintained, spared: Collection[str] = ()
) -> None:
    """Delete files in the table's folder that no snapshot refers to and nobody has touched for long.

    Those that are `spared` stay for now: somebody may still be reading them.
    """
    table = context.lake.find(name)
    folder = context.lake.layout.location(name)
    if table is None or not storage.exists(folder):
        return
    if not context.lake.owns(folder):
        result.problem = f"{folder} is a link out of this warehouse: nothing was removed there"
        return
    known = {storage.real(path) for path in table.all_paths()}
    before = time.time() - policy.orphan_hours * 3600
    # A clock may have jumped: what a run that lives has written is not old, whatever the times say.
    living = locks.living(context.settings.scratch)
    for file in list(storage.find(folder)):
        orphan = storage.real(file.path) not in known and file.modified < before and file.path not in spared
        orphan = orphan and not any(run_id in file.path for run_id in living)
        if orphan and is_written_here(file.path, folder) and context.lake.owns(file.path):
            storage.remove(file.path)
            result.freed += file.size
            result.orphans += 1
    for part in _PARTS:
        storage.remove_empty_folders(f"{folder}/{part}", before)


def is_written_here(path: str, folder: str) -> bool:
    """Whether a file of a table's folder has a name that we, or another engine on our tables, give to its parts.

    Whatever else lies there (a copy that somebody made, notes) is not ours to remove.
    """
    return bool(_WRITTEN.fullmatch(storage.bare(path).removeprefix(storage.bare(folder).rstrip("/") + "/")))
