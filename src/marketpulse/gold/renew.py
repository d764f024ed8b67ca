"""Rows of some values, computed anew: those that differ from what is there take its place, all others stay."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from marketpulse.errors import DefinitionError
from marketpulse.gold.reach import Values
from marketpulse.lake.buckets import Buckets
from marketpulse.lake.table import Bucket, LakeTable
from marketpulse.project.contract import Contract
from marketpulse.run.context import Context
from marketpulse.run.patch import PLACE, Patch, patch


def renew(
    context: Context,
    target: LakeTable,
    build: Buckets,
    buckets: Collection[Bucket],
    values: Values,
    paths: Sequence[str],
) -> None:
    """Let buckets of a build have just the rows of `paths` of some values."""
    engine, types = context.engine, target.types
    with engine.scope():
        new = engine.bind("new", types, paths)
        every = engine.bind("every", types, [file.path for file in build.files(buckets)], place=True)
        # Written once: these are few, and to find them everything is read.
        theirs = values.within(context, every, values.column)
        old = engine.once("old", {**types, **PLACE}, theirs, context.staging(target.name, "old"))
        same = " and ".join(f"n.{name} is not distinct from o.{name}" for name in map(engine.dialect.name, types))
        went = f"select o.* from {old} as o where not exists (select 1 from {new} as n where {same})"
        gone = engine.write(went, context.staging(target.name, "gone"))
        came = f"select n.* from {new} as n where not exists (select 1 from {old} as o where {same})"
        patch(context, target, build, Patch(buckets, came, gone))


def refuse_others(context: Context, contract: Contract, values: Values, paths: Sequence[str]) -> None:
    """Raise DefinitionError where rows that were made of those of some values have another: they do not come apart."""
    engine = context.engine
    with engine.scope():
        new = engine.bind("new", contract.types, paths)
        others = values.within(context, new, values.column, is_in=False)
        count = engine.rows(f"select count(*) from ({others}) as others")[0][0]
    if count:
        told = f"{contract.name} does not come apart by {values.column}: {count:,} rows have another than their inputs"
        hint = f"let every row have the {values.column} of what it is made of, or take apart out of the contract"
        raise DefinitionError(told, where=contract.path, hint=hint)
