"""Records of a feed with the names that silver reads in them: one pass over bronze, then its result is looked up.

The mapping of a silver table says which part of a record is a customer, whatever the record looks like. So it is asked
of every record: also of those that lost to another one of their key, or that a check kept out of the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.errors import ValueStopsError
from marketpulse.names import INGEST_ID, LANDED, LINEAGE
from marketpulse.project.table import Table
from marketpulse.run.context import Context
from marketpulse.run.looking import heads_seen, looked_up
from marketpulse.run.readable import readable
from marketpulse.run.unfolding import unfold


@dataclass(frozen=True)
class Named:
    """Records of a feed as one silver table maps them: `rows` has the id of each, its names and its key.

    A record of which the table makes several rows has as many of them.
    """

    table: Table
    rows: View

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
    context: Context, bronze: str, types: Mapping[str, str], files: Sequence[str], tables: Sequence[Table]
) -> Records:
    """Look at the records in some files of a feed's bronze table, whose columns are `types`, as `tables` read them."""
    source = context.project.sources[bronze.split(".")[1]]
    every = source.with_optional(types)
    rows = context.engine.bind("records", every, files, place=True)
    named = tuple(_named(context, table, bronze, rows, every) for table in tables if bronze in table.queries)
    return Records(bronze, rows, every, tuple(files), named)


def _named(context: Context, table: Table, bronze: str, rows: View, every: Mapping[str, str]) -> Named:
    engine = context.engine
    types = {INGEST_ID: "string", **{name_column(c.name): "string" for c in table.contract.identifying}}
    types |= {key_column(name): table.contract.types[name] for name in table.contract.key}
    types |= {BUCKET: "date"} if table.contract.keep else {}
    landed = [name for name in every if name not in (*LINEAGE, *LANDED)]
    view = readable(context, table, bronze, unfold(context, table, bronze, rows, every), landed, {})
    view = looked_up(context, table, bronze, view, heads_seen(context, table))
    try:
        query = _mapped(context, table, bronze, view, tolerant=not engine.dialect.is_strict)
        paths = engine.write(query, context.staging(bronze, "named"))
    except ValueStopsError:  # one record's problem: once more, slower
        query = _mapped(context, table, bronze, view, tolerant=True)
        paths = engine.write(query, context.staging(bronze, "named"))
    return Named(table, engine.bind("named", types, paths))


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
