"""Queries that people keep: `queries/<name>.sql` of a project and of those it extends. No run reads them.

They are written into the project's own folder only, under names that are names and nothing else; what somebody else has
saved meanwhile is not written over.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from marketpulse.errors import UsageError
from marketpulse.project.folders import overlay, project_folders
from marketpulse.project.packs import installed
from marketpulse.storage.places import replacing

FOLDER = "queries"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
#: Queries of a project, and bytes of one.
_MOST, _LONGEST = 500, 100_000
#: How it may be called.
CALLED = "small letters, digits, - and _, at most 60: revenue-by-week"
#: One is written after the other.
_LOCK = Lock()


@dataclass(frozen=True)
class Saved:
    """A query by its name; `place` is its file inside of the project."""

    name: str
    text: str

    @property
    def place(self) -> str:
        """Where it is."""
        return f"{FOLDER}/{self.name}.sql"

    @property
    def version(self) -> str:
        """The same as long as its text is."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def saved_names(project: Path) -> list[str]:
    """Names of all queries of a project, in their order."""
    return [*_files(project)]


def saved(project: Path, name: str) -> Saved:
    """One of them. Raise UsageError where there is none."""
    found = _files(project).get(name)
    if found is None:
        raise UsageError(f"there is no saved query {name[:60]!r}", hint=f"they are {FOLDER}/<name>.sql of the project")
    with found.open("rb") as file:
        return Saved(name, file.read(_LONGEST).decode("utf-8", errors="replace"))


def save(project: Path, name: str, text: str, seen: str = "") -> Saved:
    """Write a query. `seen` is the version of what it takes the place of, empty for a new one.

    Raise UsageError for what is no name, for a project that is not one's own, for one that is another by now.
    """
    new = Saved(name, f"{text.strip()}\n")
    with _LOCK:
        place = _place(project, name)
        _refuse_size(project, new)
        known = saved(project, name).version if name in _files(project) else ""
        if known not in ("", seen, new.version):
            what = f"{new.place} is there already, or another one by now: nothing was written"
            raise UsageError(what, hint="open it, or choose another name")
        try:
            place.parent.mkdir(exist_ok=True)
            with replacing(place) as part:
                part.write_text(new.text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{new.place} cannot be written: {error.strerror}", where=place.parent) from None
    return new


def is_own(project: Path) -> bool:
    """Whether a project is somebody's own folder: an installed pack is of whoever installs it anew."""
    return all(pack.folder.resolve() != project.resolve() for pack in installed())


def _files(project: Path) -> dict[str, Path]:
    """Name -> file, own ones over those of the projects it extends. What has another name is no saved query."""
    found = overlay(project_folders(project), f"{FOLDER}/*.sql")
    return {path.stem: path for path in found.values() if NAME.fullmatch(path.stem) and path.is_file()}


def _place(project: Path, name: str) -> Path:
    """Where a query is written: inside of the project, whatever links there are."""
    if not NAME.fullmatch(name):
        raise UsageError(f"a query cannot be called {name[:60]!r}", hint=CALLED)
    if not is_own(project):
        hint = "a project of your own has its own: a folder with project.yaml that says extends, given by --project"
        raise UsageError("this is the project of an installed pack, which keeps no queries of yours", hint=hint)
    root, place = project.resolve(), (project / FOLDER / f"{name}.sql").resolve()
    if place != root / FOLDER / f"{name}.sql":
        raise UsageError(f"{FOLDER}/{name}.sql leads out of the project by a link: nothing was written")
    return place


def _refuse_size(project: Path, new: Saved) -> None:
    if not new.text.strip():
        raise UsageError("there is no query to save")
    if len(new.text.encode()) > _LONGEST:
        raise UsageError(f"a query of more than {_LONGEST:,} bytes is not saved")
    if new.name not in (known := saved_names(project)) and len(known) >= _MOST:
        raise UsageError(f"there are {len(known):,} saved queries already", hint=f"take some out of {FOLDER}/")
