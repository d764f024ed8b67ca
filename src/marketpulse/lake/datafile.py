"""What Iceberg must know of a Parquet file before a commit may add it.

`measure` reads a footer and runs wherever there is room, on an executor too; `data_files` makes the entries of a commit
of what was measured, and reads nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from pyiceberg.conversions import to_bytes
from pyiceberg.io import FileIO
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.table import Table
from pyiceberg.typedef import Record
from pyiceberg.types import NestedField, StringType

from marketpulse.errors import GateError
from marketpulse.names import KEY_KEY

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_ID = b"PARQUET:field_id"
_Ids = tuple[tuple[str, int | None], ...]
_Range = tuple[Any, Any]
#: So many footers are worth a task of their own.
MANY = 64


class Spread(Protocol):
    """Calls a function, given something of its own and one item, wherever there is room; results in order."""

    def __call__(self, function: Callable[[Any, str], Measured], items: Sequence[str], /) -> Iterable[Measured]:
        """See `Engine.spread`."""
        ...


@dataclass(frozen=True)
class Asked:
    """Columns of which a table wants to know the range in each of its files: its bucket's, and the first of its key."""

    bucket: str | None
    key: str | None

    @classmethod
    def by(cls, table: Table) -> Asked:
        """What a table asks. Bounds are told of a key that is a text."""
        fields, key = table.spec().fields, table.properties.get(KEY_KEY, "").split(",")[0]
        is_text = bool(key) and isinstance(table.schema().find_field(key).field_type, StringType)
        return cls(fields[0].name if fields else None, key if is_text else None)


#: What a table of neither buckets nor keys asks.
NOTHING_ASKED = Asked(None, None)


@dataclass(frozen=True)
class Measured:
    """What the footer of one file says: rows, bytes, columns with their field ids, and the ranges that were asked.

    `strange` is a file whose buckets are no days of the calendar.
    """

    path: str
    rows: int
    size: int
    ids: _Ids
    bucket: _Range | None
    key: _Range | None
    strange: bool = False


#: Nobody who wrote said anything.
NOTHING_MEASURED: Mapping[str, Measured] = MappingProxyType({})


def measure(io: FileIO, asked: Asked, path: str) -> Measured:
    """What the footer of a file just written says. Raise OSError, or what the store raises, when it cannot be read."""
    import pyarrow.parquet as pq  # which takes its time, and readers need none of it

    source = io.new_input(path)
    with source.open() as stream:
        footer = pq.read_metadata(stream)
    fields = footer.schema.to_arrow_schema()
    ids = _same(tuple((each.name, _id_of(each)) for each in fields))
    key = _range(footer, asked.key) if asked.key else None
    try:
        bucket, strange = _range(footer, asked.bucket) if asked.bucket else None, False
    except (OverflowError, ValueError):
        bucket, strange = None, True
    return Measured(path, footer.num_rows, len(source), ids, bucket, key, strange)


def measured(table: Table, paths: Sequence[str], spread: Spread | None = None) -> list[Measured]:
    """What the footers of files say, in the order of `paths`. Many are read by `spread`: see `Engine.spread`."""
    here = partial(measure, table.io, Asked.by(table))
    if spread is None or len(paths) < MANY:
        return [here(path) for path in paths]
    return list(spread(partial(_elsewhere, here), paths))


def _elsewhere(here: Callable[[str], Measured], _: Any, path: str) -> Measured:
    return here(path)


@lru_cache(maxsize=1_000)
def _same(ids: _Ids) -> _Ids:
    """The one object of equal columns: files of a table have the same, and are sent to the driver together."""
    return ids


def _id_of(field: Any) -> int | None:
    told = (field.metadata or {}).get(_ID)
    return int(told) if told is not None else None


def data_files(table: Table, found: Sequence[Measured]) -> list[DataFile]:
    """Entries of files in a manifest. Raise GateError for a bucket that is no day of the calendar."""
    for ids in {each.ids for each in found}:
        _check_ids(table, dict(ids))
    bucket, spec_id = Asked.by(table).bucket, table.metadata.default_spec_id
    key = table.schema().find_field(name) if (name := Asked.by(table).key) else None
    return [
        DataFile.from_args(
            content=DataFileContent.DATA,
            file_path=each.path,
            file_format=FileFormat.PARQUET,
            partition=_partition(bucket, each) if bucket else Record(),
            record_count=each.rows,
            file_size_in_bytes=each.size,
            spec_id=spec_id,
            **(_bounds(key, each.key) if key and each.key else {}),
        )
        for each in found
    ]


def _check_ids(table: Table, ids: dict[str, int | None]) -> None:
    """Columns of a file have the field ids that they have in the table, all or none: else readers would mix them up."""
    found = {name: number for name, number in ids.items() if number is not None}
    known = {field.name: field.field_id for field in table.schema().fields}
    if found and found != {name: known.get(name) for name in ids}:
        raise AssertionError(f"a file with the field ids {found!r} for a table with {known!r}")


def _partition(bucket: str, found: Measured) -> Record:
    """The one value of the bucket column: a text may be too strange for the name of a folder, so the file says it."""
    if found.strange:
        hint = f"give {bucket} days of the years 1 to 9999, or null"
        raise GateError(f"a bucket of {bucket} lies outside of the calendar", hint=hint)
    low, high = found.bucket or (None, None)
    if low != high:
        raise AssertionError(f"a file with the buckets {low!r} … {high!r}")
    return Record((low - date(1970, 1, 1)).days if isinstance(low, date) else low)


def _bounds(key: NestedField, found: _Range) -> dict[str, Any]:
    """Smallest and largest text of the first key column, so that a lookup of keys can pass by the file."""
    low, high = (to_bytes(StringType(), value) for value in found)
    return {"lower_bounds": {key.field_id: low}, "upper_bounds": {key.field_id: high}}


def _range(footer: pq.FileMetaData, column: str) -> _Range | None:
    """Smallest and largest value of a column; None when the file does not say, or has nulls only."""
    index = next((i for i in range(footer.num_columns) if footer.schema.column(i).path == column), None)
    if index is None:
        return None
    stats = [footer.row_group(g).column(index).statistics for g in range(footer.num_row_groups)]
    if not stats or any(s is None or not s.has_min_max for s in stats):
        return None
    return min(s.min for s in stats), max(s.max for s in stats)
