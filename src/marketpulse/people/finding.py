"""Which records are of a person, and which other names the person has.

Names lead to each other where they stand in one record: a customer to the browsers it was seen with. One that stands
beside another customer as well, as the tablet of a household, is not of this person alone and leads nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

import pyarrow as pa

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.names import INGEST_ID
from marketpulse.people.erased import Name
from marketpulse.people.folding import folded
from marketpulse.people.named import Named, Records
from marketpulse.people.words import Wanted
from marketpulse.run.context import Context


@dataclass(frozen=True)
class Person:
    """All `names` that are of the people asked for; those `shared` stand beside them and beside others."""

    names: frozenset[Name]
    shared: frozenset[Name] = frozenset()


def person(context: Context, feeds: Sequence[Records], asked: Iterable[Name]) -> Person:
    """Follow names from record to record until there are no new ones."""
    known, shared = set(asked), set[Name]()
    start = {kind for kind, _ in known}
    new: set[Name] = set(known)
    while new:
        beside = {name for name in _beside(context, feeds, new) if name[0] not in start} - known - shared
        others = _of_others(context, feeds, beside, {text for kind, text in known if kind in start}, start)
        shared |= others
        new = beside - others
        known |= new
    return Person(frozenset(known), frozenset(shared))


def alike(context: Context, feeds: Sequence[Records], asked: Collection[Name]) -> set[Name]:
    """Names of the kinds asked for that are written like one of these, and are others to silver: `C-17` and `c-17`."""
    written = {(kind, normalize(form, folded(text))) for kind, text in asked for form in ("NFC", "NFD")}
    found: set[Name] = set()
    with context.engine.scope():
        given = listed(context, feeds[0].bronze, written) if feeds else None
        for named in _all(feeds):
            for column, kinds in named.kinds.items():
                name = context.engine.dialect.name(column)
                forms = f"select text from {given} where kind in ({_quoted(kinds)})"
                query = f"select distinct {name} from {named.rows} where lower({name}) in ({forms})"
                texts = {text for (text,) in context.engine.rows(query)}
                found |= {(kinds[0], text) for text in texts if not any((kind, text) in asked for kind in kinds)}
    return found


def _all(feeds: Sequence[Records]) -> Iterator[Named]:
    return (named for feed in feeds for named in feed.naming)


def _beside(context: Context, feeds: Sequence[Records], names: Collection[Name]) -> set[Name]:
    """Names in the records that bear any of these."""
    found: set[Name] = set()
    with context.engine.scope():
        given = listed(context, feeds[0].bronze, names) if feeds else None
        for named in _all(feeds):
            columns = ", ".join(context.engine.dialect.name(column) for column in named.kinds)
            query = f"select distinct {columns} from {named.rows} where {_bears(context, named, given)}"
            for row in context.engine.rows(query):
                found |= {(k[0], text) for k, text in zip(named.kinds.values(), row, strict=True) if text is not None}
    return found


def _of_others(
    context: Context, feeds: Sequence[Records], names: Collection[Name], own: Collection[str], start: Collection[str]
) -> set[Name]:
    """Those of some names that stand in a record beside a name of the kind asked for that is not among `own`."""
    found: set[Name] = set()
    n = context.engine.dialect.name
    with context.engine.scope():
        given = listed(context, feeds[0].bronze, names) if feeds and names else None
        for named in _all(feeds) if given else ():
            asked = [column for column, kinds in named.kinds.items() if kinds[0] in start]
            for column, kinds in named.kinds.items():
                if kinds[0] in start or not asked:
                    continue
                pairs = ", ".join(n(each) for each in (column, *asked))
                values = f"select text from {given} where kind = '{kinds[0]}'"
                query = f"select distinct {pairs} from {named.rows} where {n(column)} in ({values})"
                rows = context.engine.rows(query)
                found |= {(kinds[0], row[0]) for row in rows if any(t is not None and t not in own for t in row[1:])}
    return found


def listed(context: Context, table: str, names: Iterable[Name]) -> View:
    """Names as a view with the columns `kind` and `text`; `table` is one of those that are looked at."""
    pairs = sorted(set(names))
    kinds, texts = [kind for kind, _ in pairs], [text for _, text in pairs]
    local = context.engine.local
    columns = pa.table({"kind": pa.array(kinds, pa.string()), "text": pa.array(texts, pa.string())})
    with local.scope():
        incoming = local.receive("names", columns.to_reader())
        paths = local.write(f"select kind, text from {incoming}", context.staging(table, "names"))
    return context.engine.bind("given", {"kind": "string", "text": "string"}, paths)


def _bears(context: Context, named: Named, names: View | None) -> str:
    """Condition that a record bears one of the names."""
    n = context.engine.dialect.name
    parts = [
        f"{n(column)} in (select text from {names} where kind in ({_quoted(kinds)}))"
        for column, kinds in named.kinds.items()
    ]
    return "(" + " or ".join(parts) + ")"


def _quoted(kinds: Iterable[str]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)


def borne(context: Context, feeds: Sequence[Records], is_wanted: Callable[[str, str], bool]) -> set[Name]:
    """Of all names in the records those that are wanted."""
    found: set[Name] = set()
    for named in _all(feeds):
        for column, kinds in named.kinds.items():
            name = context.engine.dialect.name(column)
            texts = context.engine.rows(f"select distinct {name} from {named.rows} where {name} is not null")
            found |= {(kind, text) for (text,) in texts for kind in kinds if is_wanted(kind, text)}
    return found


@dataclass(frozen=True)
class Found:
    """Ids of records, as views of one column: those that bear a name, those that nobody reads and that say one.

    So many more that nobody reads say a name that is too short to tell: they are `doubtful`.
    """

    named: View
    unread: View
    both: View
    doubtful: int = 0


def ids(context: Context, feed: Records, names: Collection[Name], said: Wanted) -> Found:
    """Records that bear one of the names; of a record that no table reads, as a malformed one, words are looked at."""
    engine = context.engine
    paths: list[str] = []
    others: list[str] = []
    if names:
        given = listed(context, feed.bronze, names)
        parts = [f"select {INGEST_ID} from {each.rows} where {_bears(context, each, given)}" for each in feed.naming]
        query = f"select distinct {INGEST_ID} from ({' union all '.join(parts)}) as found"
        paths += engine.write(query, context.staging(feed.bronze, "found"))
    unread = dict(_unread(context, feed, said))
    if sure := [number for number, is_sure in unread.items() if is_sure]:
        given = listed(context, feed.bronze, [("", each) for each in sure])
        others += engine.write(f"select text as {INGEST_ID} from {given}", context.staging(feed.bronze, "unread"))
    views = [engine.bind("found", {INGEST_ID: "string"}, each) for each in (paths, others, [*paths, *others])]
    return Found(views[0], views[1], views[2], len(unread) - len(sure))


def without(rows: View, gone: View | str, parted: bool = False) -> str:
    """The rows, as `r`, but those whose ids are among `gone`: what stands behind `from`.

    `parted` rows are each made of a part of a record, and go with it.
    """
    return f"{rows} as r where not exists (select 1 from {gone} as g where g.{INGEST_ID} = {_record(parted)})"


def _record(parted: bool) -> str:
    return sql.record_id(f"r.{INGEST_ID}") if parted else f"r.{INGEST_ID}"


def emptied(context: Context, rows: View, found: Found, types: Mapping[str, str], empty: Collection[str]) -> str:
    """Query for all `rows` but those found; with columns to `empty` those that bear a name stay, without these."""
    dialect = context.engine.dialect
    if not empty:
        return f"select {dialect.names(types, 'r')} from {without(rows, found.both)}"
    columns = ", ".join(
        f"case when n.{INGEST_ID} is null then r.{dialect.name(c)} end as {dialect.name(c)}"
        if c in empty
        else f"r.{dialect.name(c)}"
        for c in types
    )
    return f"""select {columns} from {rows} as r left join {found.named} as n on n.{INGEST_ID} = r.{INGEST_ID}
        where not exists (select 1 from {found.unread} as g where g.{INGEST_ID} = r.{INGEST_ID})"""


def within(rows: View, gone: View | str, parted: bool = False) -> str:
    """The rows, as `r`, whose ids are among `gone`; `parted` as above."""
    return f"{rows} as r where exists (select 1 from {gone} as g where g.{INGEST_ID} = {_record(parted)})"


def _is_read(context: Context, named: Named) -> str:
    """Condition that a record has every name that its table needs."""
    return " and ".join(f"{context.engine.dialect.name(c)} is not null" for c in named.needed) or "true"


def _unread(context: Context, feed: Records, wanted: Wanted) -> Iterator[tuple[str, bool]]:
    """Ids of records that no table reads, or can name nobody of, and that say a name; whether it is sure to be one."""
    if not feed.naming:
        return
    columns = context.engine.dialect.names(feed.texts, "r")
    named = (f"select {INGEST_ID} from {each.rows} where {_is_read(context, each)}" for each in feed.naming)
    read = " union all ".join(named)
    # Every record that has a row in a table that names people is read by it.
    rows = next(filter(None, (each.others for each in feed.naming)), feed.rows)
    query = f"select r.{INGEST_ID}, {columns} from {without(rows, f'({read})')}"
    for number, *texts in context.engine.rows(query):
        if any(wanted.said(text) for text in texts if text):
            yield number, True
        elif any(wanted.perhaps(text) for text in texts if text):
            yield number, False
