"""Which buckets are computed together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace

from marketpulse.gold.reach import Reach, Values
from marketpulse.lake.table import Bucket
from marketpulse.run.context import Context
from marketpulse.run.work import Work, shifted


@dataclass(frozen=True)
class Step:
    """Buckets that are computed together; with `others`, all buckets but these.

    With `values` only their rows are: the rows of all others stay.
    """

    buckets: frozenset[Bucket]
    others: bool = False
    values: Values | None = None


WHOLE = Step(frozenset(), others=True)


def steps(context: Context, work: Work, found: Reach) -> Iterator[Step]:
    """What to compute together: in their own days, aligned inputs hold about `chunk_rows` rows for each step."""
    sizes = _sizes(work)
    if found.whole is not None:
        yield from _chunks(found.whole, sizes, context.chunk_rows)
        for step in _chunks(found.partly, sizes, context.chunk_rows):
            yield replace(step, values=found.values)
    elif work.table.contract.partition is None or sum(sizes.values()) <= context.chunk_rows:
        yield WHOLE
    else:
        yield from _chunks(set(sizes), sizes, context.chunk_rows)
        # Inputs that are read whole may have rows for buckets that no aligned input reaches.
        yield Step(frozenset(sizes), others=True)


def _chunks(wanted: Set[Bucket], sizes: Mapping[Bucket, int], most: int) -> Iterator[Step]:
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
