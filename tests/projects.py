"""Projects that tests open again and again are read once, as long as no byte of theirs changes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from marketpulse.project.folders import project_folders
from marketpulse.project.packs import project_folder
from marketpulse.project.project import Project, load_project


def project_at(project: Path | str | None = None) -> Project:
    """What `load_project` gives, which reads and checks every definition: it is frozen, and may be shared."""
    content = sha256()
    for root in project_folders(project_folder(project)):
        for path in sorted(_files(root)):
            text = Path(path).read_bytes()
            content.update(f"{path}\0{len(text)}\0".encode() + text)
    return _read(project, content.digest())


@lru_cache(maxsize=4)
def _read(project: Path | str | None, content: bytes) -> Project:
    return load_project(project)


def _files(root: Path) -> Iterator[str]:
    for folder, _, names in os.walk(root):
        if not folder.endswith("__pycache__"):
            yield from (os.path.join(folder, name) for name in names)  # noqa: PTH118 -- asked thousands of times
