"""Merge new rows into a silver table: of several rows with one key one stays, whatever order they came in.

The order is total (the contract's columns, then where and when a row landed), so merging is associative:
any split of the input gives the same table. Buckets that hold an older row of an arriving key are
rebuilt too, wherever they are.
"""

from __future__ import annotations

from marketpulse import sql
from marketpulse.engines import FILE, LARGE, POSITION
from marketpulse.lake.table import Bucket, FileRef
from marketpulse.names import LANDED_ORDER, LINEAGE
from marketpulse.run.report import FeedCounts
from marketpulse.run.rules import FAILED
from marketpulse.silver.building import Build

EXISTING, LOSERS = "existing", "losers"


def merge_staged(build: Build, staged: str, counts: FeedCounts) -> None:
    """Merge the good rows of view `staged` into the build's buckets and complete `counts`."""
    engine = build.context.engine
    candidates = engine.rows(f"select count(*) from {staged} where {FAILED} = 0")[0][0]
    if not candidates:
        return
    buckets = _touched(build, staged)
    old = build.buckets.files(buckets)
    types = {**build.contract.types, **LINEAGE}
    engine.bind(EXISTING, types, [file.path for file in old], place=True)
    losers = engine.write(_losers(build, staged), build.scratch("losers"))
    engine.bind(LOSERS, {FILE: "string", POSITION: "long", "is_new": "boolean"}, losers)
    lost = dict(engine.rows(f"select is_new, count(*) from {LOSERS} group by 1"))
    query = _with_history(build, _winners(build, staged, any_losers=bool(lost)))
    folder = build.context.folder(build.table.name, build.steps)
    paths = engine.write(query, folder, build.contract.partition, lambda: _large(build, staged))
    build.buckets.replace(buckets, build.context.lake.describe(build.target, paths))
    counts.accepted += candidates - lost.get(True, 0)
    counts.deduplicated += lost.get(True, 0)
    counts.replaced += lost.get(False, 0)


def _touched(build: Build, staged: str) -> set[Bucket]:
    """Buckets of the new rows, and of older rows with the same keys."""
    partition = build.contract.partition
    if partition is None:
        return {None}
    engine = build.context.engine
    found = {row[0] for row in engine.rows(f"select distinct {partition} from {staged} where {FAILED} = 0")}
    others = _may_hold(build, staged, build.buckets.others(found))
    if others:
        key = build.contract.key
        types = {name: build.contract.types[name] for name in dict.fromkeys((*key, partition))}
        engine.bind("elsewhere", types, [file.path for file in others])
        same = " and ".join(f"e.{name} = s.{name}" for name in key)
        query = f"""select distinct e.{partition} from elsewhere as e
            where exists (select 1 from {staged} as s where {same} and s.{FAILED} = 0)"""
        found |= {row[0] for row in engine.rows(query)}
    return found


def _large(build: Build, staged: str) -> list[Bucket]:
    """Buckets that will have many rows."""
    partition = build.contract.partition
    if partition is None:
        return []
    both = " union all ".join(f"select {partition} from {view}" for view in (f"{staged} where {FAILED} = 0", EXISTING))
    query = f"select {partition} from ({both}) as placed group by 1 having count(*) >= {LARGE} order by 1"
    return [row[0] for row in build.context.engine.rows(query)]


def _may_hold(build: Build, staged: str, files: list[FileRef]) -> list[FileRef]:
    """Files whose range of keys overlaps that of the new rows."""
    first = build.contract.key[0]
    if not files or build.contract.types[first] != "string":
        return files
    low, high = build.context.engine.rows(f"select min({first}), max({first}) from {staged} where {FAILED} = 0")[0]
    return [file for file in files if file.overlaps(low, high)]


def _losers(build: Build, staged: str) -> str:
    """Place of every row that another row of its key beats.

    Keys are first counted by a number made of them, which takes half the memory; where two keys have one number
    their rows are ranked for nothing.
    """
    key = build.contract.key
    columns = ", ".join(dict.fromkeys((*key, *_order_columns(build), FILE, POSITION)))
    number = sql.key_hash(key, build.context.engine.dialect)
    known = " and ".join(f"{name} is not null" for name in key)
    of_key = ", ".join(f"p.{name}" for name in key)
    return f"""
        with placed as (
            select {columns}, true as is_new, {number} as key_number from {staged} where {FAILED} = 0 and {known}
            union all
            select {columns}, false as is_new, {number} as key_number from {EXISTING} where {known}
        ),
        twice as (select key_number from placed group by key_number having count(*) > 1),
        ranked as (
            select p.{FILE}, p.{POSITION}, p.is_new,
                row_number() over (partition by {of_key} order by {_order(build)}) as place
            from placed as p join twice as t on p.key_number = t.key_number
        )
        select {FILE}, {POSITION}, is_new from ranked where place > 1"""


def _order_columns(build: Build) -> tuple[str, ...]:
    merge = build.contract.merge
    return (*(merge.order_by if merge else ()), *LANDED_ORDER)


def _order(build: Build) -> str:
    merge = build.contract.merge
    way = "asc" if merge and merge.policy == "first" else "desc"
    return ", ".join(f"p.{name} {way} nulls last" for name in _order_columns(build))


def _winners(build: Build, staged: str, any_losers: bool) -> str:
    given = [name for name in build.contract.types if name not in _history_columns(build)]
    columns = ", ".join([*given, *LINEAGE, FILE, POSITION])
    rows = f"select {columns} from {staged} where {FAILED} = 0 union all select {columns} from {EXISTING}"
    final = ", ".join(f"r.{name}" for name in [*given, *LINEAGE])
    if not any_losers:
        return f"select {final} from ({rows}) as r"
    return f"""select {final} from ({rows}) as r where not exists (
        select 1 from {LOSERS} as l where l.{FILE} = r.{FILE} and l.{POSITION} = r.{POSITION})"""


def _history_columns(build: Build) -> set[str]:
    history = build.contract.history
    return {history.valid_to, history.is_current} if history else set()


def _with_history(build: Build, query: str) -> str:
    """Fill the validity of each version from the version that follows it."""
    history = build.contract.history
    if history is None:
        return query
    following = (
        f"lead({history.valid_from}) over (partition by {', '.join(history.entity)} order by {history.valid_from})"
    )
    filled = {history.valid_to: following, history.is_current: f"({following}) is null"}
    columns = [f"{filled[name]} as {name}" if name in filled else name for name in build.contract.types]
    return f"select {', '.join([*columns, *LINEAGE])} from ({query}) as versions"
