"""Packs: what a trade knows of its data, installed beside the platform and found by name.

A pack is a Python package that comes with a project folder (sources, silver, gold). Its pyproject.toml says so,

    [project.entry-points."marketpulse.packs"]
    <name> = "<package>:PACK"

where `PACK = Pack("<name>", folder)`. Several names may lead to one pack. The platform itself brings none.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from marketpulse.errors import UsageError

GROUP = "marketpulse.packs"
PROJECT_FILE = "project.yaml"


@dataclass(frozen=True)
class Pack:
    """One pack: `name` is what `extends` and `--project` call it, `folder` holds its project.yaml."""

    name: str
    folder: Path


def installed() -> list[Pack]:
    """Every pack once, by name. Raise UsageError for one that cannot be loaded."""
    return _distinct(list(entry_points(group=GROUP)))


def find_pack(name: str) -> Pack | None:
    """The pack of that name, None when there is none. Raise UsageError when several packs share the name."""
    found = _distinct(list(entry_points(group=GROUP, name=name)))
    if len(found) > 1:
        folders = ", ".join(str(pack.folder) for pack in found)
        raise UsageError(f"several packs are called {name}: {folders}", hint="uninstall all but one, or give a folder")
    return found[0] if found else None


def find_project(name: Path | str, beside: Path = Path()) -> Path | None:
    """Folder of a project: a path from `beside` that holds a project.yaml, else the pack `name`; None for neither."""
    with suppress(OSError):  # a name that no file can have
        if (beside / name / PROJECT_FILE).is_file():
            return beside / name
    pack = find_pack(str(name))
    return pack.folder if pack else None


def project_folder(project: Path | str | None = None) -> Path:
    """Folder of the project that a person named, or of the only pack there is. Raise UsageError.

    `project` is a folder, or the name of a pack.
    """
    if project is None:
        return _only().folder
    found = find_project(project)
    if found is None:
        known = f"a folder that holds {PROJECT_FILE}, or a pack: {pack_names()}"
        lacking = f"there is no project folder {str(project)[:200]}"
        with suppress(OSError):
            lacking = f"{project} holds no {PROJECT_FILE}" if Path(project).is_dir() else lacking
        raise UsageError(lacking, hint=known)
    return found


def pack_names() -> str:
    """Names of the installed packs, for a message."""
    return ", ".join(pack.name for pack in installed()) or "none is installed"


def _only() -> Pack:
    found = installed()
    if not found:
        raise UsageError("no project was named and no pack is installed", hint="give a project folder with --project")
    if len(found) > 1:
        raise UsageError(
            f"no project was named and several packs are installed: {pack_names()}",
            hint=f"name one: --project {found[0].name}, or project in marketpulse.toml",
        )
    return found[0]


def _distinct(entries: list[EntryPoint]) -> list[Pack]:
    """Packs of the entries, one a folder, by name."""
    found = {pack.folder.resolve(): pack for pack in map(_load, entries)}
    return sorted(found.values(), key=lambda pack: pack.name)


def _load(entry: EntryPoint) -> Pack:
    try:
        found = entry.load()
    except (ImportError, AttributeError) as error:
        raise UsageError(f"the pack {entry.name} cannot be loaded: {error}", hint=f"it is {entry.value}") from None
    if not isinstance(found, Pack):
        raise UsageError(f"{entry.value} is no pack", hint="it must be a marketpulse.project.packs.Pack")
    return found
