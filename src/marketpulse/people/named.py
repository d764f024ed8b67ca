"""Records of a feed with the names that silver reads in them.

The mapping of a silver table says which part of a record is a customer, whatever the record looks like. It was asked
already of each record that has a row in the table: there names and keys stand. So only the others are mapped for it,
once: those that lost to another one of their key, that a check kept out, that the table has not consumed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.errors import ValueStopsError
from marketpulse.lake.table import LakeTable
from marketpulse.names import INGEST_ID, LANDED, LINEAGE
from marketpulse.project.table import Table
from marketpulse.run.context import Context
from marketpulse.run.looking import heads_seen, looked_up
from marketpulse.run.readable import readable
from marketpulse.run.unfolding import unfold
from marketpulse.run.work import find_work


@dataclass(frozen=True)
class Named:
    """Records of a feed as one silver table maps them.

    A record of which the table makes several rows has as many of them. They are mapped when they are first asked for.
    """

    table: Table
    asked: Callable[[], View]
    asked_others: Callable[[], View] | None = None

    @property
    def rows(self) -> View:
        """The id of each, its names and its key."""
        return self.asked()

    @property
    def others(self) -> View | None:
        """The records of which the table has no row, where each that has one is known by it; else None."""
        return self.asked_others() if self.asked_others else None

    @property
    def kinds(self) -> dict[str, tuple[str, ...]]:
        """Columns of `rows` that hold names, and of what kinds; the first is what it leads to."""
        return {name_column(column.name): column.identifies for column in self.table.contract.identifying}

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns of `rows` without which a record is rejected: silver knows nobody of one that lacks them."""
        return tuple(name_column(column.name) for column in self.table.contract.identifying if column.required)

    @property
    def keys(self) -> dict[str, str]:
        """Columns of `rows` that hold the key, by what the table calls them."""
        return {column: key_column(column) for column in self.table.contract.key}


@dataclass(frozen=True)
class Records:
    """Records of one feed in some files, and what each table reads in them."""

    bronze: str
    rows: View
    types: Mapping[str, str]
    files: tuple[str, ...]
    named: tuple[Named, ...]

    @property
    def naming(self) -> tuple[Named, ...]:
        """What tables that name people read in them."""
        return tuple(each for each in self.named if each.kinds)

    @property
    def texts(self) -> tuple[str, ...]:
        """Columns of text: what landed, and what could not be read."""
        return tuple(name for name, kind in self.types.items() if name not in LINEAGE and kind == "string")


#: The bucket of a record's row, of a table that keeps rows for so many days.
BUCKET = "_bucket"


def name_column(column: str) -> str:
    """What a name is called beside the key."""
    return f"_name_{column}"


def key_column(column: str) -> str:
    """What a column of the key is called beside the names."""
    return f"_key_{column}"


def records(
    context: Context,
    bronze: str,
    types: Mapping[str, str],
    files: Sequence[str],
    tables: Sequence[Table],
    *,
    landed: bool = False,
) -> Records:
    """Look at the records in some files of a feed, whose columns are `types`, as `tables` read them.

    `landed` are all files of its bronze table: what a silver table has of them need not be mapped again.
    """
    source = context.project.sources[bronze.split(".")[1]]
    every = source.with_optional(types)
    rows = context.engine.bind("records", every, files, place=True)
    named = tuple(_named(context, table, bronze, rows, every, landed) for table in tables if bronze in table.queries)
    return Records(bronze, rows, every, tuple(files), named)


def _named(context: Context, table: Table, bronze: str, rows: View, every: Mapping[str, str], landed: bool) -> Named:
    engine, current = context.engine, _settled(context, table) if landed else None
    there = [file.path for file in current.files()] if current else []
    types = {INGEST_ID: "string", **{name_column(c.name): "string" for c in table.contract.identifying}}
    types |= {key_column(name): table.contract.types[name] for name in table.contract.key}
    types |= {BUCKET: "date"} if table.contract.keep else {}

    def standing() -> View:
        return engine.bind("there", current.types if current else {}, there)

    @cache
    def without() -> list[str]:
        return engine.write(_others(context, standing(), rows, every), context.staging(bronze, "others"))

    def others() -> View:
        return engine.bind("others", every, without())

    @cache
    def mapped() -> list[str]:
        return _written(context, table, bronze, others() if current else rows, every)

    def asked() -> View:
        read = engine.bind("named", types, mapped())
        if current is None:
            return read
        stood = _standing(context, table, standing(), rows)
        return engine.define("known", f"{stood} union all select {engine.dialect.names(types)} from {read}")

    return Named(table, asked, others if current else None)


