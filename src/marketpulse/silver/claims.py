"""What the deliveries of a load are whole of: a claim each, and the latest of each is kept beside the table.

kind       it is whole of                                     said by
file       what a file of its name held                       replace: file; with each: folder a file sent again
columns    rows with the values that its rows have in them    replace: day, replace: [columns]
feed       everything                                         replace: feed, list
unit       what was on the list then                          list, where the table keeps history: all are kept
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from marketpulse.names import INGEST_ID, INGESTED_AT, SOURCE_FILE
from marketpulse.project.source import Source
from marketpulse.silver.building import Build, Staged
from marketpulse.silver.checks import ENDS, FAILED
from marketpulse.silver.kept import CLAIM, PLACE, begun_types, heard_types
from marketpulse.silver.order import named

PLACED = f"_source, {', '.join(PLACE)}, _day"
#: Condition that the delivery of one relation is later than that of another.
LATER = (
    "({0}._place > {1}._place or ({0}._place = {1}._place and ({0}._came > {1}._came"
    " or ({0}._came = {1}._came and {0}._second > {1}._second))))"
)
_ALWAYS = "timestamp '1970-01-01 00:00:00'"


@dataclass(frozen=True)
class Whole:
    """One thing that the deliveries of a feed are whole of; `scope` tells, of a row of a relation, which."""

    source: Source
    kind: str
    scope: Callable[[str], str]


def wholes(build: Build, source: Source) -> list[Whole]:
    """What the deliveries of a feed are whole of, so that rows of those before them are gone."""
    terms = source.terms
    if terms.whole == "file":
        return [Whole(source, "file", lambda rows: f"{rows}.{SOURCE_FILE}")]
    if terms.whole is None or (terms.whole == "list" and build.contract.history):
        return []  # a list ends versions: `endings`
    columns = terms.columns_in(build.contract)
    found = [Whole(source, "columns", lambda rows: _values(build, columns, rows))]
    if terms.whole in ("list", "feed"):
        found = [Whole(source, "feed", lambda _: "''")]
    if terms.each == "folder":
        found.append(_again(source))
    return found


def _again(source: Source) -> Whole:
    """A file that is sent again for its day takes the place of itself."""
    return Whole(source, "file", lambda rows: f"case when not {rows}._is_timed then {rows}.{SOURCE_FILE} end")


def _values(build: Build, columns: tuple[str, ...], rows: str) -> str:
    """The values of some columns as one text."""
    dialect = build.dialect
    parts = [f"coalesce(cast({rows}.{dialect.name(c)} as string), {dialect.text(chr(2))})" for c in columns]
    return f"concat('', {f', {dialect.text(chr(1))}, '.join(parts)})"


def placed(build: Build, rows: str) -> str:
    """Query for rows with the delivery that each is of, and where that stands among those of its feed."""
    names = named(rows, build.sources, build.dialect)
    return f"""select r.*, n._source, n._unit as _place, n._second, n._is_timed,
            case when n._is_timed then r.{INGESTED_AT} else {_ALWAYS} end as _came,
            coalesce(n._day, cast(r.{INGESTED_AT} as date)) as _day
        from {rows} as r join ({names}) as n on n.{SOURCE_FILE} = r.{SOURCE_FILE}"""


def note(build: Build, staged: Staged) -> None:
    """Remember of what the deliveries of a piece are whole, and the keys of what of them was rejected."""
    source = next((each for each in build.sources if each.name == staged.source), None)
    if source is None or source.terms.whole is None:
        return
    engine, columns = build.engine, ", ".join(CLAIM)
    known = engine.bind("claims", CLAIM, build.kept.claims)
    parts = [f"select {columns} from {known}", *(_said(build, staged, whole) for whole in wholes(build, source))]
    if len(parts) == 1:
        ends = [Whole(source, "unit", _unit), *([_again(source)] if source.terms.each == "folder" else [])]
        parts += [_said(build, staged, whole) for whole in ends]
        _begin(build, staged)
    latest = f"""select {columns}, row_number() over (
            partition by _source, _kind, _scope order by _place desc, _came desc, _second desc) as _age
        from ({" union all ".join(parts)}) as said"""
    query = f"select {columns} from ({latest}) as ranked where _age = 1"
    build.kept.claims = engine.write(query, build.scratch("claims"))
    _hear(build, staged)


def _unit(rows: str) -> str:
    return f"concat({rows}._place, '|', cast({rows}._came as string), '|', {rows}._second)"


def _said(build: Build, staged: Staged, whole: Whole) -> str:
    """Query for the claims of one kind."""
    files = f"{SOURCE_FILE}, {INGESTED_AT}"
    rows = f"(select distinct {files} from {staged.chunk})"
    if whole.kind == "columns":
        columns = build.dialect.names(whole.source.terms.columns_in(build.contract))
        rows = f"(select distinct {files}, {columns} from {staged.rows} where {FAILED} = 0)"
    rows = str(build.engine.define("delivered", f"select * from {rows} as delivered"))
    place = f"'', p.{INGESTED_AT}, ''" if whole.kind == "file" else "p._place, p._came, p._second"
    return f"""select * from (
        select p._source, '{whole.kind}' as _kind, {whole.scope("p")} as _scope, {place}, p._day
        from ({placed(build, rows)}) as p
    ) as claimed ({", ".join(CLAIM)}) where _scope is not null"""


def _begin(build: Build, staged: Staged) -> None:
    """Remember of versions the first list that had them."""
    engine, key = build.engine, build.dialect.names(build.contract.key)
    alive = f"and not {ENDS}" if build.contract.deleted else ""
    rows = f"select {key}, {SOURCE_FILE}, {INGESTED_AT} from {staged.rows} where {FAILED} = 0 {alive}"
    came = placed(build, str(engine.define("came", rows)))
    columns, place = f"{key}, _source", ", ".join(PLACE)
    known = engine.bind("begun", begun_types(build.contract), build.kept.begun)
    ranked = f"""select *, row_number() over (partition by {columns} order by {place}) as _age
        from (select {columns}, {place} from {known} union all select {columns}, {place} from ({came}) as p) as said"""
    query = f"select {columns}, {place} from ({ranked}) as ranked where _age = 1"
    build.kept.begun = engine.write(query, build.scratch("begun"))


def _hear(build: Build, staged: Staged) -> None:
    """Remember the keys of rejected rows, as far as they can be read."""
    engine, key = build.engine, build.dialect.names(build.contract.key)
    known = " and ".join(f"{build.dialect.name(name)} is not null" for name in build.contract.key)
    columns = f"{key}, {SOURCE_FILE}, {INGESTED_AT}, {INGEST_ID}"
    new = f"select {columns} from {staged.rows} where {FAILED} <> 0 and {known}"
    if not engine.rows(f"{new} limit 1"):
        return
    heard = engine.bind("heard", heard_types(build.contract), build.kept.heard)
    query = f"select distinct {columns} from (select {columns} from {heard} union all {new}) as heard"
    build.kept.heard = engine.write(query, build.scratch("heard"))
