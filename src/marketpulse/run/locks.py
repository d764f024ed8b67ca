"""Locks of one machine: who builds a table, and which runs are alive. The system frees a lock when its process dies.

    .locks/<table>.lock       held by whoever builds the table; says who that is (`holder`)
    .scratch/<run id>.lock    held by a run as long as it lives; what it says is a row for the run ledger (`ledger`)
    .scratch/<run id>/        its files of the moment

A lock that is free and says something is a run that the ledger does not have yet: it was killed, or could not write.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marketpulse.errors import StorageError
from marketpulse.run import holder
from marketpulse.run.patience import Patience, free


@dataclass(frozen=True)
class Found:
    """What the lock of a run says, and whether the run is alive."""

    row: dict[str, Any]
    alive: bool


class RunLock:
    """The lock of this run."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def say(self, row: dict[str, Any] | None) -> None:
        """Say what the ledger would have to be told if the run ended now; None: nothing (more). Raise OSError."""
        text = json.dumps(row).encode() if row is not None else b""
        os.pwrite(self._handle, text, 0)  # first: on a full disk the room of the last text is still there
        os.ftruncate(self._handle, len(text))

    @property
    def silent(self) -> bool:
        """True when it says nothing."""
        return os.fstat(self._handle).st_size == 0


@contextmanager
def hold(folder: Path, run_id: str) -> Iterator[RunLock]:
    """Be alive as `run_id`; its files go when it ends, and its lock unless it still has something to say."""
    path = folder / f"{run_id}.lock"
    with _held(path) as handle:
        _swept(folder)
        lock = RunLock(handle)
        try:
            yield lock
        finally:
            shutil.rmtree(folder / run_id, ignore_errors=True)
            if lock.silent:
                path.unlink(missing_ok=True)


@contextmanager
def exclusive(path: Path, patience: Patience) -> Iterator[None]:
    """Hold the lock of a table, after whoever holds it now. Raise HeldError when that takes too long."""
    with _opened(path) as handle:
        patience.take(handle, path.name.removesuffix(".lock"))
        holder.sign(handle)
        try:
            yield
        finally:
            holder.unsign(handle)


def found(folder: Path) -> list[Found]:
    """Runs that have something to say, in the order in which they began; nothing is changed by looking."""
    return [Found(row, alive) for _, alive, row in _looked_at(folder) if row]


def living(folder: Path) -> set[str]:
    """Ids of the runs of this machine that are alive."""
    return {run_id for run_id, alive, _ in _looked_at(folder) if alive}


def _looked_at(folder: Path) -> Iterator[tuple[str, bool, dict[str, Any]]]:
    """Of each lock of a run its id, whether the run is alive, and what it says."""
    for path in sorted(folder.glob("*.lock")):
        try:
            handle = os.open(path, os.O_RDONLY)
        except OSError:  # it ended meanwhile, or is of somebody whose runs are private
            continue
        try:
            yield path.stem, not _is_free(handle), _said(handle)
        finally:
            os.close(handle)


def _swept(folder: Path) -> None:
    """Remove the scratch of dead runs, and the locks of those that have nothing to say."""
    for path in sorted(folder.glob("*.lock")):
        with _opened(path) as handle:
            if free(handle):
                shutil.rmtree(path.with_suffix(""), ignore_errors=True)
                if not _said(handle):
                    path.unlink(missing_ok=True)


def forget(folder: Path, run_id: str) -> None:
    """Remove the lock of a run that is dead, whose row the ledger has, and its files: nobody would find them then."""
    shutil.rmtree(folder / run_id, ignore_errors=True)
    (folder / f"{run_id}.lock").unlink(missing_ok=True)


def _said(handle: int) -> dict[str, Any]:
    """The row in a lock; nothing for one that was cut short: its run died before it began."""
    text = os.pread(handle, os.fstat(handle).st_size, 0)
    try:
        row: dict[str, Any] = json.loads(text or b"{}")
    except ValueError:
        return {}
    return row


def _is_free(handle: int) -> bool:
    """Whether nobody holds the lock, which a reader finds out without writing."""
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _held(path: Path) -> Iterator[int]:
    while True:
        with _opened(path) as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if os.fstat(handle).st_nlink == 0:  # between these two lines another run swept it
                continue
            yield handle
            return


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)  # less what the umask takes away
    except OSError as error:
        raise StorageError(f"cannot write: {error.strerror}", where=path, hint="check the warehouse folder") from None
    try:
        yield handle
    finally:
        os.close(handle)
