"""Which columns of a feed are not written as SQL writes them: its source says how, the mapping what they become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from marketpulse import sql
from marketpulse.errors import DefinitionError
from marketpulse.project.problems import ByName
from marketpulse.project.source import Source
from marketpulse.project.table import SqlFile, Table


def with_written(table: Table, sources: Mapping[str, Source], problems: ByName) -> Table:
    """The table, whose queries know how their feeds write; what is wrong with that is added to the problems."""
    queries = dict(table.queries)
    for bronze, file in table.queries.items():
        source = sources.get(bronze.partition(".")[2])
        if source is None or not source.reader.spells or not file.sound:
            continue
        with problems.told(table.name):
            queries[bronze] = replace(file, written=_written(table, bronze, file, source))
    return table if queries == table.queries else replace(table, queries=queries)


def reading(sources: Mapping[str, Source], tables: Mapping[str, Table]) -> Iterator[str]:
    """How columns of feeds are called and written, a sentence each, where their sources say so."""
    for name, source in sources.items():
        yield from (f"{name}: {header!r} is {column}" for header, column in source.reader.called())
    for table in tables.values():
        for bronze, file in table.queries.items():
            told = file.written.items()
            yield from (f"{bronze.partition('.')[2]}: {column} is {how.told}, for {table.name}" for column, how in told)


def _written(table: Table, bronze: str, file: SqlFile, source: Source) -> Mapping[str, sql.Written]:
    uses = sql.text_uses(file.query, bronze, table.contract.types)
    try:
        return source.reader.written(uses)
    except DefinitionError as error:
        raise DefinitionError(error.message, where=file.path, hint=error.hint) from None
