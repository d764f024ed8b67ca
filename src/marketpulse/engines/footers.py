"""Footers of Parquet files: which columns a file has, as what, and how many rows. Files never change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa

from marketpulse.storage.places import data_filesystem, is_remote

_READERS = 16
Columns = tuple[tuple[str, str], ...]
NOTHING_KNOWN: Mapping[str, Columns] = MappingProxyType({})
#: Columns that files can have, of those of which they are known without a look into each.
Known = Callable[[Sequence[str]], Mapping[str, Columns]]


def nothing_known(_: Sequence[str]) -> Mapping[str, Columns]:
    """No file is known."""
    return NOTHING_KNOWN


def by_schema(
    files: Sequence[str], types: Mapping[str, str], known: Mapping[str, Columns] = NOTHING_KNOWN
) -> Iterator[tuple[Columns, list[str]]]:
    """Files in groups that have the same columns of `types`, as the same types (contract words).

    Files of which the columns are `known` are not read for it.
    """
    unknown = [path for path in files if path not in known]
    read = {path: columns for path, (_, columns) in zip(unknown, _footers(unknown), strict=True)}
    groups: dict[Columns, list[str]] = {}
    for path in files:
        columns = known[path] if path in known else read[path]
        groups.setdefault(columns, []).append(path)
    wanted: dict[Columns, list[str]] = {}
    for columns, paths in groups.items():
        wanted.setdefault(tuple((c, t) for c, t in columns if c in types), []).extend(paths)
    yield from wanted.items()


def row_counts(files: Sequence[str]) -> list[tuple[str, int]]:
    """Rows of each file."""
    return [(path, rows) for path, (rows, _) in zip(files, _footers(files), strict=True)]


def _footers(files: Sequence[str]) -> list[tuple[int, Columns]]:
    if len(files) < 2:
        return [_footer(path) for path in files]
    with ThreadPoolExecutor(_READERS) as pool:
        return list(pool.map(_footer, files))


@lru_cache(maxsize=100_000)
def _footer(path: str) -> tuple[int, Columns]:
    import pyarrow.parquet as pq  # which takes its time

    with data_filesystem(path).open(path) if is_remote(path) else Path(path).open("rb") as stream:
        footer = pq.read_metadata(stream)
    return footer.num_rows, tuple((field.name, _word(field.type)) for field in footer.schema.to_arrow_schema())


def _word(kind: pa.DataType) -> str:
    """A type in the words of contracts."""
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if pa.types.is_timestamp(kind):
        return "timestamp"
    known = {"int64": "long", "int32": "int", "bool": "boolean", "date32[day]": "date", "float": "float"}
    return known.get(str(kind), str(kind))
