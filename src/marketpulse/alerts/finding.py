"""What is not as it should be: a run that did not end well, a feed that stopped, a metric beyond its bounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from marketpulse.errors import DefinitionError, LimitError, UsageError
from marketpulse.metrics.metric import Metric
from marketpulse.metrics.question import Question
from marketpulse.run.context import Context
from marketpulse.serving.metrics import ask
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
    """One trouble: `about` is the same for as long as it lasts, `text` is what to tell of it now."""

    about: str
    text: str


def alerts(context: Context) -> list[Alert]:
    """All there are: of the last run, of feeds, of metrics that say when somebody wants to know."""
    return [*_of_runs(context), *_of_feeds(context), *_of_metrics(context)]


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


def _of_metrics(context: Context) -> Iterator[Alert]:
    """Of each that has bounds its newest whole period; what cannot be asked is a trouble, too."""
    moment = Moment.now(context)
    definitions, wrong = context.project.metrics
    yield from (Alert(error.about or "metrics", error.message) for error in wrong)
    for metric in definitions.metrics.values():
        if metric.alert is not None:
            try:
                yield from _of_metric(context, metric, moment)
            except (UsageError, LimitError, DefinitionError) as error:
                yield Alert(f"metric {metric.name}", f"cannot be asked: {error.message}")


def _of_metric(context: Context, metric: Metric, moment: Moment) -> Iterator[Alert]:
    goal = metric.alert
    grain = (goal.per if goal else None) or "day"
    asked = {"metrics": [metric.name], "last": _LAST.get(grain, _OTHER), "grain": grain, "full": True}
    answer = ask(context, Question.of(asked), moment)
    whole = [line.period for line in answer.lines if line.mark is None and line.period]
    for line, text in beyond(answer):
        if line.period is None or line.period == max(whole):
            where = f" in {line.currency}" if line.currency else ""
            yield Alert(f"metric {metric.name}{where}", text)
