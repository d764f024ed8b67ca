"""Merge new rows into a silver table: of several rows with one key one stays, whatever order they came in.

The order is total (the contract's columns, then where and when a row landed), so merging is associative:
any split of the input gives the same table. New rows come beside the old ones; files that hold an older row of an
arriving key are written anew, wherever they are. Where what comes changes other rows (a history, a delivery that is
whole), whole buckets are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from marketpulse.engines import FILE, LARGE, POSITION
from marketpulse.engines.views import View
from marketpulse.lake.digests import check
from marketpulse.lake.table import Bucket, FileRef
from marketpulse.names import INGESTED_AT, LANDED_ORDER, LINEAGE, SOURCE_FILE
from marketpulse.project.contract import Merge
from marketpulse.run.patch import Patch, at, patch
from marketpulse.run.report import FeedCounts
from marketpulse.silver.building import Build, Staged
from marketpulse.silver.checks import ENDS, FAILED
from marketpulse.silver.claims import note
from marketpulse.silver.order import ORDER, named
from marketpulse.silver.removal import WAS, gone, lists, removes, standing, staying, touched, went

#: What a row was: of this load, in the table, gone from it.
_NEW, _OLD, _GONE = 2, 1, 0
#: Rows that lost: where they lie, what they were, and whether what they lost to came in before them.
_LOSERS = {FILE: "string", POSITION: "long", WAS: "int", "_is_later": "boolean"}


@dataclass(frozen=True)
class _Rows:
    """The rows among which one of each key stays: new ones, those of the table, and `gone` ones where rows may go."""

    staged: View
    existing: View | None
    gone: View | None = None

    def each(self) -> Iterator[tuple[str, int]]:
        """Each relation with its condition, and what its rows were."""
        yield f"{self.staged} where {FAILED} = 0", _NEW
        if self.existing:
            yield f"{self.existing} where true", _OLD
        if self.gone:
            yield f"{self.gone} where true", _GONE


def merge_staged(build: Build, staged: Staged, counts: FeedCounts) -> None:
    """Merge the good rows of `staged` into the build's buckets and complete `counts`."""
    engine = build.engine
    is_removing = removes(build)
    if is_removing:
        note(build, staged)
    candidates = engine.rows(f"select count(*) from {staged.rows} where {FAILED} = 0")[0][0]
    if not candidates and not is_removing:
        return
    buckets = _touched(build, staged.rows)
    old = build.buckets.files(buckets)
    rows = _Rows(staged.rows, engine.bind("existing", build.types, [file.path for file in old], place=True))
    rows = replace(rows, gone=gone(build)) if is_removing else rows
    sought = replace(rows, existing=_arriving(build, rows)) if sum(file.rows for file in old) > candidates else rows
    paths = engine.write(_losers(build, sought), build.scratch("losers"))
    losers = engine.bind("losers", _LOSERS, paths)
    found = engine.rows(f"select {WAS}, count(*), count(case when _is_later then 1 end) from {losers} group by 1")
    lost = {was: number for was, number, _ in found}
    if is_removing or build.contract.history:
        _replace(build, buckets, rows, (losers if lost else None), counts)
    else:
        _patch(build, buckets, sought, losers, lost)
    counts.accepted += candidates - lost.get(_NEW, 0)
    counts.deduplicated += lost.get(_NEW, 0)
    counts.replaced += lost.get(_OLD, 0)
    if build.contract.merge == Merge("latest"):
        counts.outranked += sum(late for was, _, late in found if was == _NEW)


def _replace(build: Build, buckets: set[Bucket], rows: _Rows, losers: View | None, counts: FeedCounts) -> None:
    """Write buckets anew: what comes or goes changes other rows of them too."""
    engine, old = build.engine, build.buckets.files(buckets)
    # Rows of older files are written anew: what is damaged must not be taken for whole after that.
    check(build.table.name, [(file.path, file.size) for file in old if file.manifest])
    query = _winners(build, rows, losers)
    if rows.gone:
        kept = standing(build, query)
        counts.removed += went(build, kept)
        query = staying(build, kept)
    else:
        query = with_history(build, query)
    folder = build.context.folder(build.table.name, build.steps)
    paths = engine.write(
        query, folder, build.contract.partition, lambda: _large(build, rows), build.target.ids(build.types)
    )
    build.buckets.replace(buckets, build.context.describe(build.target, paths))


