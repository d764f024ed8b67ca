"""What there is, as Postgres would say it: answers to what psql, drivers and tools ask `pg_catalog` for.

shown       tables and columns as whoever connects may see them
relations   the catalogue's relations and functions, in an engine of their own that holds nothing else
rows        what stands in them
session     what is asked of the connection itself: `current_user`, `version()`
rewriting   Postgres's SQL over them, in the engine's
"""

from __future__ import annotations

from functools import cache

import pyarrow as pa

from marketpulse.engines.duckdb_reader import ReadOnlyDuck
from marketpulse.engines.limits import Given, Limits
from marketpulse.engines.syntax import refuse_beside
from marketpulse.serving.desk import Look
from marketpulse.wire.catalogue.relations import functions, relations, script
from marketpulse.wire.catalogue.rewriting import names, rewritten
from marketpulse.wire.catalogue.rows import Rows, filled
from marketpulse.wire.catalogue.session import Session
from marketpulse.wire.catalogue.shown import MetricColumns, shown
from marketpulse.wire.settings import SessionSettings

#: What a query over the catalogue may take: seconds, megabytes of memory and disk, rows.
_LIMITS = Limits(20, 200, 1, 1_000_000)
_KEY = "the catalogue of Postgres"
#: Characters of a query over the catalogue: what is longer is read by our parser no more, and is none.
_LONGEST = 200_000


class Catalogue:
    """The catalogue, for one connection."""

    def __init__(self, database: str, user: str, settings: SessionSettings, kept: MetricColumns) -> None:
        self._database, self._kept = database, kept
        self._session = Session(database, user, settings)

    def asked(self, text: str) -> str | None:
        """The query in the engine's SQL, when it is over the catalogue or about the session; None for any other."""
        if not self._session.may_be(text):
            return None
        schemas = {name: schema for name, (schema, _) in relations().items()}
        if len(text) > _LONGEST:
            return None
        try:
            return rewritten(text, schemas, _names(), self._session.knows)
        except RecursionError:  # the engine says what is nested too deeply
            return None

    def schema(self, look: Look, query: str, given: Given) -> pa.Schema:
        """Columns of what a query gives. Raise UsageError for one that cannot be answered."""
        reader = self._reader(look, query)
        found = reader.schema(query, given)
        look.moment.idle.put(_KEY, reader)
        return found

    def stream(self, look: Look, query: str, given: Given) -> pa.RecordBatchReader:
        """What a query gives. Raise UsageError for one that cannot be answered."""
        reader = self._reader(look, query)
        return look.moment.idle.after(reader.stream(query, given), _KEY, reader)

    def _reader(self, look: Look, query: str) -> ReadOnlyDuck:
        """An engine that holds the catalogue of a state, and nothing else: no file can be reached from it."""
        reader = look.moment.idle.take(_KEY)
        if reader is None:
            reader = ReadOnlyDuck(_LIMITS, 1, look.context.scratch)
            reader.hold(script(), known(look, self._database, self._kept))
            reader.lock([], look.context.scratch)
        reader.refuse_writes(query)
        refuse_beside(reader.tree(query), [f"{schema}.{name}" for name, (schema, _) in relations().items()])
        return reader


def known(look: Look, database: str, kept: MetricColumns) -> dict[str, pa.Table]:
    """What stands in each relation, found out once a state."""
    return look.once(_KEY, lambda: _tables(filled(database, shown(look, kept))))


@cache
def _names() -> frozenset[str]:
    return frozenset(names(functions()))


def _tables(rows: Rows) -> dict[str, pa.Table]:
    """Rows as tables, each column that any of them has."""
    found = {}
    for name, each in rows.items():
        columns = dict.fromkeys(column for row in each for column in row)
        found[f"{relations()[name][0]}.{name}"] = pa.table({c: [row.get(c) for row in each] for c in columns})
    return found
