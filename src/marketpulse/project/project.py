"""Read a project folder whole, check it, and give the tables in the order they are built.

    <project>/project.yaml                      name, extends
    <project>/sources/<feed>.yaml               -> Source
    <project>/silver/<table>/contract.yaml      -> Table (one mapping a feed)
    <project>/silver/<table>/from_<feed>.sql
    <project>/gold/<table>/contract.yaml        -> Table (one model)
    <project>/gold/<table>/model.sql

A project that `extends` another, or a pack (`packs`), sees that one's files under its own: same path, own file wins.
At the bottom of all lie the platform's own tables (`owned`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from sqlglot import exp

from marketpulse import sql
from marketpulse.errors import DefinitionError, UsageError
from marketpulse.names import LAYERS
from marketpulse.project.contract import Contract, InputRule
from marketpulse.project.owned import PLATFORM, project_contract, refuse_queries
from marketpulse.project.packs import PROJECT_FILE, find_project, pack_names, project_folder
from marketpulse.project.source import Source, load_source
from marketpulse.project.yamlfile import read_yaml
from marketpulse.strict import Strict

#: What a `touches` query may read besides tables: rows of the input that came, went, or either.
CHANGE_RELATIONS = ("added", "removed", "changed")


class ProjectFile(Strict):
    """`project.yaml`: `extends` is the name of a pack, or a path from this folder."""

    name: str
    description: str = ""
    extends: str | None = None


@dataclass(frozen=True)
class SqlFile:
    """One authored query and what it reads."""

    path: Path
    query: exp.Query
    inputs: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """Changes when the query means something else; comments and layout do not count."""
        return _digest(self.query.sql("spark", comments=False))


@dataclass(frozen=True)
class Table:
    """A silver or gold table: its promise and the SQL that fills it.

    `queries` has one entry per bronze table for silver, and the one entry `model` for gold.
    """

    contract: Contract
    queries: Mapping[str, SqlFile] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """`<layer>.<table>`."""
        return self.contract.name

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Tables this one is built from, each once."""
        found = [name for query in self.queries.values() for name in query.inputs]
        return tuple(dict.fromkeys(found))

    @cached_property
    def fingerprints(self) -> dict[str, str]:
        """What the table was built with: the contract and each query, as digests."""
        c = self.contract
        rules = [(r.name, r.action, r.condition, r.query, r.comparison) for r in c.rules]
        promise = [
            [(k.name, k.type, k.required) for k in c.columns],
            c.key,
            c.partition,
            c.merge,
            c.history,
            rules,
        ]
        return {"contract": _digest(repr(promise))} | {k: q.fingerprint for k, q in self.queries.items()}


@dataclass(frozen=True)
class Project:
    """Everything the platform knows about the data. `tables` are in build order."""

    name: str
    path: Path
    sources: Mapping[str, Source]
    tables: Mapping[str, Table]

    def table(self, name: str) -> Table:
        """Table by `<layer>.<table>`; UsageError with a suggestion when there is none."""
        if name in self.tables:
            return self.tables[name]
        close = get_close_matches(name, [*self.tables, *(t.split(".")[1] for t in self.tables)], n=1)
        raise UsageError(
            f"there is no table {name!r}",
            hint=f"did you mean {close[0]}?" if close else "see marketpulse status",
        )

    def dependants(self, name: str) -> Iterator[str]:
        """Tables that read `name`, directly or not, in build order."""
        reached = {name}
        for table in self.tables.values():
            if reached & set(table.inputs):
                reached.add(table.name)
                yield table.name

    def ancestors(self, name: str) -> set[str]:
        """Silver and gold tables `name` is built from, directly or not."""
        found: set[str] = set()
        todo = [name]
        while todo:
            for parent in self.tables[todo.pop()].inputs:
                if parent in self.tables and parent not in found:
                    found.add(parent)
                    todo.append(parent)
        return found

    def select(self, patterns: list[str]) -> list[str]:
        """Names for `gold.x`, `gold.x+` (and dependants), `+gold.x` (and ancestors), `gold.*`; all when empty."""
        if not patterns:
            return list(self.tables)
        wanted: set[str] = set()
        for pattern in [p.strip() for item in patterns for p in item.split(",") if p.strip()]:
            bare = pattern.strip("+")
            matched = [t for t in self.tables if Path(t).match(bare)] if "*" in bare else [self.table(bare).name]
            for name in matched:
                wanted.add(name)
                wanted |= set(self.dependants(name)) if pattern.endswith("+") else set()
                wanted |= self.ancestors(name) if pattern.startswith("+") else set()
        return [name for name in self.tables if name in wanted]


def load_project(project: Path | str | None = None) -> Project:
    """Read and check a project: a folder, or the name of a pack (default: the only one). Raise DefinitionError."""
    root = project_folder(project)
    header = read_yaml(root / PROJECT_FILE).into(ProjectFile)
    folders = [PLATFORM, *project_folders(root)]
    sources = {s.stem: load_source(s) for s in _overlay(folders, "sources/*.yaml").values()}
    tables: dict[str, Table] = {}
    for place, contract in _overlay(folders, "*/*/contract.yaml").items():
        layer, name = place.split("/")[:2]
        found = project_contract(contract) if layer in LAYERS else None
        if found and layer != "bronze":
            queries = _overlay(folders, f"{layer}/{name}/*.sql")
            tables[found.name] = _table(found, list(queries.values()), sources)
    for place, query in _overlay(folders, "*/*/*.sql").items():
        if ".".join(place.split("/")[:2]) not in tables:
            raise DefinitionError("no contract.yaml stands beside this query", where=query)
    return Project(header.name, root, sources, _in_order(tables, sources))


