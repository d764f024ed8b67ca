"""A project that is asked again and again, read once while none of its files changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from marketpulse.project.folders import project_folders
from marketpulse.project.packs import project_folder
from marketpulse.project.project import Project, load_project

#: Path, size and time of change of every file.
_Seen = tuple[tuple[str, int, int], ...]


class KeptProject:
    """The project of a process that lives on: to read and check it all takes a second, to look at its files none."""

    def __init__(self, folder: Path | None) -> None:
        """`folder` is that of the project, or the name of a pack."""
        self._folder = folder
        self._kept: tuple[_Seen, Project] | None = None

    def __call__(self) -> Project:
        """The project as its files are now. Raise DefinitionError when it cannot be read at all."""
        return self.named()[1]

    def named(self) -> tuple[str, Project]:
        """The same, and a name of its files as they are: with another one it may say something else."""
        seen = tuple(_files(self._folder))
        kept = self._kept  # another thread may change it meanwhile
        if kept is None or kept[0] != seen:
            kept = self._kept = (seen, load_project(self._folder))
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:16], kept[1]


def _files(folder: Path | None) -> Iterator[tuple[str, int, int]]:
    """What the files look like. One that goes meanwhile is another state, which the next look sees."""
    for root in project_folders(project_folder(folder)):
        for path in sorted(root.rglob("*")):
            with suppress(FileNotFoundError):
                if path.is_file() and "__pycache__" not in path.parts:
                    found = path.stat()
                    yield str(path), found.st_size, found.st_mtime_ns
