"""The catalog of a warehouse on a disk: a file of SQLite, asked in plain SQL."""

from __future__ import annotations

from typing import Any

from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.table import CommitTableResponse, Table
from pyiceberg.typedef import Identifier

from marketpulse.lake.remembered import RememberingCatalog

_PLACE = """
select metadata_location from iceberg_tables where catalog_name = ? and table_namespace = ? and table_name = ?"""
_PLACES = """
select table_name, metadata_location from iceberg_tables where catalog_name = ? and table_namespace = ?"""


class FileCatalog(RememberingCatalog, SqlCatalog):
    """PyIceberg's catalog in SQLite, which asks the database where a table's metadata lies, and reads that file once.

    It asks in plain SQL: PyIceberg has SQLAlchemy build the query and an object for each answer, which takes ten times
    as long, and a run asks for two hundred tables.
    """

    def load_table(self, identifier: str | Identifier) -> Table:
        """See `SqlCatalog`."""
        namespace = Catalog.namespace_to_string(Catalog.namespace_from(identifier))
        name = Catalog.table_name_from(identifier)
        with self.engine.connect() as connection:
            found = connection.exec_driver_sql(_PLACE, (self.name, namespace, name)).fetchone()
        if found is None or not found[0]:
            raise NoSuchTableError(f"Table does not exist: {namespace}.{name}")
        return self.table_at((*self.identifier_to_tuple(namespace), name), str(found[0]))

    def commit_table(self, *args: Any, **more: Any) -> CommitTableResponse:
        """See `SqlCatalog`."""
        return self.keep(super().commit_table(*args, **more))

    def places(self, namespace: str) -> dict[str, str]:
        """See `RememberingCatalog`."""
        with self.engine.connect() as connection:
            return {
                str(name): str(place) for name, place in connection.exec_driver_sql(_PLACES, (self.name, namespace))
            }
