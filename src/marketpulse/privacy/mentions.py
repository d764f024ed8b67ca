"""Texts of other rows that mention somebody who was erased: told, for a person to look at.

A few names are looked for one by one. For a crowd what its names look like is searched, and what is found compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from marketpulse.engines.views import View
from marketpulse.names import BATCH_ID, INGEST_ID
from marketpulse.people import finding
from marketpulse.people.erased import Name
from marketpulse.people.looks import patterns
from marketpulse.people.words import SHORTEST, spellings, wanted
from marketpulse.privacy.tracing import bound
from marketpulse.run.context import Context

#: So few spellings of names are looked for one by one: a pattern of what they look like costs as much as eight.
_FEW = 8
#: Names and texts by which the rows of a column that mention somebody are counted.
_MOST, _LOOKED_AT = 200, 10_000
#: A text that stands in so many rows on average is searched once.
_OFTEN = 4
#: What the platform makes: no name is in it.
_IDS = (INGEST_ID, BATCH_ID)


@dataclass(frozen=True)
class Mention:
    """So many rows of others say a person's name in the text of a column."""

    table: str
    column: str
    rows: int


@dataclass(frozen=True)
class _Crowd:
    """Names as texts spell them, each with the name, as a view with the column `text`, and what they look like."""

    spelt: Mapping[str, str]
    given: View | None
    looks: Sequence[str]

    @classmethod
    def of(cls, context: Context, table: str, spelt: Mapping[str, str]) -> _Crowd:
        """Names of which there may be many; `table` is one of those that are looked at."""
        if len(spelt) <= _FEW:
            return cls(spelt, None, ())
        return cls(spelt, finding.listed(context, table, [("", each) for each in spelt]), patterns(spelt))


def mentions(context: Context, names: Collection[Name]) -> list[Mention]:
    """Texts of other rows that say one of the names: each table is read once, then what of it says one."""
    found: list[Mention] = []
    spelt = {each: text for _, text in names if len(text) >= SHORTEST for each in spellings(text)}
    tables = context.lake.names() if spelt else ()
    with context.engine.scope():
        crowd = _Crowd.of(context, tables[0], spelt) if tables else _Crowd(spelt, None, ())
        for name in tables:
            found += _mentions(context, name, crowd)
    return found


def _mentions(context: Context, name: str, crowd: _Crowd) -> Iterator[Mention]:
    table = context.lake.find(name)
    columns = [c for c, kind in table.types.items() if kind == "string" and c not in _IDS] if table else []
    if not columns:
        return
    with context.engine.scope():
        rows = bound(context, context.lake.seen[name])
        for column, said in _suspects(context, name, rows, columns, crowd).items():
            if number := _saying(context, rows, column, said):
                yield Mention(name, column, number)


def _suspects(context: Context, table: str, rows: View, columns: Sequence[str], crowd: _Crowd) -> dict[str, set[str]]:
    """Columns with the letters of names, and of which. A few are looked for as they are, a crowd by its looks.

    A crowd is looked for in all columns at once; they are looked at one by one for the names that are in any.
    """
    spelt = crowd.spelt
    if crowd.given:
        found = _alike(context, table, rows, columns, crowd)
        spelt = {word: spelt[word] for word in found}
        if len(found) > _FEW:
            fewer = _Crowd.of(context, table, spelt)
            each = ((c, _alike(context, table, rows, [c], fewer)) for c in columns)
            return {column: {spelt[word] for word in said} for column, said in each if said}
    told = ", ".join(f"max(case when {_said(context, c, spelt)} then 1 else 0 end)" for c in columns)
    hits = context.engine.rows(f"select {told} from {rows}")[0] if spelt else ()
    return {column: {*spelt.values()} for column, hit in zip(columns, hits, strict=False) if hit}


def _alike(context: Context, table: str, rows: View, columns: Sequence[str], crowd: _Crowd) -> set[str]:
    """Those of many names that some columns have as a word: by what names look like (`looks.patterns`)."""
    matches = context.engine.dialect.matches
    texts = _texts(context, rows, columns)
    parts = (f"select {matches('t', each)} as w from ({texts}) as said" for each in crowd.looks)
    found = f"select distinct w from ({' union all '.join(parts)}) as m"
    words = context.engine.once("words", {"w": "string"}, found, context.staging(table, "words"))
    query = f"""select trim(both '.' from w) as w from {words}
        union all select {matches("w", "([^.]+)")} as w from {words} where contains(w, '.')"""
    known = f"select distinct w from ({query}) as t where w in (select text from {crowd.given})"
    return {word for (word,) in context.engine.rows(known)}


def _texts(context: Context, rows: View, columns: Sequence[str]) -> str:
    """Query for all texts of some columns, as `t`: what a column says often is there once, the rest of a row is one."""
    names = [context.engine.dialect.name(column) for column in columns]
    told = ", ".join(f"approx_count_distinct({name})" for name in names)
    count, *distinct = context.engine.rows(f"select count(*), {told} from {rows}")[0]
    seldom = [name for name, number in zip(names, distinct, strict=True) if number * _OFTEN > count]
    parts = [f"select distinct {name} as t from {rows}" for name in names if name not in seldom]
    if seldom:
        whole = f"concat_ws(chr(10), {', '.join(seldom)})" if len(seldom) > 1 else seldom[0]
        parts.append(f"select {whole} as t from {rows}")
    return " union all ".join(parts)


def _said(context: Context, column: str, spelt: Iterable[str]) -> str:
    """Condition that a text has the letters of one of the names, as they are spelt."""
    dialect = context.engine.dialect
    return " or ".join(f"contains({dialect.name(column)}, {dialect.text(text)})" for text in sorted(spelt))


def _saying(context: Context, rows: View, column: str, names: Collection[str]) -> int:
    """How many texts of a column say one of the names; of a crowd, those that say some of the first of it."""
    looked_for, told = wanted(names), sorted(names)
    for part in (told[at : at + _MOST] for at in range(0, len(told), _MOST)):
        said = _said(context, column, [each for text in part for each in spellings(text)])
        query = f"select {context.engine.dialect.name(column)} from {rows} where {said} limit {_LOOKED_AT}"
        if found := sum(looked_for.said(text) for (text,) in context.engine.rows(query)):
            return found
    return 0
