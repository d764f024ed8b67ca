"""Which rows of an input came and went since a table was built from it.

What a step of this run has patched is known; what else has happened follows from the files that came and went. Their
rows are compared once a run, whoever asks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from marketpulse.engines.views import View
from marketpulse.lake.buckets import Buckets, Moved
from marketpulse.lake.table import Changes, LakeTable
from marketpulse.run.context import Context
from marketpulse.run.work import Work, consumed

#: The column of relations of values.
VALUE = "_value"


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


def came_alone(
    context: Context, work: Work, name: str, kinds: Mapping[str, str], column: str, values: View
) -> View | None:
    """Rows of an input that came, where no others of it have the `values` (of the column `VALUE`) in `column`.

    They have not where the column is the key, one row a key stays in the whole table, and each value is one that came.
    """
    engine, contract, moved = context.engine, context.project.table(name).contract, known(context, work, name)
    if moved is None or contract.merge is None or tuple(contract.key) != (column,):
        return None
    came = engine.bind("came", kinds, moved.came)
    others = f"select 1 from {came} as c where c.{engine.dialect.name(column)} = v.{VALUE}"
    count = engine.rows(f"select count(*) from {values} as v where not exists ({others})")[0][0]
    return None if count else came


def came_and_went(
    context: Context, work: Work, name: str, types: Mapping[str, str], read: Collection[str] | None = None
) -> tuple[View, View]:
    """Rows of an input that came, and rows that went; one that was written anew is neither.

    Rows are compared by the columns `types`. Where nothing is left to compare they have just those that are `read`.
    """
    engine, changes, moved = context.engine, work.changed[name], _compared(context, work, name, types)
    came = moved.came if moved else [file.path for file in changes.added]
    some = {column: kind for column, kind in types.items() if read is None or column in read} or types
    whole = moved is not None and types.keys() >= work.inputs[name].types.keys()  # a build has compared whole rows
    if whole or not came or not (moved.went if moved else changes.removed):
        return engine.bind("came", some, came), _went(context, some, changes, moved)
    after, before = engine.bind("rows_after", types, came), _went(context, types, changes, moved)
    return engine.define("came", _but(after, before)), engine.define("went", _but(before, after))


def _but(these: View, those: View) -> str:
    return f"select * from {these} except all select * from {those}"


def _compared(context: Context, work: Work, name: str, types: Mapping[str, str]) -> Moved | None:
    """What moved, where it is known; where whole rows must be compared for it, it is known from then on."""
    engine, changes, table = context.engine, work.changed[name], work.inputs[name]
    moved, since = known(context, work, name), consumed(work.current, name) if work.current else None
    if moved or not since or not table.snapshot_id or not (changes.added and changes.removed):
        return moved
    if name in context.moved or not types.keys() >= table.types.keys():
        return None
    with engine.scope():
        after, before = (
            engine.bind("rows", table.types, [file.path for file in files])
            for files in (changes.added, changes.removed)
        )
        moved = Moved(
            engine.write(_but(after, before), context.staging(name, "came")),
            engine.write(_but(before, after), context.staging(name, "went")),
        )
    context.moved[name] = (since, table.snapshot_id, moved)
    return moved


def _went(context: Context, types: Mapping[str, str], changes: Changes, moved: Moved | None) -> View:
    files = moved.went if moved else [file.path for file in changes.removed]
    return context.engine.bind("rows_before", types, files)
