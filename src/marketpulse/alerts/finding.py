"""What is not as it should be: a run that did not end well, a feed that stopped, a metric beyond its bounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from marketpulse.errors import DefinitionError, LimitError, UsageError
from marketpulse.metrics.metric import Metric, parts
from marketpulse.metrics.question import Question
from marketpulse.run.context import Context
from marketpulse.serving.metrics import Answer, ask
from marketpulse.serving.metrics.telling import beyond
from marketpulse.serving.query import Moment
from marketpulse.serving.runs import runs
from marketpulse.serving.status import status

#: Days that hold the newest whole period of a kind; those of a calendar of the project's own are below a year.
_LAST = {"day": "7d", "week": "3w", "month": "3m", "quarter": "9m", "year": "3y"}
_OTHER = "1y"
_RUNS, _MOST_NAMED = 20, 3
_WELL = ("built", "up to date")


@dataclass(frozen=True)
class Alert:
    """One trouble: `about` is the same for as long as it lasts, `text` is what to tell of it; `question` shows it."""

    about: str
    text: str
    question: Question | None = None


def alerts(context: Context) -> list[Alert]:
    """All there are: of the last run, of feeds, of metrics that say when somebody wants to know."""
    return [*_of_runs(context), *_of_feeds(context), *of_metrics(context, Moment.now(context))]


def _of_runs(context: Context) -> Iterator[Alert]:
    """The newest run that is over: what is at work may end well. Reasons stay here, for they may quote a value."""
    newest = next((run for run in runs(context, _RUNS) if run.status != "running"), None)
    if newest and newest.status != "done":
        stuck = [f"{each['name']} {each['status']}" for each in newest.tables if each["status"] not in _WELL]
        more = [f"{len(stuck) - _MOST_NAMED:,} more"] if len(stuck) > _MOST_NAMED else []
        named = ", ".join([*stuck[:_MOST_NAMED], *more])
        when = f"{newest.status}, begun {newest.started_at:%Y-%m-%d %H:%M} UTC"
        yield Alert("the last run", f"{when}{f': {named}' if named else ''}; marketpulse runs says why")


def _of_feeds(context: Context) -> Iterator[Alert]:
    for table in status(context):
        if table.overdue:
            yield Alert(f"{table.name} is late", table.overdue)


def of_metrics(context: Context, moment: Moment) -> Iterator[Alert]:
    """Of each metric that has bounds its newest whole period; what cannot be asked is a trouble, too."""
    definitions, wrong = context.project.metrics
    yield from (Alert(error.about or "metrics", error.message) for error in wrong)
    for metric in definitions.metrics.values():
        if metric.alert is not None:
            question = newest(metric)
            try:
                yield from _of_answer(metric, ask(context, question, moment), question)
            except (UsageError, LimitError, DefinitionError) as error:
                yield Alert(f"metric {metric.name}", f"{metric.label} cannot be asked: {error.message}", question)


def newest(metric: Metric) -> Question:
    """The question that has a metric's newest whole period of those that its alert is said of."""
    if not any(part.time for part in parts(metric)):  # it has no days
        return Question.of({"metrics": [metric.name]})
    grain = (metric.alert.per if metric.alert else None) or "day"
    return Question.of({"metrics": [metric.name], "last": _LAST.get(grain, _OTHER), "grain": grain, "full": True})


def _of_answer(metric: Metric, answer: Answer, question: Question) -> Iterator[Alert]:
    whole = [line.period for line in answer.lines if line.mark is None and line.period]
    for line, text in beyond(answer):
        if line.period is None or line.period == max(whole):
            where = f" in {line.currency}" if line.currency else ""
            yield Alert(f"metric {metric.name}{where}", text, question)
