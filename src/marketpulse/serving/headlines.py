"""The numbers a project is proud of: the questions of its `headlines.yaml`, answered from the warehouse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from marketpulse import sql
from marketpulse.errors import DefinitionError, LimitError, UsageError
from marketpulse.metrics.metric import Metric
from marketpulse.metrics.showing import change_written, written
from marketpulse.project.headlines import FILE, Question
from marketpulse.run.context import Context
from marketpulse.serving.metrics import Answer, ask
from marketpulse.serving.query import Moment, stream
from marketpulse.serving.values import values


@dataclass(frozen=True)
class Headline:
    """One answered question; `bar` is the column to draw, `problem` says why there is no answer.

    `notes` are sentences to tell beside the answer, `texts` the rows as people read them, where metrics say how.
    """

    title: str
    columns: list[str]
    rows: list[tuple[Any, ...]]
    problem: str | None = None
    bar: str | None = None
    notes: list[str] = field(default_factory=list)
    texts: list[tuple[str, ...]] = field(default_factory=list)


def headlines(context: Context, *, live: bool = False) -> list[Headline]:
    """Answer the questions of the project, or only those that are to be watched while it is `live`.

    Raise DefinitionError when its file of questions cannot be read.
    """
    project = context.project
    if not project.headlines and FILE in project.problems:
        raise project.problems[FILE][0]
    moment = Moment.now(context)
    return [answered(context, each, moment) for each in project.headlines if each.live == live]


def answered(context: Context, question: Question, moment: Moment) -> Headline:
    """Answer one of them, of the state of a moment."""
    if question.query is None and question.asked is None:
        return Headline(question.title, [], [], question.problem.message if question.problem else None)
    try:
        notes = notes_of(context, question, moment)
        if question.asked is not None:
            return _of_metrics(question, ask(context, question.asked, moment), notes)
        # The reader of people's queries is DuckDB, whatever built the tables.
        assert question.query is not None  # noqa: S101 - one of the two is there
        table = stream(context, sql.translate(question.query, sql.DUCKDB), moment=moment).read_all()
    except (UsageError, LimitError, DefinitionError) as error:
        return Headline(question.title, [], [], error.message)
    rows = list(zip(*map(values, table.columns), strict=True))
    return Headline(question.title, table.column_names, rows, bar=question.bar, notes=notes)


def _of_metrics(question: Question, answer: Answer, notes: list[str]) -> Headline:
    """What metrics answer, as a table; which days are not whole is a note."""
    told = [*notes, *answer.notes, *answer.doubts()]
    if question.steps:
        return _in_steps(question, answer, told)
    metrics = {metric.name: metric for metric in answer.metrics}
    columns = [name for name in answer.columns if name != "incomplete"]
    rows = [tuple(row[name] for name in columns) for row in answer.rows()]
    texts = [tuple(_text(name, value, metrics) for name, value in zip(columns, row, strict=True)) for row in rows]
    return Headline(question.title, columns, rows, bar=question.bar, notes=told, texts=texts)


def _in_steps(question: Question, answer: Answer, notes: list[str]) -> Headline:
    """A line each metric, and which part of the one before it is."""
    found = answer.lines[0].values if answer.lines else ()
    rows: list[tuple[Any, ...]] = []
    for metric, value, before in zip(answer.metrics, found, (None, *found), strict=False):
        rows.append((metric.label, value, round(float(value or 0) / float(before), 4) if before else None))
    texts: list[tuple[str, ...]] = [
        (row[0], written(metric, row[1]), "" if row[2] is None else change_written(row[2]).removeprefix("+"))
        for metric, row in zip(answer.metrics, rows, strict=False)
    ]
    columns = ["step", "count", "of_step_before"]
    return Headline(question.title, columns, rows, bar=question.bar and "count", notes=notes, texts=texts)


def _text(name: str, value: Any, metrics: dict[str, Metric]) -> str:
    metric = metrics.get(name) or metrics.get(name.removesuffix("_before"))
    if metric is not None:
        return written(metric, value)
    if name.endswith(("_change", "_share")) and name.rpartition("_")[0] in metrics:
        return change_written(value).removeprefix("" if name.endswith("_change") else "+")
    return "–" if value is None else str(value)


def notes_of(context: Context, question: Question, moment: Moment) -> list[str]:
    """What the project has to say beside an answer, as it is now; also that it cannot be asked."""
    if question.notes is None:
        return []
    try:
        told = stream(context, sql.translate(question.notes, sql.DUCKDB), moment=moment).read_all()
    except (UsageError, LimitError) as error:
        return [error.message]
    return [str(note) for note in told.column(0).to_pylist() if note is not None]
