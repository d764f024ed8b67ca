"""Some rows of a table go and others come: files that hold none of those that go stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import unquote

from marketpulse.engines import FILE, LARGE, POSITION
from marketpulse.lake.buckets import Buckets
from marketpulse.lake.digests import check
from marketpulse.lake.table import Bucket, FileRef, LakeTable, in_table
from marketpulse.run.context import Context

#: Files of fewer than `LARGE` rows that a bucket may have: so many are read as quickly as one.
MANY = 16
#: The place of a row, as `bind(place=True)` names it.
PLACE = {FILE: "string", POSITION: "long"}


@dataclass(frozen=True)
class Patch:
    """The query of the rows that come (None for none), and files of the rows that go with their places (`PLACE`).

    `buckets` are those in which they may lie; `large` is for `Engine.write`. `types` are the columns that are written,
    where they are not all of the table: others may have given it more.
    """

    buckets: Collection[Bucket]
    came: str | None
    went: Sequence[str] = ()
    large: Callable[[], Sequence[Any]] | None = None
    types: Mapping[str, str] | None = None


def patch(context: Context, target: LakeTable, build: Buckets, asked: Patch) -> None:
    """Change a build by a patch.

    Raise DamagedFileError for a damaged file of its buckets: what its rows say decides which of them go, and those that
    are written anew would be taken for whole.
    """
    engine, types = context.engine, asked.types or target.types
    hit = _hit(context, build, asked)
    read = {file.path: file for file in (*hit, *build.files(asked.buckets))}.values()
    check(target.name, [(file.path, file.size) for file in read if file.manifest])
    columns = engine.dialect.names(types, "r")
    query, came = f"select {columns} from ({asked.came}) as r", list[str]()
    if hit:
        came = engine.write(query, context.staging(target.name, "came")) if asked.came else came
        query = f"select * from {engine.bind('came', types, came)} union all {_left(context, types, hit, asked)}"
    elif not asked.came:
        return
    folder, large = context.folder(target.name), partial(_large, hit) if hit else asked.large
    files = context.describe(target, engine.write(query, folder, target.partition, large, target.ids(types)))
    if build.moved:
        build.moved.came += came if hit else [file.path for file in files]
        build.moved.went += asked.went
    build.exchange(hit, files, came if hit else None)


def _large(hit: Sequence[FileRef]) -> list[Bucket]:
    """Buckets that files which are written anew have many rows of: what comes is little beside these."""
    rows: dict[Bucket, int] = {}
    for file in hit:
        rows[file.bucket] = rows.get(file.bucket, 0) + file.rows
    return [bucket for bucket, count in rows.items() if count >= LARGE and bucket is not None]


def at(one: str, other: str) -> str:
    """Condition that two rows have one place."""
    return f"{one}.{FILE} = {other}.{FILE} and {one}.{POSITION} = {other}.{POSITION}"


def _left(context: Context, types: Mapping[str, str], hit: Sequence[FileRef], asked: Patch) -> str:
    """Query for the rows of some files that do not go."""
    engine, columns = context.engine, context.engine.dialect.names(types, "r")
    rows = engine.bind("patched", types, [file.path for file in hit], place=True)
    if not asked.went:
        return f"select {columns} from {rows} as r"
    went = engine.bind("went", PLACE, asked.went)
    return f"select {columns} from {rows} as r where not exists (select 1 from {went} as g where {at('g', 'r')})"


def _hit(context: Context, build: Buckets, asked: Patch) -> list[FileRef]:
    """Files to write anew: those that hold rows that go, and the small ones of a bucket that has many."""
    known = {in_table(file.path): file for file in build.files()}
    went = context.engine.bind("went", PLACE, asked.went) if asked.went else None
    paths = context.engine.rows(f"select distinct {FILE} from {went}") if went else []
    found = [known.get(in_table(path)) or known[in_table(unquote(path))] for (path,) in paths]
    hit = {file.path: file for file in found}
    for bucket in asked.buckets:
        small = [file for file in build.files([bucket]) if file.rows < LARGE]
        if len(small) >= MANY:
            hit |= {file.path: file for file in small}
    return list(hit.values())
