"""When the versions of a history end by lists: on the day of the first list that has no version of their entity.

A list has an entity when it has any version of it, also a rejected one. Of each version the first list and the last one
that had it are known, and in between the feed says that it is the same: so a version spans lists, versions that follow
each other without a list between them are one island, and an entity is gone where an island ends.
"""

from __future__ import annotations

from marketpulse.engines.views import View
from marketpulse.names import INGESTED_AT, SOURCE_FILE
from marketpulse.silver.building import Build
from marketpulse.silver.checks import ENDS
from marketpulse.silver.claims import placed
from marketpulse.silver.kept import CLAIM, PLACE, begun_types, heard_types

_ORDER = ", ".join(PLACE)


def of_entities(build: Build, found: View) -> str:
    """Query for the entities that the lists no longer have, each with the day of the first such list, `_ended`."""
    entity = build.dialect.names(build.contract.history.entity if build.contract.history else ())
    return f"""select {entity}, case when count(*) = count(u._day) then max(u._day) end as _ended
        from (
            select {entity}, _source, max(_last) as _last from ({_spans(build, found)}) as spans
            group by {entity}, _source
        ) as s left join ({_units(build)}) as u on u._source = s._source and u._number = s._last + 1
        group by {entity}"""


def of_versions(build: Build, found: View) -> str:
    """Query for the keys of versions after which lists had no version of their entity, with the day of the first.

    Where another feed of lists had the entity on that day it was not gone.
    """
    dialect, history = build.dialect, build.contract.history
    entity, key = dialect.names(history.entity if history else ()), dialect.names(build.contract.key)
    spans, units = _spans(build, found), _units(build)
    within = f"partition by {entity}, _source order by _first, _last"
    before = f"max(_last) over ({within} rows between unbounded preceding and 1 preceding)"
    begins = f"sum(_begins) over ({within} rows between unbounded preceding and current row)"
    same = " and ".join(f"o.{dialect.name(c)} = g.{dialect.name(c)}" for c in (history.entity if history else ()))
    elsewhere = f"""select o.*, b._day as _since, e._day as _until from ({spans}) as o
        join ({units}) as b on b._source = o._source and b._number = o._first
        left join ({units}) as e on e._source = o._source and e._number = o._last + 1"""
    gaps = f"""select {dialect.names(build.contract.key, "i")}, i._source, u._day as _gap from (
            select *, max(_last) over (partition by {entity}, _source, _island) as _end from (
                select *, {begins} as _island from (
                    select *, case when _before >= _first - 1 then 0 else 1 end as _begins
                    from (select *, {before} as _before from ({spans}) as spans) as lined
                ) as begun
            ) as islands
        ) as i join ({units}) as u on u._source = i._source and u._number = i._end + 1 where i._is_row"""
    if sum(source.terms.whole == "list" for source in build.sources) <= 1:
        return gaps
    return f"""select {key}, g._source, g._gap from ({gaps}) as g where not exists (
        select 1 from ({elsewhere}) as o where {same} and o._source <> g._source
            and o._since <= g._gap and (o._until is null or o._until > g._gap))"""


def _units(build: Build) -> str:
    """Query for the lists of each feed, numbered, with their days."""
    claims = build.engine.bind("claims", CLAIM, build.kept.claims)
    return f"""select *, row_number() over (partition by _source order by {_ORDER}) as _number from (
        select _source, {_ORDER}, min(_day) as _day from {claims} where _kind = 'unit' group by _source, {_ORDER}
    ) as units"""


def _spans(build: Build, found: View) -> str:
    """Query for what lists had: the key of each version with the numbers of the first and the last that had it.

    What a file of a folder had and lacks since it was delivered again, the list of that folder has no more.
    """
    engine, dialect = build.engine, build.dialect
    n, key, units = dialect.name, build.contract.key, _units(build)
    claims = engine.bind("claims", CLAIM, build.kept.claims)
    heard = engine.bind("heard", heard_types(build.contract), build.kept.heard)
    begun = engine.bind("begun", begun_types(build.contract), build.kept.begun)
    own = ", ".join(dialect.text(s.name) for s in build.sources if s.terms.whole == "list") or "null"
    names, place = dialect.names(key), f"_source, {_ORDER}"
    said = f"""select {names}, {place}, {SOURCE_FILE}, {INGESTED_AT}, true as _is_row
            from ({placed(build, str(found))}) as p where not {ENDS}
        union all select {names}, {place}, {SOURCE_FILE}, {INGESTED_AT}, false as _is_row
            from ({placed(build, str(heard))}) as p"""
    first = " and ".join(f"b.{n(c)} = s.{n(c)}" for c in (*key, "_source"))
    at = "{0}._source = {1}._source and " + " and ".join("{0}." + c + " = {1}." + c for c in PLACE)
    lacks = f"c._kind = 'file' and c._source = s._source and c._scope = s.{SOURCE_FILE} and c._came > s.{INGESTED_AT}"
    return f"""select {dialect.names(key, "s")}, s._source, s._is_row,
            case when s._is_row then coalesce(f._number, l._number) else l._number end as _first,
            l._number - case when c._scope is null then 0 else 1 end as _last
        from ({said}) as s join ({units}) as l on {at.format("l", "s")}
        left join {begun} as b on {first}
        left join ({units}) as f on {at.format("f", "b")}
        left join {claims} as c on {lacks}
        where s._source in ({own})"""