def _settled(context: Context, table: Table) -> LakeTable | None:
    """A silver table each of whose rows is what its mapping makes of one record alone, as it is defined now."""
    if any(query.array is not None or query.groups or query.lookups for query in table.queries.values()):
        return None
    work = find_work(context, table)
    return None if work.rebuild else work.current


def _others(context: Context, there: View, rows: View, every: Iterable[str]) -> str:
    """Query for the records of which a silver table, whose rows are `there`, has none."""
    same = f"select 1 from {there} as t where t.{INGEST_ID} = r.{INGEST_ID}"
    return f"select {context.engine.dialect.names(every, 'r')} from {rows} as r where not exists ({same})"


def _standing(context: Context, table: Table, there: View, rows: View) -> str:
    """Query for names and keys that a silver table has of the records `rows`."""
    n, contract = context.engine.dialect.name, table.contract
    text = context.engine.dialect.type("string")
    columns = [f"cast(t.{n(c.name)} as {text}) as {n(name_column(c.name))}" for c in contract.identifying]
    columns += [f"t.{n(name)} as {n(key_column(name))}" for name in contract.key]
    columns += [f"t.{n(contract.partition or '')} as {BUCKET}"] if contract.keep else []
    of_feed = f" where exists (select 1 from {rows} as r where r.{INGEST_ID} = t.{INGEST_ID})"
    several = of_feed if len(table.queries) > 1 else ""
    return f"select t.{INGEST_ID} as {INGEST_ID}, {', '.join(columns)} from {there} as t{several}"


def _written(context: Context, table: Table, bronze: str, rows: View, every: Mapping[str, str]) -> list[str]:
    """Files of the records `rows`, mapped."""
    engine = context.engine
    landed = [name for name in every if name not in (*LINEAGE, *LANDED)]
    # Who asks for keys alone asks for rows: a record without elements has none.
    elements = unfold(context, table, bronze, rows, every, filled=not table.contract.identifying)
    view = readable(context, table, bronze, elements, landed, {})
    view = looked_up(context, table, bronze, view, heads_seen(context, table))
    try:
        query = _mapped(context, table, bronze, view, tolerant=not engine.dialect.is_strict)
        return engine.write(query, context.staging(bronze, "named"))
    except ValueStopsError:  # one record's problem: once more, slower
        query = _mapped(context, table, bronze, view, tolerant=True)
        return engine.write(query, context.staging(bronze, "named"))


def _mapped(context: Context, table: Table, bronze: str, rows: View, tolerant: bool) -> str:
    dialect, contract = context.engine.dialect, table.contract
    json = context.project.sources[bronze.split(".")[1]].reader.json_columns
    query = sql.carry(table.queries[bronze].mapping, [INGEST_ID], bronze, json=json)
    if tolerant:
        query, _ = sql.tolerant(query, bronze, dialect)
    typed = {name: dialect.typed(dialect.name(name), kind) for name, kind in contract.types.items()}
    columns = [
        f"cast({typed[c.name]} as {dialect.type('string')}) as {dialect.name(name_column(c.name))}"
        for c in contract.identifying
    ]
    columns += [f"{typed[name]} as {dialect.name(key_column(name))}" for name in contract.key]
    columns += [f"{typed[contract.partition or '']} as {BUCKET}"] if contract.keep else []
    mapped = sql.translate(query, dialect, {bronze: rows.name})
    number = sql.record_id(INGEST_ID) if table.queries[bronze].array is not None else INGEST_ID
    return f"select {number} as {INGEST_ID}, {', '.join(columns)} from ({mapped}) as m"
