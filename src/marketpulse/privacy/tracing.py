"""Where a person is: records of bronze, and rows of every other table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.errors import DefinitionError, UsageError
from marketpulse.lake.table import LakeTable
from marketpulse.names import BATCH_ID, INGEST_ID, QUARANTINE
from marketpulse.people import finding
from marketpulse.people.erased import Name
from marketpulse.people.finding import Person
from marketpulse.people.named import Records, records
from marketpulse.people.words import SHORTEST, spellings, words
from marketpulse.project import personal
from marketpulse.project.table import Table
from marketpulse.run.context import Context

#: Names that a search for mentions takes; a mention is a word of a text that is no name of its row.
_MOST = 200
_LOOKED_AT = 10_000
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
        yield [records(context, t.name, t.types, [f.path for f in t.files()], readers) for t in found]


def person(context: Context, feeds: Sequence[Records], names: Collection[Name], only: bool) -> Person:
    """All names of the people asked for; with `only` no others than these."""
    return Person(frozenset(names)) if only else finding.person(context, feeds, names)


def gone(context: Context, feed: Records, names: Collection[Name]) -> View:
    """Ids of the records of a person."""
    texts = {text for _, text in names}
    return finding.ids(context, feed, names, texts.__contains__).both


def traces(context: Context, feeds: Sequence[Records], names: Collection[Name]) -> list[Trace]:
    """Rows of each table that are a person's, tables without any left out."""
    found = [(feed, gone(context, feed, names)) for feed in feeds]
    counts = {feed.bronze: count(context, f"{ids}") for feed, ids in found}
    for name, query in _queries(context, [ids for _, ids in found], names):
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
    found = [(feed, gone(context, feed, names)) for feed in feeds]
    queries = [(feed.bronze, _landed(context, feed, ids)) for feed, ids in found]
    for name, query in (*queries, *_queries(context, [ids for _, ids in found], names)):
        table = context.lake.seen[name]
        columns = list(table.types)
        told = context.engine.dialect.names(columns)
        rows = context.engine.rows(f"select {told} from ({query}) as found order by {told}")
        if rows:
            yield name, columns, rows


def _landed(context: Context, feed: Records, ids: View) -> str:
    landed = bound(context, context.lake.seen[feed.bronze])
    return f"select r.* from {finding.within(landed, ids)}"


def sought(names: Collection[Name]) -> list[str]:
    """The names that are looked for in texts: of a crowd some only, and none that is too short to mean anybody."""
    return sorted({text for _, text in names if len(text) >= SHORTEST})[:_MOST]


def mentions(context: Context, names: Collection[Name]) -> list[Mention]:
    """Texts of other rows that say one of the names: each table is read once, then what of it says one."""
    wanted, found = sought(names), list[Mention]()
    for name in context.lake.names() if wanted else ():
        table = context.lake.find(name)
        columns = [c for c, kind in table.types.items() if kind == "string" and c not in _IDS] if table else []
        with context.engine.scope():
            rows = bound(context, context.lake.seen[name]) if columns else None
            for column in _suspects(context, rows, columns, wanted) if rows else ():
                number = _saying(context, rows, column, wanted)
                found += [Mention(name, column, number)] * bool(number)
    return found


def _said(context: Context, column: str, wanted: Sequence[str]) -> str:
    """Condition that a text has the letters of one of the names."""
    dialect = context.engine.dialect
    spelt = sorted({each for text in wanted for each in spellings(text)})
    return " or ".join(f"contains({dialect.name(column)}, {dialect.text(text)})" for text in spelt)


def _suspects(context: Context, rows: View, columns: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Columns with such texts."""
    told = ", ".join(f"max(case when {_said(context, c, wanted)} then 1 else 0 end)" for c in columns)
    hits = context.engine.rows(f"select {told} from {rows}")[0]
    return [column for column, hit in zip(columns, hits, strict=True) if hit]


def _saying(context: Context, rows: View | None, column: str, wanted: Sequence[str]) -> int:
    query = f"select {context.engine.dialect.name(column)} from {rows} where {_said(context, column, wanted)}"
    is_word: Callable[[str], bool] = set(wanted).__contains__
    texts = context.engine.rows(f"{query} limit {_LOOKED_AT}")
    return sum(any(is_word(word) for word in words(text)) for (text,) in texts)
