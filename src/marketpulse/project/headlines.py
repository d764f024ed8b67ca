"""The questions that a project answers every morning: `headlines.yaml`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic import Field
from sqlglot import exp

from marketpulse import sql
from marketpulse.errors import DefinitionError, Problems
from marketpulse.project.yamlfile import YamlFile, read_yaml
from marketpulse.sql.places import Where
from marketpulse.strict import Strict

FILE = "headlines.yaml"


class _Model(Strict):
    """One entry: a title and a query over the warehouse; `bar` names a column to draw as well.

    `notes` is a query of one text a row: what people must know beside the answer, such as why a number is not there.
    """

    title: str = Field(min_length=1)
    bar: str | None = None
    query: str = Field(min_length=1)
    notes: str | None = None


class _File(Strict):
    """`headlines.yaml` of a project folder."""

    headlines: list[_Model]


@dataclass(frozen=True)
class Question:
    """One title and its query, in Spark SQL; without one `problem` says why. `bar` is a column to draw.

    `notes` gives sentences to tell beside it, if any.
    """

    title: str
    bar: str | None
    query: exp.Query | None
    where: Where
    problem: DefinitionError | None = None
    notes: exp.Query | None = None


def read_headlines(folders: Sequence[Path], known: Collection[str]) -> tuple[Question, ...]:
    """The project's own questions, else those of the project it extends; `known` are all tables there may be.

    Raise DefinitionError when the file cannot be read; what is wrong with one query is a problem of that question.
    """
    path = next((folder / FILE for folder in reversed(folders) if (folder / FILE).exists()), None)
    if path is None:
        return ()
    file = read_yaml(path)
    models = file.into(_File).headlines
    return tuple(_question(file, index, model, known) for index, model in enumerate(models))


def _question(file: YamlFile, index: int, model: _Model, known: Collection[str]) -> Question:
    where = file.text_at(("headlines", index, "query"))
    problems = Problems()
    query = _query(model.query, where, known, problems)
    notes = None
    if model.notes is not None:
        notes = _query(model.notes, file.text_at(("headlines", index, "notes")), known, problems)
    if query is not None and model.bar and model.bar not in sql.output_columns(query):
        place = ("headlines", index, "bar")
        hint = "it gives " + ", ".join(sql.output_columns(query))
        problems.add([file.error(f"bar: {model.bar} is no column of the query", place, hint)])
    if notes is not None and len(sql.output_columns(notes)) != 1:
        hint = "concat what there is to say into one text a row"
        problems.add([file.error("notes gives more than one column", ("headlines", index, "notes"), hint)])
    if not problems.errors:
        return Question(model.title, model.bar, query, where, notes=notes)
    found = DefinitionError.together([error.of(f"headline {model.title}") for error in problems.errors])
    return Question(model.title, model.bar, None, where, found)


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
