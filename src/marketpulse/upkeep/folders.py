"""The folder that a warehouse lies in, and the folders in which its files say that it does."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from marketpulse.errors import StorageError
from marketpulse.lake.trouble import storage_errors
from marketpulse.run.locks import exclusive
from marketpulse.run.patience import Patience
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
def alone(folder: Path, tables: Iterable[str], patience: Patience) -> Iterator[None]:
    """Keep runs of this machine away from some tables. Raise HeldError when one is being built for longer than that.

    What the disk refuses meanwhile is a StorageError.
    """
    with storage_errors(str(folder)), ExitStack() as held:
        for table in tables:
            held.enter_context(exclusive(folder / ".locks" / f"{table}.lock", patience))
        yield
