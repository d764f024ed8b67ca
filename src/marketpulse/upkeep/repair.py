"""Bring the catalog back from the tables' own folders: each table gets its newest metadata that is whole.

So a lost catalog costs nothing, and one that is older than its tables is brought forward. Nothing is deleted, and no
file of a table is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyiceberg.catalog import load_catalog

from marketpulse.errors import UsageError
from marketpulse.lake import catalogfile, metadatafile
from marketpulse.lake.catalogfile import NAME, Entry
from marketpulse.lake.home import Home
from marketpulse.names import LAYERS
from marketpulse.run.patience import Patience
from marketpulse.storage.layout import Layout
from marketpulse.storage.places import bare
from marketpulse.upkeep.folders import alone
from marketpulse.upkeep.newest import Choice, newest


@dataclass(frozen=True)
class Repaired:
    """One table, its rows, the metadata file that the catalog names now, and what is wrong with which file.

    `status` is `whole` (the catalog named its newest state), `registered` (the catalog did not know it), `forward`
    (it named an older state), `back` (the state that it named is not whole, and an older one is) or `lost` (none is).
    `behind`: newer states are not whole, so commits are missing.
    """

    table: str
    status: str
    metadata: str | None = None
    rows: int | None = None
    behind: bool = False
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Repair:
    """What was found; where a damaged catalog was set aside, and in which folder the tables of a copy were made."""

    tables: list[Repaired]
    set_aside: str | None = None
    made_in: str | None = None

    @property
    def ok(self) -> bool:
        """True when no commit of any table is missing."""
        return not any(table.behind or table.status == "lost" for table in self.tables)


def repair(layout: Layout, properties: Mapping[str, str], patience: Patience | None = None) -> Repair:
    """Register what the folders of a warehouse have; without `patience` no run that builds a table is waited for.

    Raise UsageError for what is no folder with a catalog of its own, StorageError for a copy that was not moved,
    HeldError when a run builds a table.
    """
    file = catalogfile.catalog_file(layout.warehouse, properties)
    if file is None or not file.parent.is_dir():
        hint = "docs/backup.md says what to do with others"
        raise UsageError(f"{layout.warehouse} is no folder with a catalog of its own", hint=hint)
    aside = _set_aside(file) if catalogfile.is_damaged(file) else None
    home = Home(file)
    known = {entry.place: entry for entry in catalogfile.entries(file)}
    home.refuse_strangers(known.values())
    names = sorted({*known, *_folders(home)})
    with alone(home.folder, names, patience or Patience.none()):
        load_catalog(NAME, **properties).close()  # makes what a catalog needs where there is none
        choices = {name: newest(home.folder, home.table(name), _named(home, known.get(name))) for name in names}
        _write(home, layout, known, choices)
    tables = [_told(name, choice, name in known) for name, choice in choices.items()]
    return Repair(tables, str(aside) if aside else None, _made_elsewhere(home, choices))


def forget(
    layout: Layout, properties: Mapping[str, str], names: Sequence[str], patience: Patience | None = None
) -> list[str]:
    """Take lost tables out of the catalog and set their folders aside, so that the next run builds them anew; where.

    Raise UsageError for a table that is not lost, or that no other is built from.
    """
    found = {table.table: table for table in repair(layout, properties, patience).tables}
    for name in names:
        if name not in found or found[name].status != "lost":
            raise UsageError(f"{name} is not lost", hint="marketpulse repair says which are")
        if name.startswith("bronze."):
            hint = "take the warehouse from a backup, docs/backup.md"
            raise UsageError(f"{name} is what landed: no run brings it back", hint=hint)
    home = Home(Path(layout.warehouse).resolve() / catalogfile.FILE)
    with alone(home.folder, names, patience or Patience.none()):
        aside = [_numbered(home.folder / ".lost" / name) for name in names]
        for name, place in zip(names, aside, strict=True):
            place.parent.mkdir(exist_ok=True)
            if home.table(name).exists():
                home.table(name).rename(place)
        catalogfile.remove(home.catalog, [entry for entry in catalogfile.entries(home.catalog) if entry.place in names])
    return [str(place) for place in aside]


def _write(home: Home, layout: Layout, known: Mapping[str, Entry], choices: Mapping[str, Choice]) -> None:
    """Let the catalog name what was chosen."""
    new, changed = [], []
    for name, choice in choices.items():
        if choice.state is None or choice.state is choice.named:
            continue
        if name in known:
            changed.append((known[name], choice.state.path, known[name].metadata))
        else:
            namespace, short = layout.identifier(name)
            new.append(Entry(NAME, namespace, short, choice.state.path))
    catalogfile.register(home.catalog, new)
    catalogfile.repoint(home.catalog, changed)
    for entry in catalogfile.entries(home.catalog):
        metadatafile.mark_current(str(_named(home, entry)))  # here: a copy names files of its original


def _told(name: str, choice: Choice, known: bool) -> Repaired:
    if choice.state is None:
        return Repaired(name, "lost", problems=choice.missed or ["it has no metadata with rows"])
    status = "registered" if not known else "whole" if choice.state is choice.named else "back"
    status = "forward" if choice.named and choice.state is not choice.named else status
    problems = [*choice.missed, *choice.state.notes]
    return Repaired(name, status, choice.state.file.name, choice.state.rows, choice.behind, problems)


def _named(home: Home, entry: Entry | None) -> Path | None:
    """The metadata file that the catalog names, by its place in this folder."""
    return home.table(entry.place) / metadatafile.FOLDER / Path(bare(entry.metadata)).name if entry else None


def _folders(home: Home) -> list[str]:
    """Tables that have any metadata in a folder of the warehouse."""
    found = (folder for layer in LAYERS for folder in (home.folder / layer).glob("*"))
    return [".".join(folder.parts[-2:]) for folder in found if metadatafile.files(folder)]


def _made_elsewhere(home: Home, choices: Mapping[str, Choice]) -> str | None:
    roots = {choice.state.made_in for choice in choices.values() if choice.state}
    return next((root for root in sorted(roots) if Path(root).resolve() != home.folder), None)


def _set_aside(file: Path) -> Path:
    """Rename a damaged catalog, and what was left half-written beside it."""
    aside = _numbered(file.with_name(f"{file.name}.damaged"))
    for suffix in ("", "-journal", "-wal", "-shm"):
        part = file.with_name(file.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def _numbered(place: Path) -> Path:
    """The first of `place-1`, `place-2`, … that is not there."""
    number = 1
    while (found := place.with_name(f"{place.name}-{number}")).exists():
        number += 1
    return found
