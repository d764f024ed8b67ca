"""Make a copied or moved folder a warehouse of its own.

    metadata file -> manifest lists -> manifests       written anew beside the old ones, with paths below this folder
    catalog.db                                         names the new metadata files, all of them in one transaction

Until that transaction nothing is different, so a move that was killed is simply done again: the new files have names
that follow from the old ones and the folder. Rows are not touched, and no file of any other folder is opened.
Snapshots keep their ids, sequence numbers and summaries, so what tables have consumed stays true.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from marketpulse.errors import StorageError, UsageError
from marketpulse.lake import metadatafile
from marketpulse.lake.catalogfile import FILE, Entry, copy_of_its_own, entries, repoint
from marketpulse.lake.home import Home
from marketpulse.lake.metadatafile import mark_current
from marketpulse.run.patience import Patience
from marketpulse.storage.places import bare, is_inside
from marketpulse.upkeep.folders import Folders, alone
from marketpulse.upkeep.rewriting import Rewriting
from marketpulse.upkeep.survey import Survey, survey

_MOST_NAMED = 3


@dataclass(frozen=True)
class MovedTable:
    """One table: how many snapshots and files (of data and metadata) came along."""

    table: str
    snapshots: int
    files: int


@dataclass(frozen=True)
class Moved:
    """What was done: nothing when the folder was a warehouse of its own already (`made_in` is empty)."""

    folder: str
    made_in: list[str] = field(default_factory=list)
    tables: list[MovedTable] = field(default_factory=list)


def move(folder: Path, patience: Patience | None = None) -> Moved:
    """Let every path of the warehouse in `folder` lie in it; without `patience` no run that builds it is waited for.

    Raise UsageError where there is no warehouse, StorageError when a file is missing, lies elsewhere or is damaged
    (then nothing was changed), HeldError when a run builds it.
    """
    home = Home(folder.resolve() / FILE)
    found = sorted(entries(home.catalog), key=lambda entry: entry.place)
    if not found:
        _refuse(home)
    if home.catalog.is_symlink():
        raise StorageError(f"{FILE} is a link", where=home.catalog, hint="copy the file that it points to")
    with alone(home.folder, [entry.place for entry in found], patience or Patience.none()):
        tables = [table for entry in found if (table := _Table(home, entry)).is_strange]
        surveys = [table.survey() for table in tables]
        _refuse_incomplete(tables, surveys)
        changed = [table.rewrite() for table in tables]
        if changed:
            copy_of_its_own(home.catalog)
            # A copy may have files of later commits than its catalog has: it is as its catalog says.
            for _, metadata, _ in changed:
                mark_current(metadata)
            repoint(home.catalog, changed)
    made_in = sorted({root for table in tables for root in table.roots} - {str(home.folder)})
    done = [MovedTable(t.name, len(s.problems), len(s.files)) for t, s in zip(tables, surveys, strict=True)]
    return Moved(str(home.folder), made_in, done)


class _Table:
    """One table of the catalog, and the metadata file that it names as it lies in this folder."""

    def __init__(self, home: Home, entry: Entry) -> None:
        self.entry, self.name = entry, entry.place
        root = metadatafile.made_in(entry.metadata)
        self.file = Folders(home.folder, [root]).file(entry.metadata)
        if not self.file.exists():
            raise _incomplete([f"{self.name}: {self.file} is missing"], {root})
        self._metadata = metadatafile.read(self.file)
        # `<root>/<layer>/<table>`: what the table says itself, should the catalog say otherwise.
        self.roots = {root, str(Path(bare(self._metadata["location"])).parent.parent)}
        self._folders = Folders(home.folder, self.roots)
        self.is_strange = self.roots != {str(home.folder)}

    def survey(self) -> Survey:
        """What the table refers to. Raise StorageError for what no move can put right."""
        if self._metadata.get("format-version", 1) > 2:
            hint = "move it with the engine that wrote it"
            raise StorageError(f"{self.name} is of a newer format than 2", where=self.file, hint=hint)
        found = survey(self._metadata, self._folders)
        for folder in sorted({str(Path(file).parent) for file in found.files}):
            if Path(folder).is_dir() and not is_inside(folder, self._folders.here):
                raise StorageError(f"{folder} is a link out of the folder", hint="copy what it points to, then move")
        return found

    def rewrite(self) -> tuple[Entry, str, str]:
        """Write the metadata anew: the entry, its new metadata file and the one before."""
        new = Rewriting(self._folders).metadata(self.file, self._metadata)
        return self.entry, new, self._folders.renamed(self.entry.metadata)


def _refuse(home: Home) -> None:
    """Raise the error of a folder without tables in its catalog."""
    home.check()
    raise UsageError(f"there is no warehouse {home.folder}", hint="name a folder that marketpulse run has filled")


def _refuse_incomplete(tables: list[_Table], surveys: list[Survey]) -> None:
    pairs = list(zip(tables, surveys, strict=True))
    problems = [f"{table.name}: {text}" for table, found in pairs for text in found.all_problems]
    if problems:
        raise _incomplete(problems, {root for table in tables for root in table.roots})


def _incomplete(problems: list[str], roots: set[str]) -> StorageError:
    more = f"; and {len(problems) - _MOST_NAMED} more" if len(problems) > _MOST_NAMED else ""
    return StorageError(
        f"copying was not complete: {'; '.join(problems[:_MOST_NAMED])}{more}",
        hint=f"nothing was changed; copy the rest (it was made in {', '.join(sorted(roots))}) and move again",
    )
