"""The numbers a project is proud of: the questions of its `headlines.yaml`, answered from the warehouse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from marketpulse import sql
from marketpulse.errors import LimitError, UsageError
from marketpulse.project.headlines import FILE, Question
from marketpulse.run.context import Context
from marketpulse.serving.query import Moment, stream, values


@dataclass(frozen=True)
class Headline:
    """One answered question; `bar` is the column to draw, `problem` says why there is no answer.

    `notes` are sentences to tell beside the answer.
    """

    title: str
    columns: list[str]
    rows: list[tuple[Any, ...]]
    problem: str | None = None
    bar: str | None = None
    notes: list[str] = field(default_factory=list)


def headlines(context: Context) -> list[Headline]:
    """Answer the questions of the project. Raise DefinitionError when its file of questions cannot be read."""
    project = context.project
    if not project.headlines and FILE in project.problems:
        raise project.problems[FILE][0]
    moment = Moment.now(context)
    return [_answer(context, question, moment) for question in project.headlines]


def _answer(context: Context, question: Question, moment: Moment) -> Headline:
    if question.query is None:
        return Headline(question.title, [], [], question.problem.message if question.problem else None)
    try:
        # The reader of people's queries is DuckDB, whatever built the tables.
        table = stream(context, sql.translate(question.query, sql.DUCKDB), moment=moment).read_all()
        notes = _notes(context, question, moment)
    except (UsageError, LimitError) as error:
        return Headline(question.title, [], [], error.message)
    rows = list(zip(*map(values, table.columns), strict=True))
    return Headline(question.title, table.column_names, rows, bar=question.bar, notes=notes)


def _notes(context: Context, question: Question, moment: Moment) -> list[str]:
    if question.notes is None:
        return []
    try:
        told = stream(context, sql.translate(question.notes, sql.DUCKDB), moment=moment).read_all()
    except (UsageError, LimitError) as error:
        return [error.message]
    return [str(note) for note in told.column(0).to_pylist() if note is not None]
