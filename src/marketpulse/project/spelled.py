"""What a mapping finds in its feed otherwise than it landed: values written in another way, lines of a group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from marketpulse import sql
from marketpulse.errors import DefinitionError
from marketpulse.project.problems import ByName
from marketpulse.project.source import Source
from marketpulse.project.table import SqlFile, Table


def with_written(table: Table, sources: Mapping[str, Source], problems: ByName) -> Table:
    """The table, whose queries know how their feeds write and group; what is wrong is added to the problems."""
    queries = dict(table.queries)
    for bronze, file in table.queries.items():
        source = sources.get(bronze.partition(".")[2])
        if source is None:
            continue
        queries[bronze] = replace(file, groups=source.groups)
        problems.add(table.name, _exploded_groups(file, source))
        if not source.reader.spells or not file.sound:
            continue
        with problems.told(table.name):
            queries[bronze] = replace(queries[bronze], written=_written(table, bronze, file, source))
    return table if queries == table.queries else replace(table, queries=queries)


def reading(sources: Mapping[str, Source], tables: Mapping[str, Table]) -> Iterator[str]:
    """How columns of feeds are called and written, a sentence each, where their sources say so."""
    for name, source in sources.items():
        yield from (f"{name}: {header!r} is {column}" for header, column in source.reader.called())
        if source.groups and source.groups.fill_down:
            within = f"of one {', '.join(source.groups.by)}" if source.groups.by else "of one file"
            verb = "is" if len(source.groups.fill_down) == 1 else "are"
            yield f"{name}: {', '.join(source.groups.fill_down)} {verb} filled down over the lines {within}"
    for table in tables.values():
        for bronze, file in table.queries.items():
            told = file.written.items()
            yield from (f"{bronze.partition('.')[2]}: {column} is {how.told}, for {table.name}" for column, how in told)


def _exploded_groups(file: SqlFile, source: Source) -> Iterator[DefinitionError]:
    if source.groups and file.sound and file.array is not None:
        what = f"explodes lines that belong together: sources/{source.name}.yaml has groups"
        yield sql.refusal(what, "do one of the two", node=file.array, path=file.path)


def _written(table: Table, bronze: str, file: SqlFile, source: Source) -> Mapping[str, sql.Written]:
    origins = source.groups.origins if source.groups else {}
    uses: dict[str, set[str]] = {}
    for column, kinds in sql.text_uses(file.query, bronze, table.contract.types).items():
        uses.setdefault(origins.get(column, column), set()).update(kinds)
    try:
        found = source.reader.written(uses)
    except DefinitionError as error:
        raise DefinitionError(error.message, where=file.path, hint=error.hint) from None
    return {**found, **{made: found[column] for made, column in origins.items() if column in found}}
