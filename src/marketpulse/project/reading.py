"""Files of a project -> feeds and tables; what is wrong with one does not hide what is wrong with another."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from sqlglot import exp

from marketpulse import sql
from marketpulse.errors import DefinitionError, Problems
from marketpulse.names import LAYERS, LINEAGE
from marketpulse.project.allowed import Columns
from marketpulse.project.contract import Contract, unknown
from marketpulse.project.folders import overlay
from marketpulse.project.owned import owned, project_contract, refuse_queries
from marketpulse.project.problems import ByName
from marketpulse.project.reference import Reference
from marketpulse.project.source import Source, load_source
from marketpulse.project.table import SqlFile, Table
from marketpulse.project.terms import USUAL
from marketpulse.project.textfile import read_text


def read_sources(folders: Sequence[Path], problems: ByName) -> dict[str, Source]:
    """Every feed that can be read, by its name."""
    sources: dict[str, Source] = {}
    for path in overlay(folders, "sources/*.yaml").values():
        with problems.told(f"bronze.{path.stem}"):
            sources[path.stem] = load_source(path)
    for path in overlay(folders, "sources/*.yml").values():
        problems.add(f"bronze.{path.stem}", [_misspelt(path)])
    return sources


def with_terms(table: Table, sources: Mapping[str, Source], problems: ByName) -> Table:
    """A silver table that knows how the deliveries of its feeds follow each other; what does not fit is told."""
    feeds = {name: sources[feed] for name in table.queries if (feed := name.partition(".")[2]) in sources}
    for source in feeds.values():
        told = [f"bronze.{source.name} replaces what came before it, and {table.name} {text}"
                for text in source.terms.problems(table.contract)]  # fmt: skip
        told += _of_one_folder(source, feeds.values())
        problems.add(table.name, [DefinitionError(each, where=table.contract.path) for each in told])
    return replace(table, terms={name: s.terms.meaning for name, s in feeds.items() if s.terms != USUAL})


def _of_one_folder(source: Source, others: Iterable[Source]) -> Iterator[str]:
    """A row is known to be of a feed by the folder of its file."""
    for other in others:
        differ = other.terms != source.terms or source.terms.whole
        if other.name > source.name and other.folder == source.folder and differ:
            yield f"{source.table} and {other.table} land in one folder and deliver otherwise: give each its own"


@dataclass(frozen=True)
class Around:
    """What a table's own files are read with.

    All feeds there are, readable or not, the project's settings, the reference data that can be read, and the values of
    its columns.
    """

    feeds: Collection[str]
    settings: Mapping[str, sql.Value]
    references: Mapping[str, Reference]
    lists: Columns


def read_tables(folders: Sequence[Path], around: Around, problems: ByName) -> tuple[dict[str, Table], dict[str, Table]]:
    """Every table that can be read as far as its own files tell, then the others as far as those can be read."""
    tables: dict[str, Table] = {}
    partial: dict[str, Table] = {}
    for name, found in _found(folders).items():
        read = _read(name, found, around, problems)
        if read:
            (partial if name in problems and name not in owned() else tables)[name] = read
    return tables, partial


@dataclass
class _Files:
    """Files of one table: its contract and its queries."""

    contract: Path | None
    queries: list[Path]
    misspelt: list[Path]


def _found(folders: Sequence[Path]) -> dict[str, _Files]:
    """Files by table, in the order of the names."""
    tables: dict[str, _Files] = {}
    for pattern in ("*/*/contract.yaml", "*/*/contract.yml", "*/*/*.sql"):
        for place, path in overlay(folders, pattern).items():
            layer, short = place.split("/")[:2]
            if layer not in LAYERS and path.suffix != ".sql":
                continue
            files = tables.setdefault(f"{layer}.{short}", _Files(None, [], []))
            if path.suffix == ".yaml":
                files.contract = path
            else:
                (files.queries if path.suffix == ".sql" else files.misspelt).append(path)
    return dict(sorted(tables.items()))


def _misspelt(path: Path) -> DefinitionError:
    return DefinitionError(f"{path.name} is not read", where=path, hint=f"call it {path.stem}.yaml")


def _read(name: str, files: _Files, around: Around, problems: ByName) -> Table | None:
    """A table as far as it can be read; None for one of the platform's that is no table of a project."""
    contract = _contract(name, files, around, problems)
    if contract.managed and name in owned():
        with problems.told(name):
            refuse_queries(contract, files.queries)
        return Table(contract) if contract.layer != "bronze" else None
    queries: dict[str, SqlFile] = {}
    for path in files.queries:
        with problems.told(name):
            key, query, wrong = _query(name, path, around)
            problems.add(name, wrong)
            queries[key] = _completed(contract, query)
            if contract.columns:
                problems.add(name, _wrong_columns(contract, queries[key]))
    if files.contract and not files.queries:
        wanted = "model.sql" if name.startswith("gold.") else "from_<feed>.sql"
        problems.add(name, [DefinitionError(f"no {wanted} stands beside this contract", where=files.contract)])
    return Table(owned()[name]) if name in owned() else Table(contract, queries)  # the platform needs its own


