"""Folders of this machine that only this user can enter: made by us, never one that is found.

A reader works in one of its own, beside and not in the warehouse: it may be somebody who can read it and no more, and
what a query spills takes no room away from runs.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from marketpulse.errors import StorageError
from marketpulse.run.locks import RunLock
from marketpulse.run.patience import free

_PREFIX, _LOCK = "marketpulse-scratch-", "lock"
#: Younger ones may be of a reader that has made its folder and not yet taken its lock.
_OLD_SECONDS = 3_600


@contextmanager
def private() -> Iterator[tuple[Path, RunLock]]:
    """A new folder with a lock, which goes in the end; those that killed readers left go, too."""
    parent = Path(tempfile.gettempdir())
    _sweep(parent)
    try:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    except OSError as error:
        raise _unwritable(parent, error) from error
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder, RunLock(handle)
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def own(folder: Path) -> None:
    """Make a folder whose name others can guess; raise StorageError for one that they have made."""
    try:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
    except OSError as error:
        raise _unwritable(folder, error) from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        hint = "remove it, or set TMPDIR to a folder of your own"
        raise StorageError("this is not a folder that you alone can write", where=folder, hint=hint)
    folder.chmod(0o700)


def _sweep(parent: Path) -> None:
    """Remove our own folders there whose reader is dead."""
    before = time.time() - _OLD_SECONDS
    for folder in parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            found = folder.lstat()
            is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
            if is_ours and found.st_mtime < before and _is_dead(folder / _LOCK):
                shutil.rmtree(folder, ignore_errors=True)


def _is_dead(lock: Path) -> bool:
    handle = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
    try:
        return free(handle)
    finally:
        os.close(handle)


def _unwritable(folder: Path, error: OSError) -> StorageError:
    hint = "set TMPDIR to a folder of your own, with room for what does not fit into memory"
    return StorageError(f"cannot write: {error.strerror}", where=folder, hint=hint)
