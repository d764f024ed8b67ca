"""What Iceberg must know of a Parquet file before a commit may add it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from pyiceberg.conversions import to_bytes
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.table import Table
from pyiceberg.typedef import Record
from pyiceberg.types import StringType

from marketpulse.errors import GateError
from marketpulse.names import KEY_KEY

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_ID = b"PARQUET:field_id"


def describe(table: Table, path: str) -> DataFile:
    """Row count, size, bucket and key bounds of a file just written."""
    import pyarrow.parquet as pq  # which takes its time, and readers need none of it

    source = table.io.new_input(path)
    with source.open() as stream:
        footer = pq.read_metadata(stream)
    _check_ids(table, footer)
    return DataFile.from_args(
        content=DataFileContent.DATA,
        file_path=path,
        file_format=FileFormat.PARQUET,
        partition=_partition(table, footer),
        record_count=footer.num_rows,
        file_size_in_bytes=len(source),
        spec_id=table.metadata.default_spec_id,
        **_bounds(table, footer),
    )


def _check_ids(table: Table, footer: pq.FileMetaData) -> None:
    """Columns of a file have the field ids that they have in the table, all or none: else readers would mix them up."""
    fields = {field.name: field.metadata or {} for field in footer.schema.to_arrow_schema()}
    found = {name: int(metadata[_ID]) for name, metadata in fields.items() if _ID in metadata}
    known = {field.name: field.field_id for field in table.schema().fields}
    if found and found != {name: known.get(name) for name in fields}:
        raise AssertionError(f"a file with the field ids {found!r} for a table with {known!r}")


def _partition(table: Table, footer: pq.FileMetaData) -> Record:
    """The one value of the bucket column: a text may be too strange for the name of a folder, so the file says it."""
    fields = table.spec().fields
    if not fields:
        return Record()
    try:
        low, high = _range(footer, fields[0].name) or (None, None)
    except (OverflowError, ValueError):
        hint = f"give {fields[0].name} days of the years 1 to 9999, or null"
        raise GateError(f"a bucket of {fields[0].name} lies outside of the calendar", hint=hint) from None
    if low != high:
        raise AssertionError(f"a file with the buckets {low!r} … {high!r}")
    return Record((low - date(1970, 1, 1)).days if isinstance(low, date) else low)


def _bounds(table: Table, footer: pq.FileMetaData) -> dict[str, Any]:
    """Smallest and largest text of the first key column, so that a lookup of keys can pass by the file."""
    key = table.properties.get(KEY_KEY, "").split(",")[0]
    if not key or footer.num_row_groups == 0:
        return {}
    field = table.schema().find_field(key)
    found = _range(footer, key)
    if found is None or not isinstance(field.field_type, StringType):
        return {}
    low, high = (to_bytes(field.field_type, value) for value in found)
    return {"lower_bounds": {field.field_id: low}, "upper_bounds": {field.field_id: high}}


def _range(footer: pq.FileMetaData, column: str) -> tuple[Any, Any] | None:
    """Smallest and largest value of a column; None when the file does not say, or has nulls only."""
    index = next((i for i in range(footer.num_columns) if footer.schema.column(i).path == column), None)
    if index is None:
        return None
    stats = [footer.row_group(g).column(index).statistics for g in range(footer.num_row_groups)]
    if not stats or any(s is None or not s.has_min_max for s in stats):
        return None
    return min(s.min for s in stats), max(s.max for s in stats)
