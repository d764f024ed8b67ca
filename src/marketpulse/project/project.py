"""Read a project folder whole, check it, and give the tables in the order they are built.

    <project>/project.yaml                      name, extends
    <project>/sources/<feed>.yaml               -> Source
    <project>/silver/<table>/contract.yaml      -> Table (one mapping a feed)
    <project>/silver/<table>/from_<feed>.sql
    <project>/gold/<table>/contract.yaml        -> Table (one model)
    <project>/gold/<table>/model.sql
    <project>/reference/<name>.csv, .yaml       -> Reference
    <project>/headlines.yaml                    -> Question
    <project>/boards/<name>.yaml                -> Board
    <project>/metrics/<any>.yaml                -> Metric (read when they are asked for)

A project that `extends` another, or a pack (`packs`), sees that one's files under its own: same path, own file wins.
What is wrong with a feed or a table keeps that one from being used, and is told with everything else that is wrong.
At the bottom of all lie the platform's own tables (`owned`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from marketpulse.errors import DefinitionError, UsageError
from marketpulse.metrics.metric import Definitions
from marketpulse.names import LANDED, LINEAGE
from marketpulse.project.adding import check_sums, checked_question
from marketpulse.project.boards import Board, read_boards
from marketpulse.project.folders import ProjectFile, project_folders
from marketpulse.project.given import columns_of, read_settings, unread
from marketpulse.project.headlines import FILE, Question, read_headlines
from marketpulse.project.looking import with_looked
from marketpulse.project.metrics import read_metrics
from marketpulse.project.ordering import check_inputs, in_build_order
from marketpulse.project.owned import PLATFORM, owned
from marketpulse.project.packs import PROJECT_FILE, project_folder
from marketpulse.project.problems import ByName
from marketpulse.project.reading import Around, read_sources, read_tables, with_terms
from marketpulse.project.reference import Reference, read_references
from marketpulse.project.source import Source
from marketpulse.project.spelled import with_written
from marketpulse.project.table import Table
from marketpulse.project.yamlfile import read_yaml
from marketpulse.sql.sums import Promise


@dataclass(frozen=True)
class Project:
    """Everything the platform knows about the data. `sources` and `tables` are sound, tables in build order.

    `problems` are those of the others, by `bronze.<feed>`, `<layer>.<table>`, or the name of a file; `partial` are the
    tables among them, as far as they could be read. `chain` are the names of the projects that it extends and its own.
    `promises` say what the numbers of each table are, by its contract or by its model.
    """

    name: str
    path: Path
    sources: Mapping[str, Source]
    tables: Mapping[str, Table]
    headlines: tuple[Question, ...] = ()
    problems: Mapping[str, tuple[DefinitionError, ...]] = field(default_factory=dict)
    promises: Mapping[str, Promise] = field(default_factory=dict)
    partial: Mapping[str, Table] = field(default_factory=dict)
    references: Mapping[str, Reference] = field(default_factory=dict)
    chain: tuple[str, ...] = ()
    boards: Mapping[str, Board] = field(default_factory=dict)

    @property
    def questions(self) -> dict[str, tuple[Question, ...]]:
        """What is asked of the warehouse, by the file that says it."""
        return {FILE: self.headlines} | {board.file: board.questions for board in self.boards.values()}

    @cached_property
    def metrics(self) -> tuple[Definitions, tuple[DefinitionError, ...]]:
        """The metrics with which nothing is wrong, and all that is wrong with the others. A run does not read them."""
        gold = {name: table for name, table in self.tables.items() if name.startswith("gold.")}
        return read_metrics(project_folders(self.path), gold, self.promises)

    @property
    def broken(self) -> tuple[str, ...]:
        """Silver and gold tables that cannot be built as they are defined."""
        return tuple(name for name in self.problems if name.startswith(("silver.", "gold.")))

    def check(self) -> None:
        """Raise DefinitionError for all problems together, if there are any."""
        if self.problems:
            raise DefinitionError.together([error for errors in self.problems.values() for error in errors])

    def table(self, name: str) -> Table:
        """Table by `<layer>.<table>`; UsageError with a suggestion when there is none.

        Raise DefinitionError for one that cannot be used as it is defined.
        """
        if name in self.tables:
            return self.tables[name]
        if name in self.broken:
            raise DefinitionError.together(self.problems[name])
        close = get_close_matches(name, [*self.tables, *(t.split(".")[1] for t in self.tables)], n=1)
        raise UsageError(
            f"there is no table {name!r}",
            hint=f"did you mean {close[0]}?" if close else "see marketpulse status",
        )

    def columns(self, name: str) -> dict[str, str] | None:
        """Every column of a table and its type, lineage included; None when that is not known before data landed."""
        if name in self.references:
            return dict.fromkeys(self.references[name].columns, "string")
        if name in self.tables or name in owned():
            contract = self.tables[name].contract if name in self.tables else owned()[name]
            return {**contract.types, **(LINEAGE if contract.layer == "silver" and not contract.managed else {})}
        if name in self.partial:
            types = self.partial[name].contract.types
            return {**types, **(LINEAGE if name.startswith("silver.") else {})} if types else None
        layer, _, feed = name.partition(".")
        source = self.sources.get(feed) if layer == "bronze" else None
        if source is None or source.every_column is None:
            return None
        return {**dict.fromkeys(source.every_column, "string"), **LANDED, **LINEAGE, **source.made}

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
            table = self.tables.get(todo.pop())
            for parent in table.inputs if table else ():
                if (parent in self.tables or parent in self.broken) and parent not in found:
                    found.add(parent)
                    todo.append(parent)
        return found

    def select(self, patterns: list[str]) -> list[str]:
        """Names for `gold.x`, `gold.x+` (and dependants), `+gold.x` (and ancestors), `gold.*`; all when empty.

        Broken tables come first, then the others in build order.
        """
        names = list(dict.fromkeys((*self.broken, *self.tables)))
        if not patterns:
            return names
        wanted: set[str] = set()
        for pattern in [p.strip() for item in patterns for p in item.split(",") if p.strip()]:
            bare = pattern.strip("+")
            for name in self._named(bare, names):
                wanted.add(name)
                wanted |= set(self.dependants(name)) if pattern.endswith("+") else set()
                wanted |= self.ancestors(name) if pattern.startswith("+") else set()
        return [name for name in names if name in wanted]

    def _named(self, bare: str, names: list[str]) -> list[str]:
        if "*" in bare:
            return [name for name in names if Path(name).match(bare)]
        return [bare] if bare in names else [self.table(bare).name]


def load_project(project: Path | str | None = None) -> Project:
    """Read and check a project: a folder, or the name of a pack (default: the only one).

    Raise DefinitionError when it cannot be read at all; what else is wrong is in its `problems`.
    """
    root = project_folder(project)
    header = read_yaml(root / PROJECT_FILE).into(ProjectFile)
    own = project_folders(root)
    folders = [PLATFORM, *own]
    chain = tuple(read_yaml(folder / PROJECT_FILE).into(ProjectFile).name for folder in own)
    problems = ByName()
    sources = read_sources(folders, problems)
    feeds = {*sources, *(name.removeprefix("bronze.") for name in problems if name.startswith("bronze."))}
    references = read_references(folders, problems)
    lists = columns_of(references, problems.found())
    given = read_settings(folders, lists)
    tables, partial = read_tables(folders, Around(feeds, given.values, references, lists), problems)
    tables = {name: with_written(table, sources, problems) for name, table in tables.items()}
    if not problems.found():  # else who knows what the others would read
        given.problems.add(unread(own, tables.values()))
    given.problems.stop()
    tables = {name: with_terms(table, sources, problems) for name, table in tables.items()}
    tables = {name: with_looked(table, {**partial, **tables}, problems) for name, table in tables.items()}
    known = {*tables, *problems, *(f"bronze.{feed}" for feed in feeds)}
    check_inputs({**partial, **tables}, known, problems)
    sound = {name: table for name, table in tables.items() if name not in problems or name in owned()}
    ordered = in_build_order(sound, problems)
    promises = check_sums(ordered, problems)
    ordered = {name: table for name, table in ordered.items() if name not in problems or name in owned()}
    partial |= {name: table for name, table in tables.items() if name not in ordered}
    questions: tuple[Question, ...] = ()
    with problems.told(FILE):
        questions = tuple(checked_question(each, promises) for each in read_headlines(own, {*known, *owned()}))
    boards = {
        name: replace(board, questions=tuple(checked_question(each, promises) for each in board.questions))
        for name, board in read_boards(own, {*known, *owned()}, problems).items()
    }
    asked = {FILE: questions} | {board.file: board.questions for board in boards.values()}
    for file, each in asked.items():
        problems.add(file, [question.problem for question in each if question.problem])
    return Project(
        header.name, root, sources, ordered, questions, problems.found(), promises, partial, references, chain, boards
    )
