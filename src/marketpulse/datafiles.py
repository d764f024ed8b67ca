"""What Iceberg must know of a Parquet file before a commit may add it."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pyarrow.parquet as pq
from pyiceberg.conversions import to_bytes
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.table import Table
from pyiceberg.typedef import Record
from pyiceberg.types import DateType, StringType

from marketpulse.names import KEY_KEY


def describe(table: Table, path: str) -> DataFile:
    """Row count, size, bucket (from the folder `<column>=<value>`) and key bounds of a file just written."""
    source = table.io.new_input(path)
    with source.open() as stream:
        footer = pq.read_metadata(stream)
    return DataFile.from_args(
        content=DataFileContent.DATA,
        file_path=path,
        file_format=FileFormat.PARQUET,
        partition=_partition(table, path),
        record_count=footer.num_rows,
        file_size_in_bytes=len(source),
        spec_id=table.metadata.default_spec_id,
        **_bounds(table, footer),
    )


def _partition(table: Table, path: str) -> Record:
    fields = table.spec().fields
    if not fields:
        return Record()
    name = fields[0].name
    folder = next(part for part in reversed(path.split("/")[:-1]) if part.startswith(f"{name}="))
    written = folder.removeprefix(f"{name}=")
    if written == "__HIVE_DEFAULT_PARTITION__":
        return Record(None)
    text = unquote(written)
    if isinstance(table.schema().find_field(name).field_type, DateType):
        from datetime import date

        return Record((date.fromisoformat(text) - date(1970, 1, 1)).days)
    return Record(text)


def _bounds(table: Table, footer: pq.FileMetaData) -> dict[str, Any]:
    """Smallest and largest text of the first key column, so that a lookup of keys can pass by the file."""
    key = table.properties.get(KEY_KEY, "").split(",")[0]
    if not key or footer.num_row_groups == 0:
        return {}
    field = table.schema().find_field(key)
    index = next((i for i in range(footer.num_columns) if footer.schema.column(i).path == key), None)
    if index is None or not isinstance(field.field_type, StringType):
        return {}
    stats = [footer.row_group(g).column(index).statistics for g in range(footer.num_row_groups)]
    if any(s is None or not s.has_min_max for s in stats):
        return {}
    low, high = min(s.min for s in stats), max(s.max for s in stats)
    return {
        "lower_bounds": {field.field_id: to_bytes(field.field_type, low)},
        "upper_bounds": {field.field_id: to_bytes(field.field_type, high)},
    }
