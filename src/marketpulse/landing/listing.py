"""The files of a feed, looked for again and again: what is known, and lies where it lay, is not asked for each time.

    a folder that is as it was, and all of which is known    is not opened
    a known file in another one that is as it was            is not looked at

A file that is written again in its place changes no folder: a whole look sees it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from marketpulse.landing.files import LandedFile, find_files
from marketpulse.landing.naming import Refused
from marketpulse.storage.places import has_settled, is_remote

#: Inode of a file, and when anything of it was changed (nanoseconds): inodes of files that go are given to others.
_As = tuple[int, int]
#: After so long without a change the files of a folder are forgotten one by one (nanoseconds).
_QUIET = 3_600_000_000_000


@dataclass
class _Folder:
    """A folder as it was listed last: when it changed, the folders in it, and the known files by name, as they were.

    `is_known` says that nothing in it is news.
    """

    changed: int
    below: list[str]
    known: dict[str, _As] = field(default_factory=dict)
    is_known: bool = False


class Listing:
    """What a process knows of the files of one feed; where and which they are is as in `find_files`."""

    def __init__(self, landing: str, folder: str, pattern: str = "*") -> None:
        self.place = (landing, folder, pattern)
        self._folders: dict[str, _Folder] = {}
        #: Of the last look: entries that are not known, by the folder that was opened, and inodes of them.
        self._open: dict[str, int] = {}
        self._inodes: dict[str, int] = {}
        #: Of the folder that is open: when it changed, and what was known in it.
        self._changed = 0
        self._before: dict[str, _As] = {}

    def look(self, *, whole: bool) -> tuple[list[LandedFile], list[Refused]]:
        """What may be news, and what is not read, as `find_files`; with a `whole` look all there is."""
        self._open.clear()
        self._inodes.clear()
        if whole or is_remote(self.place[0]):
            self._folders.clear()
        return find_files(*self.place, self)

    def settle(self, files: Iterable[LandedFile], knows: Callable[[LandedFile], bool]) -> None:
        """Of the files that the last look found, pass by those that are known from now on."""
        for file in filter(knows, files):
            above, _, name = file.path.rpartition("/")
            if above in self._open and self._inodes.get(file.path) == file.inode:  # a link has another one
                self._folders[above].known[name] = (file.inode, file.touched)
                self._open[above] -= 1
        for path, left in self._open.items():
            self._folders[path].is_known = left == 0
        self._open.clear()
        self._inodes.clear()

    def passes_by(self, path: str) -> list[str] | None:
        """The folders in one that need not be opened, to go on there; None for one that is to be opened."""
        was = self._folders.get(path)
        try:
            self._changed = Path(path).stat().st_mtime_ns
        except OSError:  # whoever opens it sees why
            self._folders.pop(path, None)
            return None
        if was is None or not was.is_known or was.changed != self._changed:
            return None
        if time.time_ns() - was.changed > _QUIET:
            was.known = {}
        return was.below

    def opens(self, path: str) -> None:
        """That folder is opened."""
        was = self._folders.get(path)
        self._before = was.known if was else {}
        self._folders[path] = _Folder(self._changed if has_settled(self._changed) else -1, [])
        self._open[path] = 0

    def goes_into(self, path: str, below: str) -> None:
        """The folder has another one in it."""
        self._folders[path].below.append(below)

    def knows(self, path: str, entry: os.DirEntry[str]) -> bool:
        """Whether an entry of the folder need not be looked at."""
        was = self._before.get(entry.name)
        if was and was == _as_it_is(entry):
            self._folders[path].known[entry.name] = was
            return True
        self._open[path] += 1
        self._inodes[entry.path] = entry.inode()
        return False


def _as_it_is(entry: os.DirEntry[str]) -> _As | None:
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:  # it went meanwhile
        return None
    return found.st_ino, found.st_ctime_ns
