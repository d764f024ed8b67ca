"""Where a person is: records of bronze, and rows of every other table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.errors import DefinitionError, UsageError
from marketpulse.lake.table import LakeTable
from marketpulse.names import BATCH_ID, INGEST_ID, QUARANTINE
from marketpulse.people import finding
from marketpulse.people.erased import Erased, Name
from marketpulse.people.finding import Found, Person
from marketpulse.people.looks import patterns
from marketpulse.people.named import Records, records
from marketpulse.people.words import SHORTEST, listed, spellings, wanted
from marketpulse.project import personal
from marketpulse.project.table import Table
from marketpulse.run.context import Context

#: So few spellings of names are looked for one by one: a pattern of what they look like costs as much as eight.
_FEW = 8
#: Names and texts by which the rows of a column that mention somebody are counted.
_MOST, _LOOKED_AT = 200, 10_000
#: What the platform makes: no name is in it.
_IDS = (INGEST_ID, BATCH_ID)


@dataclass(frozen=True)
class Trace:
    """So many rows of one table are a person's."""

    table: str
    rows: int


@dataclass(frozen=True)
class Mention:
    """So many rows of others say a person's name in the text of a column."""

    table: str
    column: str
    rows: int


def asked(context: Context, kind: str, texts: Sequence[str]) -> set[Name]:
    """The names that somebody asks for. Raise UsageError for a kind that no contract says, and for none at all."""
    known = personal.kinds(context.project)
    if kind not in known:
        hint = "known: " + ", ".join(known) if known else "contracts say it with identifies: docs/privacy.md"
        raise UsageError(f"no contract says which column is a {kind!r}", hint=hint)
    if not texts or not all(text.strip() for text in texts):
        raise UsageError(f"which {kind}?", hint=f"name at least one, or a file of them with --list: {kind} VALUE …")
    return {(kind, text) for text in texts}


def refuse_named(reason: str, names: Collection[Name]) -> None:
    """Raise UsageError for a reason that names the person: it is kept."""
    said = wanted(text for _, text in names)
    if said.said(reason) or said.perhaps(reason):
        raise UsageError("the reason names the person", hint="it is kept for good: name a ticket instead")


@contextmanager
def looked_at(
    context: Context, feeds: Sequence[str] | None = None, tables: Sequence[Table] | None = None
) -> Iterator[list[Records]]:
    """All records of some feeds as `tables` read them; gone at the end. Else of those with people, and their names.

    Raise DefinitionError for feeds that are defined wrongly: nobody can tell whose their records are.
    """
    names = personal.feeds(context.project) if feeds is None else feeds
    readers = personal.naming(context.project) if tables is None else tables
    if wrong := [error for name in names for error in context.project.problems.get(name, ())]:
        raise DefinitionError.together(wrong)
    with context.engine.scope():
        found = [table for name in names if (table := context.lake.find(name))]
        yield [records(context, t.name, t.types, [f.path for f in t.files()], readers, landed=True) for t in found]


def person(context: Context, feeds: Sequence[Records], names: Collection[Name], only: bool) -> Person:
    """All names of the people asked for; with `only` no others than these."""
    return Person(frozenset(names)) if only else finding.person(context, feeds, names)


def gone(
    context: Context, feeds: Sequence[Records], names: Collection[Name], erased: Erased | None = None
) -> dict[str, Found]:
    """Ids of the records of a person, by feed; also those of everybody on the list of `erased` people."""
    said, is_list = wanted(text for _, text in names), bool(erased and erased.number)
    said = said | listed(erased, personal.kinds(context.project)) if erased and is_list else said
    found: dict[str, Found] = {}
    for feed in feeds:
        others = finding.borne(context, [feed], erased.has) if erased and is_list else set[Name]()
        found[feed.bronze] = finding.ids(context, feed, {*names} | others, said)
    return found


def traces(context: Context, ids: Mapping[str, Found], names: Collection[Name]) -> list[Trace]:
    """Rows of each table that are a person's, whose records have these `ids`; tables without any left out."""
    counts = {bronze: count(context, f"{found.both}") for bronze, found in ids.items()}
    for name, query in _queries(context, [found.both for found in ids.values()], names):
        counts[name] = count(context, f"({query})")
    return [Trace(name, rows) for name, rows in counts.items() if rows]


def count(context: Context, relation: str) -> int:
    """Rows of a view, or of a query in brackets."""
    return int(context.engine.rows(f"select count(*) from {relation} as counted")[0][0])


