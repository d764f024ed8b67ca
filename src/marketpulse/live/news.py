"""Whether something landed: a look at the folders of the landing zone, not at their files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from marketpulse.landing.naming import is_hidden
from marketpulse.storage.places import has_settled, is_remote


class News:
    """The folders of some feeds.

    A file that is written again in its place changes no folder: whoever asks looks at everything now and then.
    """

    def __init__(self, landing: str, folders: Iterable[str]) -> None:
        self._landing = landing
        self._folders = sorted(set(folders))
        self._seen: dict[Path, tuple[int, list[Path]]] = {}

    def came(self) -> bool:
        """Whether a folder is another one than at the last look; True for the first."""
        if is_remote(self._landing):
            return True
        # Each is looked at, also behind one that changed: else that would be news again.
        return sum(self._changed(Path(self._landing, folder)) for folder in self._folders) > 0

    def _changed(self, folder: Path) -> bool:
        try:
            changed = folder.stat().st_mtime_ns
        except (FileNotFoundError, NotADirectoryError):
            return self._seen.pop(folder, None) is not None
        known, below = self._seen.get(folder, (-1, []))
        if known != changed:
            below = _below(folder)
            self._seen[folder] = (changed if has_settled(changed) else -1, below)
        return (known != changed) + sum(map(self._changed, below)) > 0


def _below(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as listing:
            return [Path(e.path) for e in listing if e.is_dir(follow_symlinks=False) and not is_hidden(e.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
