"""What tables read of one another: whether it is there, and the order in which they are built."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from marketpulse import sql
from marketpulse.errors import DefinitionError, Problems
from marketpulse.project.contract import Contract, InputRule
from marketpulse.project.problems import ByName
from marketpulse.project.table import SqlFile, Table
from marketpulse.sql.places import Origin

#: What a `touches` query may read besides tables: rows of the input that came, went, or either.
CHANGE_RELATIONS = ("added", "removed", "changed")


def check_inputs(tables: Mapping[str, Table], known: Collection[str], problems: ByName) -> None:
    """Tell of each table what it reads that is not there; `known` are all names, those of broken tables too."""
    for table in tables.values():
        for query in table.queries.values():
            problems.add(table.name, _wrong_reads(table, query, known))
        for rule in table.contract.inputs:
            problems.add(table.name, _wrong_input(table, rule, tables))
            problems.add(table.name, _wrong_touches(table.contract, rule, known))


def in_build_order(tables: Mapping[str, Table], problems: ByName) -> dict[str, Table]:
    """Tables so that inputs come first; those in a circle have a problem and are left out."""
    left = dict(sorted(tables.items()))
    while True:
        graph = {name: [i for i in table.inputs if i in left] for name, table in left.items()}
        try:
            order = list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            circle = list(error.args[1])
            told = f"tables read each other in a circle: {' -> '.join(circle)}"
            for read, name in pairwise(circle):
                for query in left.pop(name).queries.values():
                    problems.add(name, [sql.misread(query.authored, read, told, "let one read less", query.path)])
            continue
        order.sort(key=lambda name: not name.startswith("silver."))
        return {name: left[name] for name in order}


def _wrong_reads(table: Table, query: SqlFile, known: Collection[str]) -> Iterator[DefinitionError]:
    for name in query.inputs:
        about = f"input {name}"
        if name not in known:
            yield sql.misread(query.authored, name, f"reads {name}", _close(name, known), query.path).of(about)
        elif table.contract.layer == "gold" and name.startswith("bronze."):
            what = f"gold reads {name}"
            yield sql.misread(query.authored, name, what, "read the silver table", query.path).of(about)


def _close(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else "it is no table of this project"


def _wrong_input(table: Table, rule: InputRule, tables: Mapping[str, Table]) -> Iterator[DefinitionError]:
    """An entry of `inputs` names an input, and its bucket column or a query that can be answered."""

    def error(message: str, hint: str | None = None) -> DefinitionError:
        place = rule.where(None, None) if rule.where else table.contract.path
        return DefinitionError(message, where=place, hint=hint, about=f"input {rule.table}")

    if rule.table not in table.inputs:
        reads = "it reads " + ", ".join(table.inputs)
        yield error(f"inputs names {rule.table}, which the model does not read", reads)
        return
    if rule.table not in tables or not tables[rule.table].contract.columns:
        return  # it cannot be read itself: nothing is known of its columns
    found, own = tables[rule.table].contract, table.contract
    if rule.column and found.partition != rule.column:
        has = f"it is {found.partition}" if found.partition else "it has none: use touches, or no entry"
        yield error(f"{rule.column} is not the partition of {rule.table}", has)
    elif rule.column and own.partition and found.types[rule.column] != own.types[own.partition]:
        kinds = f"{found.types[rule.column]}, the bucket {own.partition} a {own.types[own.partition]}"
        yield error(f"{rule.column} of {rule.table} is a {kinds}", "buckets are compared: give both one type")
    if rule.apart and rule.apart not in found.types:
        yield error(f"inputs: {rule.table} has no column {rule.apart}", "it has " + ", ".join(found.types))
    elif rule.apart and own.apart and found.types[rule.apart] != own.types.get(own.apart, found.types[rule.apart]):
        kinds = f"{found.types[rule.apart]}, {own.apart} a {own.types[own.apart]}"
        yield error(f"{rule.apart} of {rule.table} is a {kinds}", "values are compared: give both one type")


def _wrong_touches(contract: Contract, rule: InputRule, known: Collection[str]) -> Iterator[DefinitionError]:
    """What keeps the query of an input from being asked, or from giving one column: buckets."""
    problems = Problems()
    with problems.told():
        if rule.touches is not None:
            _check_touches(contract, rule, rule.touches, known)
    return (error.of(f"input {rule.table}") for error in problems.errors)


def _check_touches(contract: Contract, rule: InputRule, text: str, known: Collection[str]) -> None:
    where: Origin = rule.where or contract.path
    query = sql.parse(text, where)
    sql.check(query, where)
    for name in sql.inputs(query, CHANGE_RELATIONS, where):
        if name not in CHANGE_RELATIONS and (name not in known or name.startswith("bronze.")):
            told = f"the touches query for {rule.table} reads {name}"
            hint = "read silver or gold tables" if name.startswith("bronze.") else _close(name, known)
            raise sql.misread(query, name, told, hint, where)
    most = 2 if contract.apart else 1
    if not 1 <= len(query.selects) <= most:
        told = f"the touches query for {rule.table} gives {len(query.selects)} columns"
        also = f", and of which {contract.apart}" if contract.apart else ""
        raise sql.misread(query, None, told, f"the {contract.partition} to rebuild{also}", where)
