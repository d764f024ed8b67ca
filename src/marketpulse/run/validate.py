"""Check a project whole, without data: every definition, then every query in an engine over empty tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from marketpulse import sql
from marketpulse.engines import LocalEngine
from marketpulse.errors import DefinitionError, Problems
from marketpulse.names import LINEAGE
from marketpulse.project.boards import FOLDER as BOARDS
from marketpulse.project.checking import askable, unresolved
from marketpulse.project.contract import InputRule, Rule
from marketpulse.project.folders import overlay, project_folders
from marketpulse.project.headlines import FILE, Question
from marketpulse.project.metrics import FOLDER as METRICS
from marketpulse.project.ordering import CHANGE_RELATIONS
from marketpulse.project.packs import PROJECT_FILE
from marketpulse.project.personal import out_of_reach
from marketpulse.project.problems import ByName, in_order
from marketpulse.project.project import Project, load_project
from marketpulse.project.spelled import reading
from marketpulse.project.strays import strays
from marketpulse.project.table import SqlFile, Table
from marketpulse.run.counted import wrong_metrics, wrong_questions
from marketpulse.run.empty import EmptyTables, empty_tables
from marketpulse.run.fitting import class_of, may_become

#: What problems with files that nobody reads are kept under.
_STRAY = "."


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: with which feed or table, where, what about, and what to do instead."""

    table: str | None
    file: str | None
    line: int | None
    column: int | None
    about: str | None
    message: str
    hint: str | None


@dataclass(frozen=True)
class Unchecked:
    """A table that was not looked at whole, and why."""

    table: str
    reason: str


@dataclass(frozen=True)
class Validation:
    """A project and all that is wrong with it; the numbers count what is sound.

    `unchecked` are tables in which more may be wrong: it is seen once what is told is put right. `warnings` are right
    and probably not what was meant. `reading` says how columns of feeds are called and written, where a source says so.
    """

    project: str
    ok: bool
    feeds: int
    silver: int
    gold: int
    problems: tuple[Problem, ...]
    unchecked: tuple[Unchecked, ...] = ()
    warnings: tuple[Problem, ...] = ()
    reading: tuple[str, ...] = ()


def validate(folder: Path | str | None = None) -> Validation:
    """Check the project in a folder, or a pack. Raise UsageError when there is none."""
    try:
        project = load_project(folder)
    except DefinitionError as error:
        return Validation(str(folder or ""), False, 0, 0, 0, tuple(_problem(None, each) for each in error.each))
    problems = ByName()
    for name, errors in project.problems.items():
        problems.add(name, errors)
    with empty_tables(project) as tables:
        for table in (*project.tables.values(), *project.partial.values()):
            problems.add(table.name, _wrong(tables, table))
        for file, questions in tables.project.questions.items():
            problems.add(file, _wrong_queries(tables, questions))
        problems.add(METRICS, wrong_metrics(tables))
        for file, questions in tables.project.questions.items():
            problems.add(file, wrong_questions(tables.project, questions))
    folders = project_folders(project.path)
    lost, odd = strays(folders)
    problems.add(_STRAY, lost)
    odd += [*_unused(project, folders, bool(problems.found())), *_left_out(project), *out_of_reach(project)]
    found = [_problem(name, error) for name, errors in problems.found().items() for error in in_order(errors)]
    sound = [name for name in project.tables if name not in problems]
    silver = sum(name.startswith("silver.") for name in sound)
    unchecked = tuple(
        Unchecked(table.name, reason)
        for table in (*project.tables.values(), *project.partial.values())
        if (reason := _unseen(project, table, problems))
    )
    numbers = (len(project.sources), silver, len(sound) - silver)
    warnings = tuple(_problem(None, error) for error in in_order(odd))
    told = tuple(reading(project.sources, project.tables))
    return Validation(
        project.name,
        not found,
        *numbers,
        tuple(dict.fromkeys(found)),
        unchecked,
        warnings,
        told,
    )


def _unused(project: Project, folders: Sequence[Path], is_wrong: bool) -> list[DefinitionError]:
    """Feeds that go no further than bronze, and a project without any."""
    tables = [table for table in (*project.tables.values(), *project.partial.values()) if table.queries]
    if not (project.sources or tables or is_wrong):
        what = "the project has no feed and no table"
        return [DefinitionError(what, where=project.path / PROJECT_FILE, hint="docs/add-a-feed.md adds the first")]
    read = {name for table in tables for name in table.inputs}
    files = overlay(folders, "sources/*.yaml")
    return [
        DefinitionError(
            f"no mapping reads {source.table}: what lands there goes no further",
            where=files[f"sources/{name}.yaml"],
            hint=f"write silver/<table>/from_{name}.sql",
        )
        for name, source in project.sources.items()
        if source.table not in read and source.collect != ("rejects",)  # these are for people to look at
    ]


def _left_out(project: Project) -> Iterator[DefinitionError]:
    """Mappings that say nothing of columns which need not be there: forgotten, or a feed that does not have them."""
    for table in (*project.tables.values(), *project.partial.values()):
        for query in table.queries.values():
            if query.left_out:
                what = f"gives no {', '.join(query.left_out)}: null in {table.name}"
                yield DefinitionError(what, where=query.path, hint="cast(null as string) as … says that it is meant")


