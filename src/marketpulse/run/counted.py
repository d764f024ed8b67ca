"""Metrics in an engine over empty tables: what it refuses of them, and values that are no number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from marketpulse import sql
from marketpulse.errors import DefinitionError, Problems, UsageError
from marketpulse.metrics.compiling import compiled
from marketpulse.metrics.metric import CURRENCY, Measured
from marketpulse.metrics.refusing import condition_of, refuse
from marketpulse.metrics.rows import VALUE, Asked, facts
from marketpulse.project.headlines import Question
from marketpulse.project.project import Project
from marketpulse.run.empty import EmptyTables
from marketpulse.run.fitting import class_of


def wrong_metrics(tables: EmptyTables) -> Iterator[DefinitionError]:
    """All that is wrong with the metrics of a project, as they are written and as an engine takes them."""
    definitions, problems = tables.project.metrics
    yield from problems
    for metric in definitions.metrics.values():
        told = Problems()
        if isinstance(metric, Measured):
            with told.told():
                told.add(_wrong(tables, metric))
        yield from (error.of(f"metric {metric.name}") for error in told.errors)


def wrong_questions(project: Project, questions: Iterable[Question]) -> Iterator[DefinitionError]:
    """Of some questions those that ask for metrics which are not there, or cannot be asked so."""
    for question in questions:
        if question.asked is None:
            continue
        try:
            metrics = [project.metrics[0].find(name) for name in question.asked.metrics]
            refuse(question.asked, metrics)
            where = condition_of(question.asked, metrics)
            by = tuple(name for name in question.asked.by if name != CURRENCY)
            compiled(metrics, Asked(None, question.asked.cut, by, where))
        except UsageError as error:
            yield question.refused(error)


def _wrong(tables: EmptyTables, metric: Measured) -> Iterator[DefinitionError]:
    """What the engine says of the metric by all its dimensions at once."""
    by = tuple(metric.dimensions)
    query = facts(metric, Asked(grain="day" if metric.time else None, by=by, apart=CURRENCY not in by))
    kind = tables.types(query, sql.inputs(query), metric.origin).get(VALUE)
    if kind is not None and class_of(kind) != "number":
        yield sql.refusal(f"gives a {kind.lower()}, not a number", "count or sum something", path=metric.origin)