def project_folders(root: Path) -> list[Path]:
    """The folders whose files make up the project at `root`: the ones it extends first, itself last."""
    folders = [root]
    while True:
        file = read_yaml(folders[0] / PROJECT_FILE)
        extends = file.into(ProjectFile).extends
        if extends is None:
            return folders
        base = find_project(extends, beside=folders[0])
        if base is None:
            known = f"a path from this folder, or a pack: {pack_names()}"
            raise file.error(f"extends {extends!r}: no project there", ("extends",), known)
        if any(base.samefile(folder) for folder in folders):
            raise file.error("a project cannot extend itself", ("extends",))
        folders.insert(0, base)


def _overlay(folders: list[Path], pattern: str) -> dict[str, Path]:
    """Relative path -> file, later folders winning, in the order of the names."""
    found: dict[str, Path] = {}
    for folder in folders:
        for file in folder.glob(pattern):
            found[file.relative_to(folder).as_posix()] = file
    return dict(sorted(found.items()))


def _table(contract: Contract, files: list[Path], sources: Mapping[str, Source]) -> Table:
    refuse_queries(contract, files)
    queries: dict[str, SqlFile] = {}
    for file in files:
        query = sql.parse(file.read_text(encoding="utf-8"), file)
        sql.check(query, file)
        parsed = SqlFile(file, query, sql.inputs(query))
        if contract.layer == "gold":
            if file.name != "model.sql":
                raise DefinitionError("a gold table has one query, model.sql", where=file)
            queries["model"] = parsed
        else:
            queries[f"bronze.{_feed(file, parsed, sources)}"] = parsed
        _check_columns(contract, parsed)
    if not contract.managed and not queries:
        wanted = "model.sql" if contract.layer == "gold" else "from_<feed>.sql"
        raise DefinitionError(f"no {wanted} stands beside this contract", where=contract.path)
    return Table(contract, queries)


def _feed(file: Path, parsed: SqlFile, sources: Mapping[str, Source]) -> str:
    """Name of the feed that `from_<feed>.sql` reads."""
    feed = file.stem.removeprefix("from_")
    if not file.stem.startswith("from_") or feed not in sources:
        known = ", ".join(sorted(sources))
        raise DefinitionError("a silver query is called from_<feed>.sql", where=file, hint=f"feeds: {known}")
    if parsed.inputs != (f"bronze.{feed}",):
        read = ", ".join(parsed.inputs) or "nothing"
        raise DefinitionError(f"reads {read}", where=file, hint=f"it may read bronze.{feed} only")
    return feed


def _check_columns(contract: Contract, parsed: SqlFile) -> None:
    """The query gives exactly the columns the contract promises (history columns are the platform's)."""
    given = sql.output_columns(parsed.query)
    missing = [name for name in contract.given if name not in given]
    extra = [name for name in given if name not in contract.given]
    if missing or extra:
        parts = [f"lacks {', '.join(missing)}"] if missing else []
        parts += [f"adds {', '.join(extra)}"] if extra else []
        raise DefinitionError(
            f"the query {' and '.join(parts)}", where=parsed.path, hint=f"the contract is {contract.path}"
        )


def _in_order(tables: dict[str, Table], sources: Mapping[str, Source]) -> dict[str, Table]:
    """Check what every table reads, and sort them so that inputs come first."""
    known = {source.table for source in sources.values()} | set(tables)
    for table in tables.values():
        for query in table.queries.values():
            for name in query.inputs:
                if name not in known:
                    close = get_close_matches(name, known, n=1)
                    hint = f"did you mean {close[0]}?" if close else "it is no table of this project"
                    raise DefinitionError(f"reads {name}", where=query.path, hint=hint)
                if table.contract.layer == "gold" and name.startswith("bronze."):
                    raise DefinitionError(f"gold reads {name}", where=query.path, hint="read the silver table")
        for rule in table.contract.inputs:
            _check_input(table, rule, tables)
    graph = {name: [i for i in table.inputs if i in tables] for name, table in sorted(tables.items())}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise DefinitionError(f"tables read each other in a circle: {' -> '.join(error.args[1])}") from None
    order.sort(key=lambda name: not name.startswith("silver."))
    return {name: tables[name] for name in order}


def _check_input(table: Table, rule: InputRule, tables: Mapping[str, Table]) -> None:
    """An entry of `inputs` names an input, and its bucket column or a query that can be answered."""
    where = table.contract.path
    if rule.table not in table.inputs:
        raise DefinitionError(f"inputs names {rule.table}, which the model does not read", where=where)
    if (rule.column is None) == (rule.touches is None):
        raise DefinitionError(f"inputs: {rule.table} needs either column or touches", where=where)
    if rule.column and tables[rule.table].contract.partition != rule.column:
        partition = tables[rule.table].contract.partition
        raise DefinitionError(f"{rule.column} is not the partition of {rule.table}", where=where, hint=str(partition))
    if rule.apart and rule.apart not in tables[rule.table].contract.types:
        raise DefinitionError(f"inputs: {rule.table} has no column {rule.apart}", where=where)
    if rule.touches:
        query = sql.parse(rule.touches, where)
        sql.check(query, where)
        unknown = [n for n in sql.inputs(query, CHANGE_RELATIONS) if n not in tables and n not in CHANGE_RELATIONS]
        if unknown:
            raise DefinitionError(f"the touches query for {rule.table} reads {unknown[0]}", where=where)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
