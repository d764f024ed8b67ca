"""Which rows of an input came and went since a table was built from it.

What a step of this run has patched is known; what else has happened follows from the files that came and went.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from marketpulse.engines.views import View
from marketpulse.lake.buckets import Buckets, Moved
from marketpulse.lake.table import Changes, LakeTable
from marketpulse.run.context import Context
from marketpulse.run.patch import PLACE, at
from marketpulse.run.work import Work, consumed


def commit(
    context: Context, target: LakeTable, build: Buckets, state: Mapping[str, str], summary: Mapping[str, str]
) -> None:
    """Make a build visible in one commit, and remember for this run which rows it moved, where that is known."""
    before = target.snapshot_id
    after = context.lake.commit(target, build.added(), build.dropped(), state, summary)
    context.moved.pop(target.name, None)
    if build.moved and before and after and before != after:
        context.moved[target.name] = (before, after, build.moved)


def known(context: Context, work: Work, name: str) -> Moved | None:
    """What moved in an input since a table was built from it, where one build of this run is all that happened."""
    found, since = context.moved.get(name), consumed(work.current, name) if work.current else None
    if found is None or since is None:
        return None
    before, after, moved = found
    table = work.inputs[name]
    return moved if table.snapshot_id == after and table.keeps_rows(since, before) else None


def came_and_went(
    context: Context, work: Work, name: str, types: Mapping[str, str], read: Collection[str] | None = None
) -> tuple[View, View]:
    """Rows of an input that came, and rows that went; one that was written anew is neither.

    Rows are compared by the columns `types`. Where nothing is left to compare they have just those that are `read`.
    """
    engine, changes, moved = context.engine, work.changed[name], known(context, work, name)
    came = moved.came if moved else [file.path for file in changes.added]
    some = {column: kind for column, kind in types.items() if read is None or column in read} or types
    whole = moved is not None and types.keys() >= work.inputs[name].types.keys()  # a build has compared whole rows
    if whole or not came or not (moved.went if moved else changes.removed):
        return engine.bind("came", some, came), _went(context, some, changes, moved)
    after, before = engine.bind("rows_after", types, came), _went(context, types, changes, moved)
    came_only = engine.define("came", f"select * from {after} except all select * from {before}")
    return came_only, engine.define("went", f"select * from {before} except all select * from {after}")


def _went(context: Context, types: Mapping[str, str], changes: Changes, moved: Moved | None) -> View:
    engine, columns = context.engine, context.engine.dialect.names(types, "r")
    if moved is None:
        return engine.bind("rows_before", types, [file.path for file in changes.removed])
    parts: list[str] = []
    for places, files in moved.went:
        rows, went = engine.bind("rows", types, files, place=True), engine.bind("places", PLACE, places)
        parts.append(f"select {columns} from {rows} as r where exists (select 1 from {went} as w where {at('w', 'r')})")
    return engine.define("rows_before", " union all ".join(parts)) if parts else engine.bind("rows_before", types, ())
