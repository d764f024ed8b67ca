"""The one way in which a number of a metric is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlglot import exp

from marketpulse import sql
from marketpulse.errors import DefinitionError, UsageError
from marketpulse.metrics.compiling import compiled, is_apart
from marketpulse.metrics.days import Period, compared
from marketpulse.metrics.metric import CURRENCY, Measured, Metric, parts
from marketpulse.metrics.question import Question
from marketpulse.metrics.rows import Asked, known_by
from marketpulse.run.context import Context
from marketpulse.serving.metrics.answer import Answer
from marketpulse.serving.metrics.coverage import Coverage, coverage
from marketpulse.serving.metrics.lines import Found, laid_out
from marketpulse.serving.metrics.reading import Cells, Reader
from marketpulse.serving.metrics.telling import notes
from marketpulse.serving.query import Moment


def ask(context: Context, question: Question) -> Answer:
    """Answer a question. Raise UsageError for what cannot be asked, such as an unknown name."""
    metrics = tuple({(one := _find(context, name)).name: one for name in question.metrics}.values())
    question = replace(question, metrics=tuple(metric.name for metric in metrics))
    made = list({part.name: part for metric in metrics for part in parts(metric)}.values())
    _refuse(question, metrics, made)
    moment = Moment.now(context)
    covered = _covered(context, made, moment)
    period = _period(question, covered) if covered else None
    by = tuple(name for name in question.by if name != CURRENCY)
    where = _where(question.where, made) if question.where else None
    asked = Asked(period, question.cut, by, where, question.rolling, is_apart(metrics, question.by))
    read, before = _read(Reader(context, moment, metrics), question, made, asked)
    lines = laid_out(question, period, read, covered)
    query = compiled(metrics, asked).sql("spark", pretty=True)
    answer = Answer(metrics, question, lines, period, before, query=query)
    return replace(answer, notes=notes(answer, covered))


def _find(context: Context, name: str) -> Metric:
    """A metric by its name. Raise DefinitionError for one that is defined wrongly, UsageError where there is none."""
    definitions, wrong = context.project.metrics
    told = [error for error in wrong if error.about == f"metric {name}"]
    if told and name not in definitions.metrics:
        raise DefinitionError.together(told)
    return definitions.find(name)


def _read(reader: Reader, question: Question, made: Sequence[Measured], asked: Asked) -> tuple[Found, Period | None]:
    """What the warehouse has, and the days that it is compared with."""
    period = asked.period
    before = compared(period, question.compare) if period and question.compare else None
    nothing: Cells = {}
    found = Found(
        reader.cells(asked),
        reader.cells(replace(asked, period=before)) if before else nothing,
        reader.cells(replace(asked, by=())) if question.share else nothing,
        reader.cells(replace(asked, grain=None, rolling=None)) if question.top and asked.grain else nothing,
        reader.buckets(made, asked.grain, period) if period else (),
        reader.buckets(made, asked.grain, before) if before else (),
    )
    return found, before


def _refuse(question: Question, metrics: Sequence[Metric], made: Sequence[Measured]) -> None:
    """Raise UsageError for what nobody can answer."""
    names = [name for part in made for name in question.by if name not in known_by(part) and name != CURRENCY]
    shared = set.intersection(*(set(metric.dimensions) for metric in metrics)) - {CURRENCY}
    for name in dict.fromkeys([*names, *(n for n in question.by if n not in shared and n != CURRENCY)]):
        known = ", ".join(each for each in metrics[0].dimensions if each in shared) or "nothing but days"
        raise UsageError(f"{', '.join(question.metrics)}: not known by {name[:60]!r}", hint=f"by {known}")
    if len(set(question.by)) < len(question.by):
        raise UsageError("the same dimension is asked for twice", hint="name each once")
    if any(part.time is None for part in made) and (question.cut or question.compare):
        raise UsageError(f"{made[0].name} has no days: it is of now", hint="ask for it without a period")
    if CURRENCY in question.by and not any(part.currency for part in made):
        raise UsageError(f"{made[0].name} has no currency", hint="leave it out")
    for metric in metrics if question.share else ():
        is_whole = isinstance(metric, Measured) and all(metric.adds_up_over(name) for name in question.by)
        if not is_whole:
            raise UsageError(f"parts of {metric.name} do not add up to a whole", hint="leave --share out")


def _covered(context: Context, made: Sequence[Measured], moment: Moment) -> list[Coverage]:
    """The days of each source."""
    sources = {(part.source, part.time): part for part in made if part.time}
    return [coverage(context, part, moment) for part in sources.values()]


def _period(question: Question, covered: Sequence[Coverage]) -> Period | None:
    """The days that are asked for, up to the newest of any source. Raise UsageError where none are loaded."""
    ends = [(each.last_full() if question.span.full else each.newest) for each in covered]
    newest = max((day for day in ends if day), default=None)
    if newest is None:
        raise UsageError(f"{covered[0].source} has no rows yet", hint="marketpulse run fills it")
    oldest = min((day for each in covered for day in each.rows), default=date.min)
    return question.span.period(oldest, newest)


def _where(text: str, made: Sequence[Measured]) -> exp.Expr:
    """The condition of a question over what all its metrics are known by. Raise UsageError for any other."""
    types = [
        {**dict.fromkeys(known_by(part), "string"), **{n: d.type for n, d in part.dimensions.items()}} for part in made
    ]
    shared = {name: kind for name, kind in types[0].items() if all(each.get(name) == kind for each in types)}
    try:
        sql.check_condition(text, shared)
        return sql.parsed_condition(text)[0]
    except DefinitionError as error:
        raise UsageError(error.message, hint=error.hint) from None