def _queries(context: Context, ids: Sequence[View], names: Collection[Name]) -> Iterator[tuple[str, str]]:
    """Of each table but bronze its name, and the query for the rows of a person."""
    found = [f"select {INGEST_ID} from {each}" for each in ids] or [f"select '' as {INGEST_ID} where false"]
    known = context.engine.define("known", " union all ".join(found))
    quarantine = context.lake.find(QUARANTINE)
    if quarantine:
        rows = bound(context, quarantine)
        there = f"exists (select 1 from {known} as g where g.{INGEST_ID} = {sql.record_id('r.ingest_id')})"
        yield QUARANTINE, f"select r.* from {rows} as r where {there}"
    given = finding.listed(context, QUARANTINE, names)
    for name, columns in personal.names_in(context.project).items():
        table = context.lake.find(name)
        if table and name.startswith("silver."):
            queries = context.project.tables[name].queries.values()
            parted = any(query.array is not None for query in queries)
            yield name, f"select r.* from {finding.within(bound(context, table), known, parted)}"
        elif table and columns:
            yield name, f"select r.* from {bound(context, table)} as r where {_named(context, columns, given)}"


def bound(context: Context, table: LakeTable) -> View:
    """Rows of a table as it is now."""
    return context.engine.bind("rows", table.types, [file.path for file in table.files()])


def _named(context: Context, columns: personal.Names, given: View) -> str:
    dialect = context.engine.dialect
    parts = []
    for column, kinds in columns.items():
        text = f"cast(r.{dialect.name(column)} as {dialect.type('string')})"
        told = ", ".join(f"'{kind}'" for kind in kinds)
        parts.append(f"{text} in (select text from {given} where kind in ({told}))")
    return "(" + " or ".join(parts) + ")"


def rows_of(
    context: Context, feeds: Sequence[Records], names: Collection[Name]
) -> Iterator[tuple[str, list[str], list[tuple[object, ...]]]]:
    """Of each table that has any its name, its columns and the rows of a person."""
    found = {bronze: each.both for bronze, each in gone(context, feeds, names).items()}
    queries = [(bronze, _landed(context, bronze, ids)) for bronze, ids in found.items()]
    for name, query in (*queries, *_queries(context, [*found.values()], names)):
        table = context.lake.seen[name]
        columns = list(table.types)
        told = context.engine.dialect.names(columns)
        rows = context.engine.rows(f"select {told} from ({query}) as found order by {told}")
        if rows:
            yield name, columns, rows


def _landed(context: Context, bronze: str, ids: View) -> str:
    landed = bound(context, context.lake.seen[bronze])
    return f"select r.* from {finding.within(landed, ids)}"


def mentions(context: Context, names: Collection[Name]) -> list[Mention]:
    """Texts of other rows that say one of the names: each table is read once, then what of it says one."""
    spelt = {each: text for _, text in names if len(text) >= SHORTEST for each in spellings(text)}
    found: list[Mention] = []
    for name in context.lake.names() if spelt else ():
        table = context.lake.find(name)
        columns = [c for c, kind in table.types.items() if kind == "string" and c not in _IDS] if table else []
        with context.engine.scope():
            rows = bound(context, context.lake.seen[name]) if columns else None
            for column, said in _suspects(context, name, rows, columns, spelt).items() if rows else ():
                number = _saying(context, rows, column, said)
                found += [Mention(name, column, number)] * bool(number)
    return found


def _suspects(
    context: Context, table: str, rows: View, columns: Sequence[str], spelt: Mapping[str, str]
) -> dict[str, set[str]]:
    """Columns with the letters of names, and of which. A few are looked for as they are, a crowd by its looks."""
    if len(spelt) <= _FEW:
        told = ", ".join(f"max(case when {_said(context, c, spelt)} then 1 else 0 end)" for c in columns)
        hits = context.engine.rows(f"select {told} from {rows}")[0]
        return {column: {*spelt.values()} for column, hit in zip(columns, hits, strict=True) if hit}
    n, matches = context.engine.dialect.name, context.engine.dialect.matches
    given = finding.listed(context, table, [("", text) for text in spelt])
    like = patterns(spelt)
    parts = (f"select {i} as c, {matches(n(c), each)} as w from {rows}" for i, c in enumerate(columns) for each in like)
    query = f"select distinct c, w from ({' union all '.join(parts)}) as m where w in (select text from {given})"
    found: dict[str, set[str]] = {}
    for place, word in context.engine.rows(query):
        found.setdefault(columns[place], set()).add(spelt[word])
    return found


def _said(context: Context, column: str, spelt: Iterable[str]) -> str:
    """Condition that a text has the letters of one of the names, as they are spelt."""
    dialect = context.engine.dialect
    return " or ".join(f"contains({dialect.name(column)}, {dialect.text(text)})" for text in sorted(spelt))


def _saying(context: Context, rows: View | None, column: str, names: Collection[str]) -> int:
    """How many texts of a column say one of the names; of a crowd, those that say some of the first of it."""
    looked_for, told = wanted(names), sorted(names)
    for part in (told[at : at + _MOST] for at in range(0, len(told), _MOST)):
        said = _said(context, column, [each for text in part for each in spellings(text)])
        query = f"select {context.engine.dialect.name(column)} from {rows} where {said} limit {_LOOKED_AT}"
        if found := sum(looked_for.said(text) for (text,) in context.engine.rows(query)):
            return found
    return 0
