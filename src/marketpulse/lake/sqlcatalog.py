"""The catalog of a warehouse on a disk: a file of SQLite, asked in plain SQL."""

from __future__ import annotations

from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import CommitFailedException, NoSuchNamespaceError, NoSuchTableError
from pyiceberg.table import CommitTableResponse, Table
from pyiceberg.table.update import TableRequirement, TableUpdate
from pyiceberg.typedef import Identifier

from marketpulse.lake.remembered import RememberingCatalog

_PLACE = """
select metadata_location from iceberg_tables where catalog_name = ? and table_namespace = ? and table_name = ?"""
_MOVE = """
update iceberg_tables set metadata_location = ?, previous_metadata_location = ?
where catalog_name = ? and table_namespace = ? and table_name = ? and metadata_location = ?"""
_PLACES = """
select table_name, metadata_location from iceberg_tables where catalog_name = ? and table_namespace = ?"""

_NAMESPACE = """
select 1 from iceberg_tables
where catalog_name = ?1 and (table_namespace = ?2 or table_namespace like ?3 escape '!')
union all
select 1 from iceberg_namespace_properties
where catalog_name = ?1 and (namespace = ?2 or namespace like ?3 escape '!') limit 1"""
_LIKE = str.maketrans({"!": "!!", "_": "!_", "%": "!%"})


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

    def commit_table(
        self, table: Table, requirements: tuple[TableRequirement, ...], updates: tuple[TableUpdate, ...]
    ) -> CommitTableResponse:
        """See `SqlCatalog`: whoever finds the table as it was read lets it be another, in one statement."""
        try:
            current = self.load_table(table.name())
        except NoSuchTableError:
            return self.keep(super().commit_table(table, requirements, updates))
        staged = self._update_and_stage_table(current, table.name(), requirements, updates)
        if staged.metadata == current.metadata:
            return _as_it_is(current)
        self._write_metadata(staged.metadata, staged.io, staged.metadata_location)
        namespace, name = Catalog.namespace_to_string(Catalog.namespace_from(table.name())), table.name()[-1]
        there = (self.name, namespace, name, current.metadata_location)
        with self.engine.begin() as connection:
            done = connection.exec_driver_sql(_MOVE, (staged.metadata_location, current.metadata_location, *there))
            if done.rowcount < 1:
                raise CommitFailedException(f"Table has been updated by another process: {namespace}.{name}")
        return self.keep(_as_it_is(staged))

    def namespace_exists(self, identifier: str | Identifier) -> bool:
        """See `SqlCatalog`: it is there when anything of it or below it is."""
        namespace = Catalog.namespace_to_string(Catalog.identifier_to_tuple(identifier), NoSuchNamespaceError)
        asked = (self.name, namespace, f"{namespace.translate(_LIKE)}.%")
        with self.engine.connect() as connection:
            return connection.exec_driver_sql(_NAMESPACE, asked).fetchone() is not None

    def places(self, namespace: str) -> dict[str, str]:
        """See `RememberingCatalog`."""
        with self.engine.connect() as connection:
            return {
                str(name): str(place) for name, place in connection.exec_driver_sql(_PLACES, (self.name, namespace))
            }


def _as_it_is(table: Table) -> CommitTableResponse:
    return CommitTableResponse.model_validate(
        {"metadata": table.metadata, "metadata-location": table.metadata_location}
    )
