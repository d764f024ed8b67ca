"""Which buckets a change reaches, and which of them are computed together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.lake.table import Bucket
from marketpulse.project.contract import InputRule
from marketpulse.project.ordering import CHANGE_RELATIONS
from marketpulse.run.context import Context
from marketpulse.run.work import Work, shifted


@dataclass(frozen=True)
class Step:
    """Buckets that are computed together; with `others`, all buckets but these."""

    buckets: frozenset[Bucket]
    others: bool = False


WHOLE = Step(frozenset(), others=True)


def touched_buckets(context: Context, work: Work) -> set[Bucket] | None:
    """Buckets that the changes of the inputs reach; None for the whole table."""
    contract = work.table.contract
    if work.rebuild or contract.partition is None:
        return None
    touched: set[Bucket] = set()
    for name, changes in work.changed.items():
        if not changes.added and not changes.removed:
            continue
        rule = contract.input_rule(name)
        if rule is None:
            return None
        if rule.touches:
            with context.engine.scope():
                touched |= _asked(context, work, rule)
        else:
            # Bucket b reads b - before … b + after, so input bucket d reaches d - after … d + before.
            touched |= shifted(changes.buckets, rule.after, rule.before)
    return touched


def _asked(context: Context, work: Work, rule: InputRule) -> set[Bucket]:
    """Buckets that the contract's own query gives for the changed rows of one input."""
    engine = context.engine
    types = work.inputs[rule.table].types
    changes = work.changed[rule.table]
    after = engine.bind("rows_after", types, [file.path for file in changes.added])
    before = engine.bind("rows_before", types, [file.path for file in changes.removed])
    added = engine.define("added", f"select * from {after} except all select * from {before}")
    removed = engine.define("removed", f"select * from {before} except all select * from {after}")
    changed = engine.define("changed", f"select * from {added} union all select * from {removed}")
    query = sql.parse(rule.touches or "", work.table.contract.path)
    views = dict(zip(CHANGE_RELATIONS, (added, removed, changed), strict=True))
    for name in sql.inputs(query, CHANGE_RELATIONS):
        if name not in views:
            views[name] = _bound(context, work, name)
    names = {name: view.name for name, view in views.items()}
    rows = engine.rows(sql.translate(query, engine.dialect, names))
    return {row[0] for row in rows if row[0] is not None}


def _bound(context: Context, work: Work, name: str) -> View:
    """A table as it is now, whether or not the model reads it."""
    found = work.inputs.get(name) or context.lake.find(name)
    types = found.types if found else context.project.table(name).contract.types
    return context.engine.bind("input", types, [file.path for file in found.files()] if found else [])


def steps(context: Context, work: Work, touched: set[Bucket] | None) -> Iterator[Step]:
    """What to compute together: in their own days, aligned inputs hold about `chunk_rows` rows for each step."""
    sizes = _sizes(work)
    if touched is not None:
        yield from _chunks(touched, sizes, context.chunk_rows)
    elif work.table.contract.partition is None or sum(sizes.values()) <= context.chunk_rows:
        yield WHOLE
    else:
        yield from _chunks(set(sizes), sizes, context.chunk_rows)
        # Inputs that are read whole may have rows for buckets that no aligned input reaches.
        yield Step(frozenset(sizes), others=True)


def _chunks(wanted: set[Bucket], sizes: Mapping[Bucket, int], most: int) -> Iterator[Step]:
    """Buckets in their order, as many at a time as have `most` rows; one that has more is alone."""
    buckets: set[Bucket] = set()
    rows = 0
    for bucket in sorted(wanted, key=str):
        size = sizes.get(bucket, 0)
        if buckets and rows + size > most:
            yield Step(frozenset(buckets))
            buckets, rows = set(), 0
        buckets.add(bucket)
        rows += size
    if buckets:
        yield Step(frozenset(buckets))


def _sizes(work: Work) -> dict[Bucket, int]:
    """Rows of aligned inputs that each bucket's own day holds; its keys are all buckets they reach."""
    sizes: dict[Bucket, int] = {}
    for rule in work.table.contract.inputs:
        found = work.inputs.get(rule.table)
        if rule.column is None or found is None:
            continue
        for file in found.files():
            for bucket in shifted({file.bucket}, rule.after, rule.before):
                sizes[bucket] = sizes.get(bucket, 0) + (file.rows if bucket == file.bucket else 0)
    return sizes