def _patch(build: Build, buckets: set[Bucket], rows: _Rows, losers: View, lost: Mapping[int, int]) -> None:
    """Write the new rows beside the old ones; only files that hold rows which lost to them are written anew."""
    engine, new = build.engine, replace(rows, existing=None)
    lost_to_new = f"select 1 from {losers} as l where l.{WAS} = {_OLD} and {at('l', 'r')}"
    went = f"select r.* from {rows.existing} as r where exists ({lost_to_new})"
    places = engine.write(went, build.scratch("went")) if lost.get(_OLD) else []
    came = _winners(build, new, losers if lost.get(_NEW) else None)
    patch(
        build.context,
        build.target,
        build.buckets,
        Patch(buckets, came, places, lambda: _large(build, new), build.types),
    )


def _arriving(build: Build, rows: _Rows) -> View | None:
    """Rows of the table whose keys arrive again; None for none. Keys alone are looked at first: most are new."""
    engine, n = build.engine, build.dialect.name
    key = {name: build.contract.types[name] for name in build.contract.key}
    same = " and ".join(f"e.{n(name)} = s.{n(name)}" for name in key)
    query = f"""select {build.dialect.names(key, "e")} from {rows.existing} as e
        where exists (select 1 from {rows.staged} as s where {same} and s.{FAILED} = 0)"""
    paths = engine.write(query, build.scratch("again"))
    if not paths:
        return None
    again = engine.bind("again", key, paths)
    return engine.define(
        "arriving", f"select e.* from {rows.existing} as e where exists (select 1 from {again} as s where {same})"
    )


def _touched(build: Build, staged: View) -> set[Bucket]:
    """Buckets of the new rows, and of older rows with the same keys."""
    if build.contract.partition is None:
        return {None}
    if lists(build):  # a list without an entity ends it wherever its versions lie
        return {file.bucket for file in build.buckets.files()} | _buckets(build, staged)
    found = _buckets(build, staged)
    others = build.buckets.others(found)
    if removes(build) and (others or build.kept.heard):
        found |= touched(build, build.engine.bind("others", build.types, [file.path for file in others]))
    return found | _elsewhere(build, staged, _may_hold(build, staged, build.buckets.others(found)))


def _buckets(build: Build, staged: View) -> set[Bucket]:
    """Buckets of the new rows; one that says that its key is no more need have none."""
    bucket = build.dialect.name(build.contract.partition or "")
    query = f"select distinct {bucket} from {staged} where {FAILED} = 0 and {bucket} is not null"
    return {row[0] for row in build.engine.rows(query)}


def _elsewhere(build: Build, staged: View, files: list[FileRef]) -> set[Bucket]:
    """Buckets of some files that hold keys of the new rows."""
    if not files:
        return set()
    key, partition, n = build.contract.key, build.contract.partition or "", build.dialect.name
    types = {name: build.contract.types[name] for name in dict.fromkeys((*key, partition))}
    elsewhere = build.engine.bind("elsewhere", types, [file.path for file in files])
    same = " and ".join(f"e.{n(name)} = s.{n(name)}" for name in key)
    query = f"""select distinct e.{n(partition)} from {elsewhere} as e
        where exists (select 1 from {staged} as s where {same} and s.{FAILED} = 0)"""
    return {row[0] for row in build.engine.rows(query)}


def _large(build: Build, rows: _Rows) -> list[Bucket]:
    """Buckets that will have many rows."""
    if build.contract.partition is None:
        return []
    bucket = build.dialect.name(build.contract.partition)
    both = " union all ".join(f"select {bucket} from {each}" for each, _ in rows.each())
    query = f"select {bucket} from ({both}) as placed group by 1 having count(*) >= {LARGE} order by 1"
    return [row[0] for row in build.engine.rows(query)]


