"""Merge new rows into a silver table: of several rows with one key one stays, whatever order they came in.

The order is total (the contract's columns, then where and when a row landed), so merging is associative:
any split of the input gives the same table. Buckets that hold an older row of an arriving key are
rebuilt too, wherever they are.
"""

from __future__ import annotations

from marketpulse.engines import FILE, LARGE, POSITION
from marketpulse.engines.views import View
from marketpulse.lake.digests import check
from marketpulse.lake.table import Bucket, FileRef
from marketpulse.names import INGESTED_AT, LANDED_ORDER, LINEAGE, SOURCE_FILE
from marketpulse.project.contract import Merge
from marketpulse.run.report import FeedCounts
from marketpulse.silver.building import Build
from marketpulse.silver.checks import FAILED
from marketpulse.silver.order import ORDER, named

#: Rows that lost: where they lie, whether they are of this load, and whether what they lost to came in before them.
_LOSERS = {FILE: "string", POSITION: "long", "_is_new": "boolean", "_is_later": "boolean"}


def merge_staged(build: Build, staged: View, counts: FeedCounts) -> None:
    """Merge the good rows of `staged` into the build's buckets and complete `counts`."""
    engine = build.engine
    candidates = engine.rows(f"select count(*) from {staged} where {FAILED} = 0")[0][0]
    if not candidates:
        return
    buckets = _touched(build, staged)
    old = build.buckets.files(buckets)
    # Rows of older files are written anew: what is damaged must not be taken for whole after that.
    check(build.table.name, [(file.path, file.size) for file in old if file.manifest])
    existing = engine.bind("existing", build.types, [file.path for file in old], place=True)
    paths = engine.write(_losers(build, staged, existing), build.scratch("losers"))
    losers = engine.bind("losers", _LOSERS, paths)
    found = engine.rows(f"select _is_new, count(*), count(case when _is_later then 1 end) from {losers} group by 1")
    lost = {is_new: number for is_new, number, _ in found}
    query = _with_history(build, _winners(build, staged, existing, losers if lost else None))
    folder = build.context.folder(build.table.name, build.steps)
    paths = engine.write(query, folder, build.contract.partition, lambda: _large(build, staged, existing))
    build.buckets.replace(buckets, build.context.lake.describe(build.target, paths))
    counts.accepted += candidates - lost.get(True, 0)
    counts.deduplicated += lost.get(True, 0)
    counts.replaced += lost.get(False, 0)
    if build.contract.merge == Merge("latest"):
        counts.outranked += sum(late for is_new, _, late in found if is_new)


def _touched(build: Build, staged: View) -> set[Bucket]:
    """Buckets of the new rows, and of older rows with the same keys."""
    partition, key = build.contract.partition, build.contract.key
    if partition is None:
        return {None}
    engine, n = build.engine, build.dialect.name
    found = {row[0] for row in engine.rows(f"select distinct {n(partition)} from {staged} where {FAILED} = 0")}
    others = _may_hold(build, staged, build.buckets.others(found))
    if others:
        types = {name: build.contract.types[name] for name in dict.fromkeys((*key, partition))}
        elsewhere = engine.bind("elsewhere", types, [file.path for file in others])
        same = " and ".join(f"e.{n(name)} = s.{n(name)}" for name in key)
        query = f"""select distinct e.{n(partition)} from {elsewhere} as e
            where exists (select 1 from {staged} as s where {same} and s.{FAILED} = 0)"""
        found |= {row[0] for row in engine.rows(query)}
    return found


def _large(build: Build, staged: View, existing: View) -> list[Bucket]:
    """Buckets that will have many rows."""
    if build.contract.partition is None:
        return []
    bucket = build.dialect.name(build.contract.partition)
    both = f"select {bucket} from {staged} where {FAILED} = 0 union all select {bucket} from {existing}"
    query = f"select {bucket} from ({both}) as placed group by 1 having count(*) >= {LARGE} order by 1"
    return [row[0] for row in build.engine.rows(query)]


def _may_hold(build: Build, staged: View, files: list[FileRef]) -> list[FileRef]:
    """Files whose range of keys overlaps that of the new rows."""
    first = build.contract.key[0]
    if not files or build.contract.types[first] != "string":
        return files
    key = build.dialect.name(first)
    low, high = build.engine.rows(f"select min({key}), max({key}) from {staged} where {FAILED} = 0")[0]
    return [file for file in files if file.overlaps(low, high)]


def _losers(build: Build, staged: View, existing: View) -> str:
    """Place of every row that another row of its key beats.

    Keys are first counted by a number made of them, which takes half the memory; where two keys have one number
    their rows are ranked for nothing.
    """
    key, dialect = build.contract.key, build.dialect
    columns = dialect.names(dict.fromkeys((*key, *_order_columns(build), FILE, POSITION)))
    number = dialect.key_hash(key)
    known = " and ".join(f"{dialect.name(name)} is not null" for name in key)
    return f"""
        with placed as (
            select {columns}, true as _is_new, {number} as _key_number from {staged} where {FAILED} = 0 and {known}
            union all
            select {columns}, false as _is_new, {number} as _key_number from {existing} where {known}
        ),
        twice as (select _key_number from placed group by _key_number having count(*) > 1),
        tied as (select p.* from placed as p join twice as t on p._key_number = t._key_number),
        named as ({named("tied", build.sources, build.dialect)}),
        ranked as (
            select p.{FILE}, p.{POSITION}, p._is_new,
                p.{INGESTED_AT} > first_value(p.{INGESTED_AT}) over best as _is_later,
                row_number() over best as place
            from tied as p join named as n on n.{SOURCE_FILE} = p.{SOURCE_FILE}
            window best as (partition by {dialect.names(key, "p")} order by {_order(build)})
        )
        select {FILE}, {POSITION}, _is_new, _is_later from ranked where place > 1"""


def _order_columns(build: Build) -> tuple[str, ...]:
    merge = build.contract.merge
    return (*(merge.order_by if merge else ()), *LANDED_ORDER)


def _order(build: Build) -> str:
    merge, dialect = build.contract.merge, build.dialect
    way = "asc" if merge and merge.policy == "first" else "desc"
    own = [f"p.{dialect.name(name)}" for name in (merge.order_by if merge else ())]
    return ", ".join(f"{each} {way} nulls last" for each in (*own, *ORDER))


def _winners(build: Build, staged: View, existing: View, losers: View | None) -> str:
    """Rows that stay: all that did not lose."""
    names = [*build.contract.given, *LINEAGE]
    columns = build.dialect.names([*names, FILE, POSITION])
    rows = f"select {columns} from {staged} where {FAILED} = 0 union all select {columns} from {existing}"
    final = build.dialect.names(names, "r")
    if losers is None:
        return f"select {final} from ({rows}) as r"
    return f"""select {final} from ({rows}) as r where not exists (
        select 1 from {losers} as l where l.{FILE} = r.{FILE} and l.{POSITION} = r.{POSITION})"""


def _with_history(build: Build, query: str) -> str:
    """Fill the validity of each version from the version that follows it."""
    history, n = build.contract.history, build.dialect.name
    if history is None:
        return query
    start, entity = n(history.valid_from), build.dialect.names(history.entity)
    following = f"lead({start}) over (partition by {entity} order by {start})"
    filled = {history.valid_to: following, history.is_current: f"({following}) is null"}
    columns = [f"{filled[name]} as {n(name)}" if name in filled else n(name) for name in build.contract.types]
    return f"select {', '.join([*columns, *LINEAGE])} from ({query}) as versions"
