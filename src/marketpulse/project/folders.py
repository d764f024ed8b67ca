"""The folders of a project: its own over those it extends, same path, own file wins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from marketpulse.project.allowed import Allowed
from marketpulse.project.packs import PROJECT_FILE, find_project, pack_names
from marketpulse.project.yamlfile import read_yaml
from marketpulse.strict import Strict


class ProjectFile(Strict):
    """`project.yaml`: `extends` is the name of a pack, or a path from this folder.

    `settings` are values that the SQL of the project reads, over those of the projects it extends; `allowed` says what
    each may be, here and in every project that extends this one (`given` judges them).
    """

    name: str
    description: str = ""
    extends: str | None = None
    settings: dict[str, Any] = {}
    allowed: dict[str, Allowed] = {}


def project_folders(root: Path) -> list[Path]:
    """The folders whose files make up the project at `root`: the ones it extends first, itself last."""
    folders = [root]
    while True:
        file = read_yaml(folders[0] / PROJECT_FILE)
        extends = file.into(ProjectFile).extends
        if extends is None:
            return folders
        base = find_project(extends, beside=folders[0])
        if base is None:
            known = f"a path from this folder, or a pack: {pack_names()}"
            raise file.error(f"extends {extends[:80]!r}: no project there", ("extends",), known)
        if any(base.samefile(folder) for folder in folders):
            raise file.error("a project cannot extend itself", ("extends",))
        folders.insert(0, base)


def overlay(folders: Sequence[Path], pattern: str) -> dict[str, Path]:
    """Relative path -> file, later folders winning, in the order of the names."""
    found: dict[str, Path] = {}
    for folder in folders:
        for file in folder.glob(pattern):
            found[file.relative_to(folder).as_posix()] = file
    return dict(sorted(found.items()))
