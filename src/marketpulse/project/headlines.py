"""The questions that a project answers every morning: `headlines.yaml`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from pydantic import Field
from sqlglot import exp

from marketpulse import sql
from marketpulse.errors import DefinitionError, MarketPulseError, Problems, UsageError
from marketpulse.metrics.question import Question as Asked
from marketpulse.project.yamlfile import Location, YamlFile, read_yaml
from marketpulse.sql.places import Where
from marketpulse.strict import Strict

FILE = "headlines.yaml"


class Entry(Strict):
    """One entry: a title, and `metrics` with what is asked of them, or a `query` over the warehouse.

    `bar` names a column to draw as well. With `steps` each metric is a line, beside it its part of the one before.
    `notes` is a query of one text a row: what people must know beside the answer, such as why a number is not there.
    With `live` it is what people watch while `marketpulse live` works, and not one of the others. With `heat` the
    numbers of a query are coloured on a page, darker where there is more.
    """

    title: str = Field(min_length=1)
    bar: str | None = None
    query: str | None = Field(default=None, min_length=1)
    notes: str | None = None
    steps: bool = False
    live: bool = False
    heat: bool = False
    metrics: list[str] = []
    by: list[str] = []
    last: str | None = None
    month: str | None = None
    to_date: Literal["week", "month", "quarter", "year"] | None = None
    full: bool = False
    grain: str | None = None
    compare: str | None = None
    where: str | None = None
    rolling: int | None = Field(default=None, ge=2)
    share: bool = False
    top: int | None = Field(default=None, ge=1)


class _File(Strict):
    """`headlines.yaml` of a project folder."""

    headlines: list[Entry]


@dataclass(frozen=True)
class Question:
    """One title, and its query in Spark SQL or what is `asked` of metrics; without both `problem` says why.

    `bar` is a column to draw, `notes` gives sentences to tell beside it, if any. `live` is for `marketpulse live`,
    `heat` for a page that colours numbers.
    """

    title: str
    bar: str | None
    query: exp.Query | None
    where: Where
    problem: DefinitionError | None = None
    notes: exp.Query | None = None
    asked: Asked | None = None
    steps: bool = False
    live: bool = False
    heat: bool = False

    @property
    def about(self) -> str:
        """What it is, in messages."""
        return f"headline {self.title}"

    def refused(self, error: MarketPulseError) -> DefinitionError:
        """What is wrong with what is asked of metrics, at its place in the file."""
        return DefinitionError(error.message, where=self.where(None, None), hint=error.hint).of(self.about)


def read_headlines(folders: Sequence[Path], known: Collection[str]) -> tuple[Question, ...]:
    """The project's own questions, else those of the project it extends; `known` are all tables there may be.

    Raise DefinitionError when the file cannot be read; what is wrong with one query is a problem of that question.
    """
    path = next((folder / FILE for folder in reversed(folders) if (folder / FILE).exists()), None)
    if path is None:
        return ()
    file = read_yaml(path)
    models = file.into(_File).headlines
    return tuple(question(file, ("headlines", index), model, known) for index, model in enumerate(models))


def question(file: YamlFile, at: Location, model: Entry, known: Collection[str]) -> Question:
    """The question of an entry at a place of a file; what is wrong with it is its own problem."""
    said = "metrics" if model.metrics else "query"
    where = file.text_at((*at, said))
    problems = Problems()
    query, asked, notes = None, None, None
    if (model.query is None) == (not model.metrics):
        problems.add([file.error("says neither a query nor metrics, or both", at, "say one of them")])
    elif model.query is not None:
        query = _query(model.query, where, known, problems)
    else:
        asked = _asked(file, at, model, problems)
    if model.notes is not None:
        notes = _query(model.notes, file.text_at((*at, "notes")), known, problems)
    if query is not None and model.bar and model.bar not in sql.output_columns(query):
        place = (*at, "bar")
        hint = "it gives " + ", ".join(sql.output_columns(query))
        problems.add([file.error(f"bar: {model.bar} is no column of the query", place, hint)])
    if notes is not None and len(sql.output_columns(notes)) != 1:
        hint = "concat what there is to say into one text a row"
        problems.add([file.error("notes gives more than one column", (*at, "notes"), hint)])
    if not problems.errors:
        found = Question(model.title, model.bar, query, where, notes=notes, asked=asked)
        return replace(found, steps=model.steps, live=model.live, heat=model.heat)
    wrong = DefinitionError.together([error.of(f"headline {model.title}") for error in problems.errors])
    return Question(model.title, model.bar, None, where, wrong)


def _asked(file: YamlFile, at: Location, model: Entry, problems: Problems) -> Asked | None:
    """What is asked of metrics; all days where nothing says which."""
    given = model.model_dump(exclude={"title", "bar", "query", "notes", "steps", "live", "heat"}, exclude_defaults=True)
    days = {"last", "month", "to_date"} & given.keys()
    try:
        return Asked.of({**given, "everything": not days})
    except UsageError as error:
        problems.add([file.error(error.message, at, error.hint)])
        return None


def _query(text: str, where: Where, known: Collection[str], problems: Problems) -> exp.Query | None:
    """A query over tables that there may be; what is wrong with it goes to `problems`."""
    query: exp.Query | None = None
    with problems.told():
        query = sql.parse(text, where)
    if query is not None:
        with problems.told():
            sql.check(query, where)
        with problems.told():
            unknown = [name for name in sql.inputs(query, path=where) if name not in known]
            problems.add(_no_table(query, name, known, where) for name in unknown)
    return query


def _no_table(query: exp.Query, name: str, known: Collection[str], where: Where) -> DefinitionError:
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}?" if close else "marketpulse lineage lists them"
    return sql.misread(query, name, f"there is no table {name} in this project", hint, where)