def _unseen(project: Project, table: Table, problems: ByName) -> str | None:
    """Why not all of a table was looked at; None when it was."""
    if not table.contract.columns and table.name in problems:
        return f"its contract {'is wrong' if table.contract.path.exists() else 'is missing'}"
    if wrong := [query.path.name for query in table.queries.values() if not query.sound]:
        return f"{', '.join(wrong)} {'are' if len(wrong) > 1 else 'is'} wrong"
    unknown = [name for name in table.inputs if not name.startswith("bronze.") and project.columns(name) is None]
    if unknown:
        return f"{', '.join(unknown)} {'are' if len(unknown) > 1 else 'is'} wrong"
    return None


def check_definitions(project: Project, table: Table, engine: LocalEngine | None = None) -> None:
    """Raise DefinitionError for all that is wrong with the definitions of a table; `engine` reads no file for it."""
    with empty_tables(project, engine) as tables:
        Problems(_wrong(tables, table)).stop()


def _problem(name: str | None, error: DefinitionError) -> Problem:
    is_table = name not in (FILE, METRICS, _STRAY) and not str(name).startswith(f"{BOARDS}/")
    place, table = error.place, name if is_table else None
    if place is None:
        return Problem(table, None, None, None, error.about, error.message, error.hint)
    return Problem(table, place.path, place.line, place.column, error.about, error.message, error.hint)


def _wrong(tables: EmptyTables, table: Table) -> Iterator[DefinitionError]:
    """All that is wrong with a table that could be read: what its definitions tell, then what the engine refuses."""
    problems = Problems(unresolved(tables.project, table))
    told = {error.place.path for error in problems.errors if error.place}
    contract = table.contract
    for query in table.queries.values():
        if query.sound and str(query.path) not in told:
            with problems.told():
                problems.add(_wrong_query(tables, table, query))
    for rule in () if contract.managed else contract.rules:
        with problems.told():
            problems.add(_wrong_rule(tables, table, rule))
    for entry in askable(tables.project, table):
        if str(contract.path) not in told:
            with problems.told():
                problems.add(_wrong_touches(tables, table, entry))
    return iter(problems.errors)


def _wrong_query(tables: EmptyTables, table: Table, file: SqlFile) -> Iterator[DefinitionError]:
    """Columns that cannot be what the contract says. Raise DefinitionError for what the engine refuses."""
    query, inputs, beside = file.records, file.inputs, dict[str, str]()
    if table.contract.layer == "silver":
        inputs = file.inputs[:1]
        for lookup in file.lookups:
            types = file.looked.get(lookup.table, {})
            beside |= {lookup.value(name): types[name] for name in lookup.columns if name in types}
        if file.lookups:
            tables.types(sql.keyed(file.lookups, inputs[0]), inputs, file.path)
        query = sql.carry(query, [*LINEAGE], inputs[0], file.path)
    types = tables.types(query, inputs, file.path, beside=beside)
    for column in file.query.selects if types else ():
        name = column.alias_or_name
        wanted, kind = table.contract.types.get(name), types[name.lower()]
        if wanted and not may_become(kind, wanted):
            what = f"column {name} is a {kind.lower()} and cannot be a {wanted}"
            hint = f"give another value, or change the type in {table.contract.path}"
            yield sql.refusal(what, hint, node=column, path=file.path).of(f"column {name}")


def _wrong_rule(tables: EmptyTables, table: Table, rule: Rule) -> Iterator[DefinitionError]:
    where = rule.where or table.contract.path
    problems = Problems()
    with problems.told():
        if rule.condition:
            tree, inside = sql.parsed_condition(rule.condition, where)
            text = sql.condition(rule.condition, tables.engine.dialect, where)
            rows = tables.view(table.name, tree)
            kind = tables.describe(f"select ({text}) as holds from {rows}", tree, inside)["holds"]
            if kind != "BOOLEAN":
                what = f"condition {rule.condition!r} gives a {kind.lower()}"
                problems.add([sql.refusal(what, "write what is true for good rows", node=tree, path=inside)])
        else:
            query = sql.measure(rule.query or "", where)
            for kind in tables.types(query, (sql.MEASURED,), where, {sql.MEASURED: table.name}).values():
                if class_of(kind) != "number":
                    what = f"gives a {kind.lower()}, not one number"
                    problems.add([sql.refusal(what, "count or sum something", node=query, path=where)])
    return (error.of(f"rule {rule.name}") for error in problems.errors)


def _wrong_touches(tables: EmptyTables, table: Table, entry: InputRule) -> Iterator[DefinitionError]:
    where = entry.where or table.contract.path
    query = sql.parse(entry.touches or "", where)
    names = dict.fromkeys(CHANGE_RELATIONS, entry.table)
    types = tables.types(query, sql.inputs(query, CHANGE_RELATIONS, where), where, names)
    contract = table.contract
    wants = (("bucket", contract.partition or ""), ("column", contract.apart or ""))
    for kind, (role, name) in zip(types.values(), wants, strict=False):
        wanted = contract.types[name]
        if class_of(kind) != class_of(sql.DUCKDB.type(wanted).upper()):
            what = f"gives a {kind.lower()}, the {role} {name} is a {wanted}"
            hint = f"cast(… as {wanted})"
            yield sql.refusal(what, hint, node=query, path=where).of(f"input {entry.table}")


def _wrong_queries(tables: EmptyTables, questions: Iterable[Question]) -> Iterator[DefinitionError]:
    for question in questions:
        if question.query is None:
            continue
        problems = Problems()
        with problems.told():
            known = {name: columns for name in sql.inputs(question.query) if (columns := tables.project.columns(name))}
            problems.add(sql.unresolved(question.query, known, question.where))
            if not problems.errors:
                tables.types(question.query, sql.inputs(question.query), question.where)
        yield from (error.of(question.about) for error in problems.errors)
