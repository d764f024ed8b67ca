"""What is promised of one table, read alone: who only looks at rows does not wait for a whole project."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from marketpulse.errors import DefinitionError
from marketpulse.project.contract import Contract
from marketpulse.project.folders import overlay, project_folders
from marketpulse.project.owned import owned, project_contract
from marketpulse.project.packs import project_folder

if TYPE_CHECKING:
    from marketpulse.project.project import Project


def promised(project: Project, table: str) -> Contract | None:
    """The contract of a table of a project, also of one whose SQL is wrong, or of one that is the platform's own."""
    found = project.tables.get(table) or project.partial.get(table)
    return owned().get(table) or (found.contract if found else None)


def promised_alone(folder: Path | None, table: str) -> Contract | None:
    """The same, from the folder of a project and without reading anything else of it.

    None where nothing that can be read promises anything. Raise DefinitionError for a project that cannot be read.
    """
    if table in owned():
        return owned()[table]
    layer, _, short = table.partition(".")
    for path in overlay(project_folders(project_folder(folder)), f"{layer}/{short}/contract.yaml").values():
        with suppress(DefinitionError):  # what is wrong with it keeps the table from being built, and is told there
            return project_contract(path, lambda _: None)[0]
    return None
