"""One feed and the silver tables that read it, as a project: nothing else of the real one is in the way."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from marketpulse.errors import DefinitionError, UsageError
from marketpulse.project.project import Project
from marketpulse.project.source import Source


def source_called(project: Project, feed: str) -> Source:
    """The feed of a name. Raise UsageError where there is none, DefinitionError for one that is defined wrongly."""
    if feed in project.sources:
        return project.sources[feed]
    if wrong := project.problems.get(f"bronze.{feed}"):
        raise DefinitionError.together(wrong)
    known = sorted(project.sources)
    close = get_close_matches(feed, known, n=1)
    hint = f"did you mean {close[0]}?" if close else "feeds: " + (", ".join(known) or "there is none")
    raise UsageError(f"there is no feed {feed!r}", hint=hint)


def tables_of(project: Project, source: Source) -> list[str]:
    """Silver tables that a feed fills. Raise DefinitionError where one of them is defined wrongly."""
    broken = [name for name, table in project.partial.items() if source.table in table.queries]
    if broken:
        raise DefinitionError.together([error for name in broken for error in project.problems.get(name, ())])
    return [name for name, table in project.tables.items() if source.table in table.queries]


def alone(project: Project, source: Source) -> Project:
    """The project without all that does not read this feed; no share of rejected rows stops a table of it."""
    mine = tables_of(project, source)
    tables = {}
    for name, table in project.tables.items():
        if name in mine:
            contract = replace(table.contract, rejected_share_limit=1.0)
            queries = {source.table: table.queries[source.table]}
            tables[name] = replace(table, contract=contract, queries=queries)
        elif table.contract.managed:
            tables[name] = table
    return replace(project, sources={source.name: source}, tables=tables, headlines=(), problems={}, partial={})
