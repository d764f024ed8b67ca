"""What changes of the inputs reach: buckets, and of a table that comes apart the values whose rows are made anew.

Rows of other values are made of what has not changed (`Contract.apart`), so they stay as they are. A change of which
nobody knows whose it is reaches its buckets whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.lake.table import Bucket
from marketpulse.project.contract import InputRule
from marketpulse.project.ordering import CHANGE_RELATIONS
from marketpulse.run.changed import VALUE, came_and_went, known
from marketpulse.run.context import Context
from marketpulse.run.work import Work, shifted

#: Where more than one of so many rows of an input has changed, whole buckets cost less than to look for the others.
SHARE = 4
#: Rows of files that were written anew which are compared to find those that changed: more cost more than they save.
_LOOKED_AT = 500_000


@dataclass(frozen=True)
class Reach:
    """Buckets to compute `whole`, None for the whole table; `partly` those of which only rows of `values` are."""

    whole: frozenset[Bucket] | None
    partly: frozenset[Bucket] = frozenset()
    values: Values | None = None


@dataclass(frozen=True)
class Values:
    """Values of the column by which a table comes apart, in Parquet files; whether null is one of them."""

    column: str
    type: str
    paths: tuple[str, ...]
    has_null: bool

    def count(self, context: Context) -> int:
        """How many there are."""
        return int(
            context.engine.rows(f"select count(*) from (select distinct * from {self.bound(context)}) as v")[0][0]
        )

    def bound(self, context: Context) -> View:
        """The values, in the column `VALUE`; one may be there twice."""
        return context.engine.bind("values", {VALUE: self.type}, self.paths)

    def within(self, context: Context, rows: View | str, column: str, is_in: bool = True) -> str:
        """Query for the rows of a relation whose `column` has one of the values, or has none of them."""
        name = context.engine.dialect.name(column)
        way = "" if is_in else "not "
        # A scan passes by what equals none of few values; what is not distinct from one it only finds by reading all.
        same = "is not distinct from" if self.has_null else "="
        return f"""select r.* from {rows} as r where {way}exists (
            select 1 from {self.bound(context)} as v where v.{VALUE} {same} r.{name})"""


@dataclass(frozen=True)
class _Found:
    """What the change of one input reaches; `paths` are files of values, None where they are not known."""

    buckets: set[Bucket]
    paths: Sequence[str] | None = None


def touched_buckets(context: Context, work: Work) -> set[Bucket] | None:
    """Buckets that the changes of the inputs reach; None for the whole table."""
    found = _found(context, work, None)
    return None if found is None else {bucket for each in found for bucket in each.buckets}


def reach(context: Context, work: Work) -> Reach:
    """What the changes of the inputs reach."""
    contract = work.table.contract
    found = _found(context, work, contract.apart)
    if found is None:
        return Reach(None)
    whole = {bucket for each in found if each.paths is None for bucket in each.buckets}
    partly = {bucket for each in found if each.paths is not None for bucket in each.buckets} - whole
    values = (
        _values(context, contract.apart, contract.types[contract.apart], found) if contract.apart and partly else None
    )
    return Reach(frozenset(whole), frozenset(partly), values)


def _values(context: Context, column: str, kind: str, found: Iterable[_Found]) -> Values:
    paths = _all(found)
    with context.engine.scope():
        bound = context.engine.bind("values", {VALUE: kind}, paths)
        nulls = context.engine.rows(f"select count(*) from {bound} where {VALUE} is null")[0][0]
    return Values(column, kind, paths, bool(nulls))


def _all(found: Iterable[_Found]) -> tuple[str, ...]:
    return tuple(path for each in found for path in each.paths or ())


def _found(context: Context, work: Work, apart: str | None) -> list[_Found] | None:
    """What each change reaches, with values by which the table comes `apart`; None for the whole table."""
    contract = work.table.contract
    if work.rebuild or contract.partition is None:
        return None
    found = []
    for name, changes in work.changed.items():
        rule = contract.input_rule(name)
        if changes.files and rule is None:
            return None
        if changes.files and rule:
            with context.engine.scope():
                found.append((_asked if rule.touches else _aligned)(context, work, rule, apart))
    return found


def _aligned(context: Context, work: Work, rule: InputRule, apart: str | None) -> _Found:
    """Bucket b reads b - before … b + after, so input bucket d reaches d - after … d + before."""
    buckets = shifted(work.changed[rule.table].buckets, rule.after, rule.before)
    if apart is None or rule.apart is None or not _is_quick(context, work, rule):
        return _Found(buckets)
    engine, column = context.engine, context.engine.dialect.name(rule.apart)
    changed = _changed(context, work, rule.table, [rule.apart])["changed"]
    query = f"select {column} as {VALUE}, count(*) as _rows from {changed} group by {column}"
    paths = engine.write(query, context.staging(work.table.name, "values"))
    rows = engine.rows(f"select coalesce(sum(_rows), 0) from {engine.bind('counted', {'_rows': 'long'}, paths)}")[0][0]
    return _Found(buckets) if rows * SHARE > _rows(work, rule) else _Found(buckets, paths)


def _is_quick(context: Context, work: Work, rule: InputRule) -> bool:
    """Whether it is known, or quickly found, which rows of an input have changed, and they may be few."""
    changes = work.changed[rule.table]
    rows = sum(file.rows for file in changes.files)
    if known(context, work, rule.table):
        return True
    return rows <= _LOOKED_AT if changes.removed else rows * SHARE <= _rows(work, rule)


def _rows(work: Work, rule: InputRule) -> int:
    """Rows of an input that its changed buckets have now."""
    buckets = work.changed[rule.table].buckets
    return sum(file.rows for file in work.inputs[rule.table].files() if file.bucket in buckets)


def _asked(context: Context, work: Work, rule: InputRule, apart: str | None) -> _Found:
    """What the contract's own query gives for the changed rows of one input: buckets, and of which values."""
    engine, contract = context.engine, work.table.contract
    query = sql.parse(rule.touches or "", contract.path)
    types = work.inputs[rule.table].types
    read = {column for relation in CHANGE_RELATIONS for column in sql.mentioned(query, relation, types)}
    views = _changed(context, work, rule.table, read)
    for name in sql.inputs(query, CHANGE_RELATIONS):
        if name not in views:
            views[name] = _bound(context, work, query, name)
    text = sql.translate(query, engine.dialect, {name: view.name for name, view in views.items()})
    names = [engine.dialect.name(column.alias_or_name) for column in query.selects]
    if apart is None or len(names) == 1:
        return _Found({row[0] for row in engine.rows(text) if row[0] is not None})
    kinds = {"_bucket": contract.types[contract.partition or ""], VALUE: contract.types[apart]}
    named = ", ".join(f"{name} as {new}" for name, new in zip(names, kinds, strict=True))
    paths = engine.write(f"select {named} from ({text}) as asked", context.staging(work.table.name, "asked"))
    asked = engine.bind("asked", kinds, paths)
    rows = engine.rows(f"select distinct _bucket from {asked} where _bucket is not null")
    return _Found({row[0] for row in rows}, paths)


def _changed(context: Context, work: Work, name: str, read: Collection[str]) -> dict[str, View]:
    """Rows of an input that came, went, or either, as `CHANGE_RELATIONS` names them, with columns that are `read`."""
    added, removed = came_and_went(context, work, name, work.inputs[name].types, read)
    changed = context.engine.define("changed", f"select * from {added} union all select * from {removed}")
    return dict(zip(CHANGE_RELATIONS, (added, removed, changed), strict=True))


def _bound(context: Context, work: Work, query: exp.Query, name: str) -> View:
    """What a query reads of a table as it is now, whether or not the model reads it."""
    found = work.inputs.get(name) or context.lake.find(name)
    types = found.types if found else context.project.table(name).contract.types
    read = sql.mentioned(query, name, types) or types
    paths = [file.path for file in found.files()] if found else []
    return context.engine.bind("input", {column: types[column] for column in read}, paths)
