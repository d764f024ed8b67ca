"""Is every data file still what was written? Each is read and compared with the digest in its name.

A file without one (another engine's, a release's before, or in a store) is read through instead: what a reader cannot
read, or has not the rows that the table says, is damaged.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatch

import pyarrow as pa
import pyarrow.parquet as pq

from marketpulse.errors import StorageError, UsageError
from marketpulse.lake import digests
from marketpulse.lake.table import FileRef, LakeTable
from marketpulse.names import FLOW_RUNS, LANDED_FILES, LAYERS, QUARANTINE
from marketpulse.run.context import Context
from marketpulse.storage.places import bare, is_remote

#: What no run can make anew, as nothing before it has the rows.
_FIRST = (LANDED_FILES, FLOW_RUNS, QUARANTINE)


@dataclass(frozen=True)
class Damage:
    """One file that is not what was written; `bucket` is the partition that it belongs to."""

    file: str
    bucket: str | None
    problem: str


@dataclass
class Verified:
    """One table: its files and their bytes, how many were `read` through for lack of a digest, and what is damaged.

    `problem` is why its files are not known; `hint` what brings it back.
    """

    table: str
    files: int = 0
    bytes: int = 0
    read: int = 0
    damaged: list[Damage] = field(default_factory=list)
    problem: str | None = None
    hint: str | None = None

    @property
    def ok(self) -> bool:
        """True when all of it is as it was written."""
        return not self.damaged and self.problem is None


def verify(context: Context, patterns: list[str] | None = None) -> list[Verified]:
    """Look at every file of the current snapshots of some tables, or of all; nothing is changed."""
    found = []
    for name in _chosen(context.lake.names(), patterns or []):
        result = Verified(name)
        try:
            if table := context.lake.find(name):
                _look_at(context, table, result)
        except StorageError as error:
            result.problem, result.hint = (
                f"{error.where}: {error.message}" if error.where else error.message,
                error.hint,
            )
        found.append(result)
    return found


def _chosen(known: list[str], patterns: list[str]) -> list[str]:
    wanted = [part.strip() for pattern in patterns for part in pattern.split(",") if part.strip()]
    for pattern in wanted:
        if not any(fnmatch(name, pattern) for name in known):
            hint = "marketpulse status lists them"
            raise UsageError(f"there is no table {pattern!r} in this warehouse", hint=hint)
    return [name for name in known if not wanted or any(fnmatch(name, pattern) for pattern in wanted)]


def _look_at(context: Context, table: LakeTable, result: Verified) -> None:
    files = table.files()
    result.files, result.bytes = len(files), sum(file.size for file in files)
    result.read = sum(not _has_digest(file) for file in files)
    context.progress.start(table.name, result.bytes)
    with ThreadPoolExecutor(context.settings.threads) as pool:
        for file, wrong in zip(files, pool.map(lambda each: _problem(table, each), files), strict=True):
            context.progress.advance(table.name, file.size)
            if wrong:
                bucket = f"{table.partition}={file.bucket}" if table.partition else None
                result.damaged.append(Damage(bare(file.path), bucket, wrong))
    context.progress.finish(table.name)
    if result.damaged:
        result.hint = _remedy(table.name)


def _has_digest(file: FileRef) -> bool:
    return not is_remote(bare(file.path)) and digests.told(file.path) is not None


def _problem(table: LakeTable, file: FileRef) -> str | None:
    """What is wrong with one file."""
    if not is_remote(bare(file.path)) and (wrong := digests.problem(file.path, file.size)):
        return wrong
    if _has_digest(file):
        return None
    try:
        rows = sum(_rows(table, file.path))
    except FileNotFoundError:
        return "is missing"
    except (pa.ArrowException, OSError) as error:
        return f"cannot be read: {str(error).partition(chr(10))[0]}"
    return None if rows == file.rows else f"has {rows:,} rows and not {file.rows:,}"


def _rows(table: LakeTable, path: str) -> Iterator[int]:
    """Rows of each piece of a file, read to its end."""
    with table.iceberg.io.new_input(path).open() as stream:
        for piece in pq.ParquetFile(stream, page_checksum_verification=True).iter_batches(20_000):
            piece.validate(full=True)
            yield piece.num_rows


def _remedy(name: str) -> str:
    """What brings a damaged table back: the layer below has its rows; bronze is what landed."""
    if name in _FIRST or name.startswith(f"{LAYERS[0]}."):
        return "take the file, of the same name, from a backup (docs/backup.md): no table has its rows besides"
    return f"marketpulse run --full-refresh --select {name}+"
