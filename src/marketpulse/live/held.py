"""A project that is read once, and again when a byte of its definitions may have changed."""

from __future__ import annotations

from pathlib import Path

from marketpulse.project.folders import project_folders
from marketpulse.project.packs import project_folder
from marketpulse.project.project import Project, load_project

#: Of each file of the definitions: path, nanoseconds of its last change, bytes.
_Version = frozenset[tuple[str, int, int]]


class Held:
    """The project of a process that lives long: reading it is a quarter of a small run."""

    def __init__(self, project: Path | None) -> None:
        self._name = project
        self._project: Project | None = None
        self._version: _Version = frozenset()

    def project(self) -> Project:
        """The project as its files are now. Raise DefinitionError, UsageError."""
        version = _version(self._name)
        if self._project is None or version != self._version:
            self._project = None  # one that cannot be read is tried again
            self._project = load_project(self._name)
            self._version = version
        return self._project


def _version(project: Path | None) -> _Version:
    """What its files look like. One that goes meanwhile is another version, which the next look sees."""
    found = set()
    for folder in project_folders(project_folder(project)):
        for path in folder.rglob("*"):
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            found.add((str(path), stat.st_mtime_ns, stat.st_size))
    return frozenset(found)
