"""Some rows of a table go and others come: files that hold none of those that go stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from marketpulse.engines import FILE, LARGE, POSITION
from marketpulse.engines.views import View
from marketpulse.lake.buckets import Buckets
from marketpulse.lake.digests import check
from marketpulse.lake.table import Bucket, FileRef, LakeTable, in_table
from marketpulse.run.context import Context

#: Files of fewer than `LARGE` rows that a bucket may have: so many are read as quickly as one.
MANY = 16
#: Places of rows, as `bind(place=True)` names them.
PLACE = {FILE: "string", POSITION: "long"}


@dataclass(frozen=True)
class Patch:
    """Rows that go, by their places (a relation of `PLACE`; None for none), and the query of those that come.

    `buckets` are those in which they lie, `large` is for `Engine.write`.
    """

    buckets: Iterable[Bucket]
    gone: View | None
    came: str | None
    large: Callable[[], Sequence[Any]] | None = None


def patch(context: Context, target: LakeTable, build: Buckets, asked: Patch, folder: str) -> None:
    """Change a build by a patch. Raise DamagedFileError for a file that would be written anew and is damaged."""
    engine, types = context.engine, target.types
    hit = _hit(context, build, asked)
    check(target.name, [(file.path, file.size) for file in hit if file.manifest])
    columns = engine.dialect.names(types, "r")
    parts = [f"select {columns} from ({asked.came}) as r"] if asked.came else []
    if hit:
        old = engine.bind("patched", types, [file.path for file in hit], place=True)
        left = f" where not exists (select 1 from {asked.gone} as g where {at('g', 'r')})" if asked.gone else ""
        parts.append(f"select {columns} from {old} as r{left}")
    if not parts:
        return
    paths = engine.write(" union all ".join(parts), folder, target.partition, asked.large, target.ids(types))
    build.exchange(hit, context.lake.describe(target, paths))


def at(one: str, other: str) -> str:
    """Condition that two rows have one place."""
    return f"{one}.{FILE} = {other}.{FILE} and {one}.{POSITION} = {other}.{POSITION}"


def _hit(context: Context, build: Buckets, asked: Patch) -> list[FileRef]:
    """Files to write anew: those that hold rows that go, and the small ones of a bucket that has many."""
    known = {in_table(file.path): file for file in build.files()}
    paths = context.engine.rows(f"select distinct {FILE} from {asked.gone}") if asked.gone else []
    hit = {
        file.path: file for (path,) in paths for file in [known.get(in_table(path)) or known[in_table(unquote(path))]]
    }
    for bucket in asked.buckets:
        small = [file for file in build.files([bucket]) if file.rows < LARGE]
        if len(small) >= MANY:
            hit |= {file.path: file for file in small}
    return list(hit.values())
