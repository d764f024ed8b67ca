"""The catalog of a warehouse on AWS: Glue's."""

from __future__ import annotations

from typing import Any

from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.exceptions import NoSuchNamespaceError
from pyiceberg.table import CommitTableResponse, Table

from marketpulse.lake.remembered import RememberingCatalog
from marketpulse.storage.s3 import refuse_halves

_PLACE, _KIND = "metadata_location", "table_type"


class CloudCatalog(RememberingCatalog, GlueCatalog):
    """PyIceberg's Glue catalog, which asks Glue where a table's metadata lies, and S3 for that file once."""

    def __init__(self, name: str, **properties: Any) -> None:
        super().__init__(name, **properties)
        refuse_halves(self.glue, "glue")
        self._kinds: dict[str, bool] = {}

    def commit_table(self, *args: Any, **more: Any) -> CommitTableResponse:
        """See `GlueCatalog`."""
        return self.keep(super().commit_table(*args, **more))

    def _is_s3tables_database(self, database_name: str) -> bool:
        # Asked at each commit; what kind a database is of does not change.
        if database_name not in self._kinds:
            self._kinds[database_name] = super()._is_s3tables_database(database_name)
        return self._kinds[database_name]

    def places(self, namespace: str) -> dict[str, str]:
        """See `RememberingCatalog`: one question for a hundred tables."""
        pages = self.glue.get_paginator("get_tables").paginate(DatabaseName=namespace)
        try:
            tables = [table for page in pages for table in page["TableList"]]
        except self.glue.exceptions.EntityNotFoundException as error:
            raise NoSuchNamespaceError(f"Database does not exist: {namespace}") from error
        return {table["Name"]: table["Parameters"][_PLACE] for table in tables if _is_iceberg(table)}

    def _convert_glue_to_iceberg(self, glue_table: Any) -> Table:
        if not _is_iceberg(glue_table):
            return super()._convert_glue_to_iceberg(glue_table)  # says what is wrong
        return self.table_at((glue_table["DatabaseName"], glue_table["Name"]), glue_table["Parameters"][_PLACE])


def _is_iceberg(table: Any) -> bool:
    given = table.get("Parameters") or {}
    return str(given.get(_KIND)).lower() == "iceberg" and _PLACE in given
