"""The SQLite catalog inside a warehouse folder, as a file: what it names, and the one transaction that changes it.

PyIceberg's `SqlCatalog` makes it and changes it one table at a time; what has to be seen before that catalog is
opened, or changed for all tables at once, is done here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import make_url

from marketpulse.errors import ConcurrentError, StorageError
from marketpulse.storage.places import bare, is_remote

#: The catalog's file inside a local warehouse, and the name under which its rows stand in it.
FILE, NAME = "catalog.db", "marketpulse"
_SQLITE = "sqlite:///"
_DAMAGED = "marketpulse repair makes a new one from the tables' folders, and sets this one aside"
_TABLES = "select catalog_name, table_namespace, table_name, metadata_location from iceberg_tables"


@dataclass(frozen=True)
class Entry:
    """One table that a catalog knows: what it is called there, and its current metadata file."""

    catalog: str
    namespace: str
    table: str
    metadata: str

    @property
    def place(self) -> str:
        """`<layer>.<table>`, after the folders that hold it: the platform's name, whatever the catalog's."""
        return ".".join(Path(bare(self.metadata)).parts[-4:-2])


def catalog_file(warehouse: str, properties: Mapping[str, str]) -> Path | None:
    """The catalog of `properties` when it is a SQLite file in the folder `warehouse`; None for every other.

    A catalog elsewhere is not copied with the folder, and may be that of several.
    """
    uri = properties.get("uri", "")
    if is_remote(warehouse) or not uri.startswith(_SQLITE):
        return None
    folder = Path(warehouse).resolve()
    file = Path(make_url(uri).database or "")
    return folder / file.name if file.parent.resolve() == folder else None


def entries(file: Path) -> list[Entry]:
    """Every table that the catalog names: one small query. Nothing where there is no catalog, or an empty one.

    Raise StorageError for a file that is no catalog.
    """
    if not file.is_file():
        return []
    with _connected(file) as catalog:
        try:
            return [Entry(*row) for row in catalog.execute(_TABLES)]
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise


def is_damaged(file: Path) -> bool:
    """True for a file that SQLite cannot read as a catalog."""
    try:
        entries(file)
    except StorageError as error:
        return error.hint == _DAMAGED
    return False


def repoint(file: Path, changed: Sequence[tuple[Entry, str, str]]) -> None:
    """Give each entry another current and previous metadata file: all of them, or none.

    Raise ConcurrentError when one of them is no longer what it was read as.
    """
    with _connected(file) as catalog:
        catalog.execute("begin immediate")
        for entry, metadata, previous in changed:
            done = catalog.execute(
                "update iceberg_tables set metadata_location = ?, previous_metadata_location = ?"
                " where catalog_name = ? and table_namespace = ? and table_name = ? and metadata_location = ?",
                (metadata, previous, entry.catalog, entry.namespace, entry.table, entry.metadata),
            )
            if done.rowcount != 1:
                raise ConcurrentError(
                    f"{entry.namespace}.{entry.table} was changed by another process", where=file, hint="run again"
                )
        catalog.execute("commit")


def register(file: Path, found: Sequence[Entry]) -> None:
    """Add tables that the catalog does not know, and their namespaces: all of them, or none."""
    with _connected(file) as catalog:
        catalog.execute("begin immediate")
        for entry in found:
            catalog.execute(
                "insert or ignore into iceberg_namespace_properties"
                " (catalog_name, namespace, property_key, property_value) values (?, ?, 'exists', 'true')",
                (entry.catalog, entry.namespace),
            )
            catalog.execute(
                "insert into iceberg_tables (catalog_name, table_namespace, table_name, metadata_location)"
                " values (?, ?, ?, ?)",
                (entry.catalog, entry.namespace, entry.table, entry.metadata),
            )
        catalog.execute("commit")


def remove(file: Path, known: Sequence[Entry]) -> None:
    """Take tables out of the catalog: all of them, or none."""
    with _connected(file) as catalog:
        catalog.execute("begin immediate")
        for entry in known:
            catalog.execute(
                "delete from iceberg_tables where catalog_name = ? and table_namespace = ? and table_name = ?",
                (entry.catalog, entry.namespace, entry.table),
            )
        catalog.execute("commit")


def copy_of_its_own(file: Path) -> None:
    """Make a catalog that shares its bytes with another folder (a hard link) a file of its own."""
    if file.stat().st_nlink == 1:
        return
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    with _connected(file) as shared, _connected(part, "rwc") as own:
        shared.backup(own)
    part.replace(file)


@contextmanager
def _connected(file: Path, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    """A connection that commits only what says `commit`. Raise StorageError or ConcurrentError for people."""
    # Not read-only: what a killed commit left half-written must be undone, also before it is only read.
    try:
        catalog = sqlite3.connect(f"file:{quote(str(file))}?mode={mode}", uri=True, isolation_level=None)
        try:
            yield catalog
        finally:
            catalog.close()
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise ConcurrentError(f"the catalog: {error}", where=file, hint="another process holds it") from error
        raise StorageError(f"the catalog: {error}", where=file, hint=_advice(error)) from error


def _advice(error: sqlite3.DatabaseError) -> str:
    if "not a database" in str(error) or "malformed" in str(error):
        return _DAMAGED
    return "check that the warehouse can be written; nothing half-done is visible"
