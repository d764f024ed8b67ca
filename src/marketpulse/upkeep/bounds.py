"""Upkeep as a part of every cycle: what is written again and again stays small, and nobody has to ask for it.

A table that has `newest + hours + slack` snapshots is looked after: small files become one, old snapshots go, and what
only they had goes a `grace` later, since somebody may still be reading it. There stay

    the newest snapshots, whatever another table has yet to consume, and what readers see
    of the hours before, the last snapshot of each: `--as-of` a full hour is exact for a day

within bounds of count and size: a table that is behind by thousands of commits is rebuilt when it is built again.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from marketpulse.errors import HeldError, StorageError
from marketpulse.lake.table import HOUR, FileRef, LakeTable
from marketpulse.names import FLOW_RUNS, INPUT_KEY
from marketpulse.run import finished, locks
from marketpulse.run.context import Context
from marketpulse.run.patience import Patience
from marketpulse.storage import places
from marketpulse.upkeep.maintain import Maintained, Policy, compact, is_small, is_written_here, parts, remove_orphans

_DAY = 86_400.0
#: Runs whose leftovers are known to be of nobody any more.
_RUNS = 200


@dataclass(frozen=True)
class Bounds:
    """Snapshots that stay, the `newest` and the last of so many `hours`, and so many more before a table is looked at.

    `behind` bounds the snapshots that stay for a table that has yet to consume them, `history` the bytes of files that
    only the snapshots of the hours have, in times of what the table is now, or `least` bytes. `files` of one size (the
    smallest is `tiny`) become one. At most so many `tables` are looked after at once.
    """

    newest: int = 10
    hours: int = 24
    slack: int = 20
    behind: int = 1_000
    history: float = 2.0
    least: int = 64 << 20
    tiny: int = 1 << 20
    files: int = 8
    grace: float = 900.0
    tables: int = 4

    @property
    def most(self) -> int:
        """Snapshots with which a table is looked after."""
        return self.newest + self.hours + self.slack


@dataclass
class Kept:
    """What was done in one go: tables that were looked after, and bytes of files that are gone."""

    tables: list[Maintained] = field(default_factory=list)
    freed: int = 0
    files: int = 0


class Keeper:
    """Looks after the tables of a process that runs again and again.

    What it has yet to remove it knows by itself: should it end before, the files are orphans, as those of killed runs.
    """

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._leaving: deque[tuple[float, str, str]] = deque()
        self._began = time.monotonic()
        self._swept: dict[str, float] = {}
        self._runs: deque[str] = deque(maxlen=_RUNS)

    def keep(self, context: Context) -> Kept:
        """Look after some of the tables that this run has seen, those with most snapshots first."""
        found = Kept()
        self._runs.append(context.run_id)
        self._remove(context, found)
        counts = {name: len(table.iceberg.metadata.snapshots) for name, table in context.lake.seen.items()}
        due = [name for name, count in counts.items() if count >= self._of(name).most]
        for name in sorted(due, key=lambda name: -counts[name])[: self._bounds.tables]:
            if done := self._look_after(context, name):
                found.tables.append(done)
        if time.monotonic() - self._began > self._bounds.grace:
            self._sweep(context, found)
        return found

    def _of(self, name: str) -> Bounds:
        """The bounds of a table. Nobody asks what the run ledger was; where it is not looked after it trims itself."""
        return replace(self._bounds, hours=0) if name == FLOW_RUNS else self._bounds

    def _look_after(self, context: Context, name: str) -> Maintained | None:
        """Compact and expire one table; None while another process builds it, and then another time."""
        result = Maintained(name)
        try:
            with locks.exclusive(context.settings.local / ".locks" / f"{name}.lock", Patience.none()):
                compact(context, name, result, self._grown)
                self._expire(context, name, result)
        except HeldError:
            return None
        except StorageError as error:
            result.problem = str(error)
        return result

    def _grown(self, files: Sequence[FileRef]) -> list[list[FileRef]]:
        """Of the files of a bucket those of about one size, where they are many: each row is rewritten few times."""
        tiny = [file for file in files if is_small(file, self._bounds.tiny)]
        small = [file for file in files if is_small(file) and file.size >= self._bounds.tiny]
        return [part for each in (tiny, small) for part in parts(each) if len(part) >= self._bounds.files]

    def _expire(self, context: Context, name: str, result: Maintained) -> None:
        table = context.lake.find(name)
        if table is None or not context.lake.owns(context.lake.layout.location(name)):
            return
        old = old_snapshots(table, needed(context, name), seen(context, name), self._of(name))
        if not old:
            return
        going = table.paths_of(old) | set(self._left(context, name))
        result.expired = table.expire(old)
        now = context.lake.find(name)
        stays = now.paths_of(entry[0] for entry in now.snapshots()) | now.paths_beside() if now else going
        moment = time.monotonic()
        self._leaving += ((moment, name, path) for path in sorted(going - stays))

    def _left(self, context: Context, name: str) -> Iterator[str]:
        """What earlier runs of this process wrote beside the rows: what a commit named that another has followed."""
        folder = Path(places.bare(context.lake.layout.location(name)), "data")
        ours = tuple(f"{run_id}-" for run_id in self._runs if run_id != context.run_id)
        if ours and not places.is_remote(context.lake.layout.location(name)) and folder.is_dir():
            for each in folder.iterdir():
                if each.name.startswith(ours):
                    yield from (str(path) for path in each.rglob("*") if path.is_file())

    def _sweep(self, context: Context, found: Kept) -> None:
        """Once a day look through the folder of a table, one at a time, for what runs that were killed have left."""
        moment = time.monotonic()
        due = (name for name in context.lake.seen if moment - self._swept.get(name, -_DAY) >= _DAY)
        if name := next(due, None):
            self._swept[name] = moment
            result = Maintained(name)
            remove_orphans(context, name, Policy(), result, spared={path for _, _, path in self._leaving})
            found.freed, found.files = found.freed + result.freed, found.files + result.orphans

    def _remove(self, context: Context, found: Kept) -> None:
        """Remove files that left their table long enough ago."""
        before = time.monotonic() - self._bounds.grace
        while self._leaving and self._leaving[0][0] <= before:
            _, name, path = self._leaving.popleft()
            folder = context.lake.layout.location(name)
            if not (context.lake.owns(path) and is_written_here(path, folder)):
                continue
            with suppress(FileNotFoundError):
                found.freed += Path(path).stat().st_size
                found.files += 1
            places.remove(path)
            _remove_empty(Path(path).parent, Path(places.bare(folder)))


def _remove_empty(folder: Path, top: Path) -> None:
    """Remove a folder that held the files of one step, and those above it that held nothing else."""
    while folder.is_relative_to(top) and len(folder.relative_to(top).parts) > 1:
        try:
            folder.rmdir()
        except OSError:  # something is in it
            return
        folder = folder.parent


def needed(context: Context, name: str) -> list[int]:
    """Snapshots of `name` that other tables were last built from, whichever project built them."""
    key = INPUT_KEY + name
    tables = [context.lake.seen.get(other) or context.lake.find(other) for other in context.lake.names()]
    return [int(table.state[key]) for table in tables if table and key in table.state]


def seen(context: Context, name: str) -> list[int]:
    """The snapshot of `name` that readers see."""
    ledger = context.lake.seen.get(FLOW_RUNS) or context.lake.find(FLOW_RUNS)
    state = finished.written(ledger) or {}
    return [state[name]] if name in state else []


def old_snapshots(table: LakeTable, consumed: Sequence[int], shown: Sequence[int], bounds: Bounds) -> list[int]:
    """Snapshots that may go, oldest first. Of those before the newest the last of each hour stays, within bounds."""
    ids = [entry[0] for entry in table.snapshots()]
    times = {entry[0]: entry[1] for entry in table.snapshots()}
    place = {each: at for at, each in enumerate(ids)}
    last = min([max(len(ids) - bounds.newest, 0), *(place[each] for each in shown if each in place)])
    waits = min([last, *(place[each] for each in consumed if each in place)])
    last = max(waits, min(last, len(ids) - bounds.behind))
    stay = _of_hours(table, ids[:last], times, bounds)
    return [each for each in ids[:last] if each not in stay]


def _of_hours(table: LakeTable, before: Sequence[int], times: Mapping[int, int], bounds: Bounds) -> set[int]:
    """The last snapshot of each hour, newest first, as many as may stay by count and by the bytes only they have."""
    last = {times[each] // HOUR: each for each in before}
    now = {file.path: file.size for file in table.files()}
    room = max(bounds.history * sum(now.values()), bounds.least)
    found: set[int] = set()
    for hour in sorted(last, reverse=True)[: bounds.hours]:
        own = {file.path: file.size for file in table.files(last[hour]) if file.path not in now}
        room -= sum(own.values())
        if room < 0:
            break
        now |= own
        found.add(last[hour])
    return found
