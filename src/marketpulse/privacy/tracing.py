"""Where a person is: records of bronze, and rows of every other table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.errors import DefinitionError, UsageError
from marketpulse.lake.table import LakeTable
from marketpulse.names import INGEST_ID, QUARANTINE
from marketpulse.people import finding
from marketpulse.people.erased import Erased, Name
from marketpulse.people.finding import Found, Person
from marketpulse.people.named import Records, records
from marketpulse.people.words import listed, wanted
from marketpulse.project import personal
from marketpulse.project.table import Table
from marketpulse.run.context import Context


@dataclass(frozen=True)
class Trace:
    """So many rows of one table are a person's."""

    table: str
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
