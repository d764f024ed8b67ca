"""Where a local warehouse was made, and where it lies: a copy must not read and write the files of its original.

Metadata and catalog hold whole paths. They are right for one folder; in any other they name the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from marketpulse.errors import LostFileError, StorageError
from marketpulse.lake.catalogfile import FILE, Entry, entries
from marketpulse.lake.metadatafile import has_commits, is_behind, made_in, mark_dropped
from marketpulse.names import LAYERS
from marketpulse.storage.places import bare, is_inside

_MOST_NAMED = 5
_REPAIR = "marketpulse repair puts back what the folders have; nothing was written"


class Home:
    """The folder of a warehouse whose catalog lies in it."""

    def __init__(self, catalog: Path) -> None:
        self.folder, self.catalog = catalog.parent, catalog

    def check(self) -> None:
        """Raise StorageError for a folder that was copied or moved, or whose catalog is lost or older than tables."""
        found = entries(self.catalog)
        self.refuse_strangers(found)
        # Looked at twice: a run may have committed since the catalog was read.
        if any(is_behind(entry.metadata) for entry in found):
            self._refuse_older(entries(self.catalog))
        lost = [] if found else self.unknown(found)
        # A first run may have made them since the catalog was looked at.
        if lost and not entries(self.catalog):
            what = "is empty" if self.catalog.is_file() else "is gone"
            message = f"the catalog {what}, and there are tables: {_some(lost)}"
            raise StorageError(message, where=self.catalog, hint=_REPAIR)

    def _refuse_older(self, found: Iterable[Entry]) -> None:
        """A run on top of an older state would leave out what was committed since, and nobody would be told."""
        older = sorted(entry.place for entry in found if is_behind(entry.metadata))
        if older:
            message = f"the catalog is older than its tables, it may be of a backup: {_some(older)}"
            raise StorageError(message, where=self.catalog, hint=_REPAIR)

    def refuse_strangers(self, found: Iterable[Entry]) -> None:
        """Raise StorageError when the catalog names files of another folder."""
        for root in sorted({made_in(entry.metadata) for entry in found}):
            if not self._is(root, self.folder):
                raise self._moved(root)

    def refuse_elsewhere(self, name: str, location: str) -> None:
        """Raise StorageError for a table whose metadata says that it lies elsewhere, whatever the catalog says."""
        if not bare(location).startswith(f"{self.folder}/") and not is_inside(location, str(self.folder)):
            raise self._moved(bare(location).removesuffix(f"/{name.replace('.', '/', 1)}"))

    def has_commits(self, name: str) -> bool:
        """True when the folder of a table has more than creating the table leaves there."""
        return has_commits(self.table(name))

    def mark_dropped(self, name: str, table_uuid: str) -> None:
        """Leave word in the folder of a table that it was dropped and not lost."""
        mark_dropped(self.table(name), table_uuid)

    def lost(self, name: str) -> LostFileError:
        """The error of a table that has commits, and that the catalog does not know."""
        hint = "marketpulse repair puts it back; if it was dropped on purpose, move its folder away"
        return LostFileError(f"{name} has rows and is not in the catalog", where=self.table(name), hint=hint)

    def table(self, name: str) -> Path:
        """Folder of the table `<layer>.<table>`."""
        return self.folder.joinpath(*name.split(".", 1))

    def unknown(self, known: Sequence[Entry]) -> list[str]:
        """Tables that have a folder with commits here and are not `known`."""
        names = {entry.place for entry in known}
        found = [
            name
            for layer in LAYERS
            for folder in (self.folder / layer).glob("*")
            if (name := f"{layer}.{folder.name}") not in names and has_commits(folder)
        ]
        return sorted(found)

    @staticmethod
    def _is(place: str, folder: Path) -> bool:
        """True when both are one folder, by whatever links they are reached."""
        return bare(place) == str(folder) or Path(bare(place)).resolve() == folder.resolve()

    def _moved(self, root: str) -> StorageError:
        return StorageError(
            f"this warehouse was made in {root} and lies in {self.folder}: its catalog names the files there",
            where=self.catalog,
            hint=f"make it a warehouse of its own: marketpulse move {self.folder}",
        )


def made_as(folder: Path) -> Path:
    """The name by which a warehouse was made, when that is this very folder, as for one that is mounted elsewhere, too.

    Who only reads may go on under that name: the metadata has its paths.
    """
    for root in {made_in(entry.metadata) for entry in entries(folder / FILE)}:
        place = Path(bare(root))
        if place != folder and place.is_dir() and place.samefile(folder):
            return place
    return folder


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{', '.join(names[:_MOST_NAMED])}{more}"