def _contract(name: str, files: _Files, around: Around, problems: ByName) -> Contract:
    """The contract, one without columns where they are not known."""
    problems.add(name, [_misspelt(path) for path in files.misspelt])
    if files.contract is None:
        lonely = [DefinitionError("no contract.yaml stands beside this query", where=path) for path in files.queries]
        problems.add(name, lonely)
    else:
        with problems.told(name):
            contract, wrong = project_contract(files.contract, around.lists)
            problems.add(name, wrong.errors)
            return contract
    return unknown(name, files.contract or (*files.queries, *files.misspelt)[0].with_name("contract.yaml"))


def _query(table: str, path: Path, around: Around) -> tuple[str, SqlFile, list[DefinitionError]]:
    """What a query fills the table from (`model`, or the bronze table), the query, and what is wrong with it."""
    query, problems = _checked(read_text(path), path, around.settings)
    reads: tuple[str, ...] = ()
    key = path.stem
    sound = not problems.errors
    with problems.told():
        reads = sql.inputs(query, path=path)
    with problems.told():
        key = _key(table, SqlFile(path, query, reads), around.feeds)
    references: dict[str, Reference] = {}
    with problems.told():
        references = _references(SqlFile(path, query, reads), around.references)
    tables = tuple(name for name in reads if not sql.is_reference(name))
    return key, SqlFile(path, query, tables, references, sound and not problems.errors), problems.errors


def _checked(text: str, path: Path, settings: Mapping[str, sql.Value]) -> tuple[exp.Query, Problems]:
    """The query with the project's settings, and what is wrong with it. Raise DefinitionError where there is none."""
    problems = Problems()
    with suppress(DefinitionError):
        return _sound(text, json.dumps(settings, sort_keys=True)), problems
    query = sql.with_settings(sql.parse(text, path), settings, path)
    with problems.told():
        sql.check(query, path)
    return query, problems


@lru_cache(maxsize=512)
def _sound(text: str, settings: str) -> exp.Query:
    """A query that passes every check, for all who read the same text with the same settings: none may change it."""
    query = sql.with_settings(sql.parse(text), json.loads(settings))
    sql.check(query)
    return query


def _references(parsed: SqlFile, known: Mapping[str, Reference]) -> dict[str, Reference]:
    """The reference data that a query reads. Raise DefinitionError for what is not there, or cannot be read."""
    names = [name for name in parsed.inputs if sql.is_reference(name)]
    problems = Problems()
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}?" if close else "its files are reference/<name>.csv and .yaml"
            told = sql.misread(parsed.authored, name, f"reads {name}, which is not there or wrong", hint, parsed.path)
            problems.add([told.of(f"input {name}")])
    problems.stop()
    return {name: known[name] for name in names}


def _key(table: str, parsed: SqlFile, feeds: Collection[str]) -> str:
    """`model`, or the bronze table that a mapping reads, row by row."""
    path = parsed.path
    if table.startswith("gold."):
        if path.name != "model.sql":
            raise DefinitionError("a gold table has one query, model.sql", where=path)
        return "model"
    feed = path.stem.removeprefix("from_")
    if not path.stem.startswith("from_") or feed not in feeds:
        known = ", ".join(sorted(feeds)) or "there is none"
        raise DefinitionError("a silver query is called from_<feed>.sql", where=path, hint=f"feeds: {known}")
    bronze = f"bronze.{feed}"
    sql.check_lookups(parsed.authored, bronze, path)
    records = sql.without_lookups(parsed.authored, bronze)
    others = [name for name in sql.inputs(records) if name != bronze]
    if others:
        what = f"reads {', '.join(parsed.inputs)}"
        hint = f"it may read {bronze} only, and left join silver tables by their keys"
        raise sql.misread(parsed.authored, others[0], what, hint, path)
    sql.carry(records, [*LINEAGE], bronze, path)
    return bronze


def _completed(contract: Contract, parsed: SqlFile) -> SqlFile:
    """A mapping that leaves out a column which need not be there gives null for it: a feed has what it has."""
    if contract.layer != "silver" or not isinstance(parsed.authored, exp.Select):
        return parsed
    given = sql.output_columns(parsed.authored)
    left_out = [c.name for c in contract.columns if c.name in contract.given and not c.required and c.name not in given]
    if not left_out:
        return parsed
    nulls = [exp.alias_(exp.cast(exp.Null(), "string", dialect="spark"), name, quoted=True) for name in left_out]
    return replace(parsed, authored=parsed.authored.select(*nulls, copy=True), left_out=tuple(left_out))


def _wrong_columns(contract: Contract, parsed: SqlFile) -> Iterator[DefinitionError]:
    """The query gives the columns the contract promises and no other (history columns are the platform's)."""
    given = sql.output_columns(parsed.authored)
    hint = f"the contract is {contract.path}"
    if missing := [name for name in contract.given if name not in given]:
        what = f"the query lacks {', '.join(missing)}"
        yield sql.refusal(what, hint, node=parsed.authored, path=parsed.path).of(f"column {missing[0]}")
    for column in parsed.authored.selects:
        name = column.alias_or_name
        if name not in contract.given:
            about = f"column {name}"
            yield sql.refusal(f"the query adds {name}", hint, node=column, path=parsed.path).of(about)