def _may_hold(build: Build, staged: View, files: list[FileRef]) -> list[FileRef]:
    """Files whose range of keys overlaps that of the new rows."""
    first = build.contract.key[0]
    if not files or build.contract.types[first] != "string":
        return files
    key = build.dialect.name(first)
    low, high = build.engine.rows(f"select min({key}), max({key}) from {staged} where {FAILED} = 0")[0]
    return [file for file in files if low is not None and file.overlaps(low, high)]


def _losers(build: Build, rows: _Rows) -> str:
    """Place of every row that another row of its key beats.

    Keys are first counted by a number made of them, which takes half the memory; where two keys have one number
    their rows are ranked for nothing.
    """
    key, dialect = build.contract.key, build.dialect
    columns = dialect.names(dict.fromkeys((*key, *_order_columns(build), FILE, POSITION)))
    number = dialect.key_hash(key)
    known = " and ".join(f"{dialect.name(name)} is not null" for name in key)
    placed = (
        f"select {columns}, {was} as {WAS}, {number} as _key_number from {each} and {known}"
        for each, was in rows.each()
    )
    return f"""
        with placed as ({" union all ".join(placed)}),
        twice as (select _key_number from placed group by _key_number having count(*) > 1),
        tied as (select p.* from placed as p join twice as t on p._key_number = t._key_number),
        named as ({named("tied", build.sources, build.dialect)}),
        ranked as (
            select p.{FILE}, p.{POSITION}, p.{WAS},
                p.{INGESTED_AT} > first_value(p.{INGESTED_AT}) over best as _is_later,
                row_number() over best as place
            from tied as p join named as n on n.{SOURCE_FILE} = p.{SOURCE_FILE}
            window best as (partition by {dialect.names(key, "p")} order by {_order(build)})
        )
        select {FILE}, {POSITION}, {WAS}, _is_later from ranked where place > 1"""


def _order_columns(build: Build) -> tuple[str, ...]:
    merge = build.contract.merge
    return (*(merge.order_by if merge else ()), *LANDED_ORDER)


def _order(build: Build) -> str:
    merge, dialect = build.contract.merge, build.dialect
    way = "asc" if merge and merge.policy == "first" else "desc"
    own = [f"p.{dialect.name(name)}" for name in (merge.order_by if merge else ())]
    return ", ".join(f"{each} {way} nulls last" for each in (*own, *ORDER))


def _winners(build: Build, rows: _Rows, losers: View | None) -> str:
    """Rows that stay: all that did not lose; with what they were where rows of the table may go."""
    names = [*build.contract.given, *LINEAGE]
    columns = build.dialect.names([*names, FILE, POSITION])
    final = build.dialect.names([*names, *((ENDS, WAS) if rows.gone else ())], "r")
    ends = {_NEW: ENDS if build.contract.deleted else "false", _OLD: "false", _GONE: ENDS}
    parts = (
        f"select {columns}{f', {ends[was]} as {ENDS}, {was} as {WAS}' if rows.gone else ''} from {each}"
        for each, was in rows.each()
    )
    query = f"select {final} from ({' union all '.join(parts)}) as r"
    if losers is None:
        return query
    return f"""{query} where not exists (
        select 1 from {losers} as l where {at("l", "r")})"""


def with_history(build: Build, query: str) -> str:
    """Rows of `query` with the validity of each version filled from the version that follows it."""
    history, n = build.contract.history, build.dialect.name
    if history is None:
        return query
    start, entity = n(history.valid_from), build.dialect.names(history.entity)
    following = f"lead({start}) over (partition by {entity} order by {start})"
    filled = {history.valid_to: following, history.is_current: f"({following}) is null"}
    columns = [f"{filled[name]} as {n(name)}" if name in filled else n(name) for name in build.contract.types]
    return f"select {', '.join([*columns, *LINEAGE])} from ({query}) as versions"
