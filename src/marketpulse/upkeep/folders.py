"""The folder that a warehouse lies in, and the folders in which its files say that it does."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from marketpulse.errors import ConcurrentError, StorageError
from marketpulse.lake.trouble import storage_errors
from marketpulse.storage.places import bare


class Folders:
    """Turns the paths that metadata holds into paths below `here`; the two are the same where nothing was moved."""

    def __init__(self, here: Path, made_in: Iterable[str]) -> None:
        self.here = str(here)
        known = {os.path.normpath(bare(root)) for root in made_in}
        # Longest first: a warehouse may have been copied into a folder of its original.
        self._roots = sorted({self.here} | known | {os.path.realpath(root) for root in known}, key=len, reverse=True)

    def relative(self, path: str) -> str | None:
        """A path from the folder of the warehouse on; None for what lies in no folder that is known."""
        whole = os.path.normpath(bare(path))
        root = next((root for root in self._roots if whole.startswith(f"{root}/")), None)
        return whole.removeprefix(f"{root}/") if root else None

    def file(self, path: str) -> Path:
        """Where the file lies now. Raise StorageError for one outside of the warehouse."""
        found = self.relative(path)
        if found is None:
            raise StorageError(f"{path} lies outside of the warehouse, which was made in {', '.join(self._roots)}")
        return Path(self.here, found)

    def renamed(self, path: str) -> str:
        """The path as metadata should hold it: with the scheme it had. Raise StorageError as `file` does."""
        scheme = "file://" if path.startswith("file://") else "file:" if path.startswith("file:") else ""
        return f"{scheme}{self.file(path)}"


@contextmanager
def alone(folder: Path, tables: Iterable[str]) -> Iterator[None]:
    """Keep runs of this machine away from some tables. Raise ConcurrentError when one is being built.

    What the disk refuses meanwhile is a StorageError.
    """
    locks = folder / ".locks"
    with storage_errors(str(folder)), ExitStack() as held:
        locks.mkdir(exist_ok=True)
        for table in tables:
            file = held.enter_context((locks / f"{table}.lock").open("ab"))
            _take(file.fileno(), table)
        yield


def _take(handle: int, table: str) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ConcurrentError(f"{table} is being built by another process", hint="try again after it") from None
