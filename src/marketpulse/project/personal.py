"""Whose data a table holds, by what contracts say: which columns name a person, and which tables they lead to.

A silver column says with `identifies` what kind of name its values are (docs/contracts.md). From there queries carry it
on: a personal column of gold that is made from such columns holds names of their kinds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from marketpulse.errors import DefinitionError
from marketpulse.project.lineage import column_sources
from marketpulse.project.project import Project
from marketpulse.project.table import Table

#: Kinds of names of people, by column.
Names = Mapping[str, tuple[str, ...]]


def kinds(project: Project) -> tuple[str, ...]:
    """Every kind of name that a contract of silver says, sorted."""
    return tuple(
        sorted({kind for table in naming(project) for c in table.contract.identifying for kind in c.identifies})
    )


def naming(project: Project) -> tuple[Table, ...]:
    """Silver tables that say whose their rows are."""
    return tuple(t for t in project.tables.values() if t.contract.layer == "silver" and t.contract.identifying)


def feeds(project: Project) -> tuple[str, ...]:
    """Bronze tables whose records are told apart by these, sorted."""
    return tuple(sorted({name for table in naming(project) for name in table.queries}))


def readers(project: Project, bronze: Collection[str]) -> tuple[Table, ...]:
    """Silver tables that are made of records of some feeds, whether they say whose these are or not."""
    return tuple(t for t in project.tables.values() if t.contract.layer == "silver" and {*bronze} & {*t.queries})


def reached(project: Project) -> tuple[str, ...]:
    """Silver and gold tables that change when records of a person go from bronze, in build order."""
    found = set(feeds(project))
    for table in project.tables.values():
        if found & set(table.inputs):
            found.add(table.name)
    return tuple(name for name in project.tables if name in found)


def names_in(project: Project) -> dict[str, Names]:
    """For each table that is reached, its columns that hold names of people, and of what kinds."""
    found: dict[str, Names] = {}
    for name in reached(project):
        table = project.tables[name]
        said = {column.name: column.identifies for column in table.contract.identifying}
        found[name] = said or _carried(project, table, found)
    return found


def _carried(project: Project, table: Table, known: Mapping[str, Names]) -> dict[str, tuple[str, ...]]:
    sources = column_sources(project, table) if table.contract.personal else {}
    carried = {
        column.name: tuple(dict.fromkeys(k for origin in sources.get(column.name, ()) for k in _of(origin, known)))
        for column in table.contract.personal
        if column.type in ("string", "int", "long")
    }
    return {name: found for name, found in carried.items() if found}


def _of(origin: str, known: Mapping[str, Names]) -> tuple[str, ...]:
    table, column = origin.rsplit(".", 1)
    return known.get(table, {}).get(column, ())


def _followed(project: Project, table: Table, within: Collection[str]) -> set[str]:
    """Columns of a silver table that are looked up in tables which an erasure reaches: its rows follow these."""
    if table.name not in project.tables or not table.looked:
        return set()
    sources = column_sources(project, table)
    return {name for name, found in sources.items() if found and all(o.rpartition(".")[0] in within for o in found)}


def _asked_by_name(project: Project) -> Iterator[DefinitionError]:
    """Tables whose records say names of people, only to look them up: an erasure would leave the names in bronze."""
    for table in project.tables.values():
        own = {kind for column in table.contract.identifying for kind in column.identifies}
        for bronze, file in table.queries.items():
            for lookup in file.lookups:
                known = project.tables[lookup.table].contract.identifying if lookup.table in project.tables else ()
                by = [c.name for c in known if c.name in lookup.equals and not own.intersection(c.identifies)]
                if by:
                    what = f"{table.name} looks up {lookup.table} by {', '.join(by)}, which names a person"
                    lost = f"erasing one would leave the name in {bronze}"
                    hint = "take the name into a column of its own, with customProperty identifies: docs/privacy.md"
                    yield DefinitionError(f"{what}: {lost}", where=table.contract.path, hint=hint)


def out_of_reach(project: Project) -> Iterator[DefinitionError]:
    """Tables whose personal columns no erasure would reach, and what to say so that one does."""
    yield from _asked_by_name(project)
    within = set(reached(project))
    for table in (*project.tables.values(), *project.partial.values()):
        contract = table.contract
        if contract.managed or not contract.personal or contract.identifying:
            continue
        followed = _followed(project, table, within)
        columns = ", ".join(column.name for column in contract.personal if column.name not in followed)
        if not columns:
            continue
        lost = f": erasing a person would not reach {columns}"
        if contract.layer == "silver":
            what = f"no column of {table.name} says whose its personal columns are{lost}"
            hint = "say customProperty identifies of the column that names the person: docs/privacy.md"
            yield DefinitionError(what, where=contract.path, hint=hint)
        elif table.name in project.tables and table.name not in within:
            what = f"nothing that {table.name} is made from says whose it is{lost}"
            hint = "say customProperty identifies in the silver tables it reads: docs/privacy.md"
            yield DefinitionError(what, where=contract.path, hint=hint)
