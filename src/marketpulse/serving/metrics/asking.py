"""The one way in which a number of a metric is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from marketpulse.errors import DefinitionError, UsageError
from marketpulse.metrics.compiling import is_apart
from marketpulse.metrics.days import Period
from marketpulse.metrics.metric import CURRENCY, Measured, Metric
from marketpulse.metrics.pairing import paired
from marketpulse.metrics.question import Question
from marketpulse.metrics.refusing import condition_of, made_of, refuse
from marketpulse.metrics.rows import Asked
from marketpulse.run.context import Context
from marketpulse.serving.metrics.answer import Answer
from marketpulse.serving.metrics.comparing import sides
from marketpulse.serving.metrics.coverage import Coverage, coverage
from marketpulse.serving.metrics.lines import Found, Whole, laid_out
from marketpulse.serving.metrics.reading import Cells, Reader
from marketpulse.serving.metrics.telling import notes
from marketpulse.serving.metrics.unmatched import unmatched
from marketpulse.serving.query import Moment


def ask(context: Context, question: Question, moment: Moment | None = None) -> Answer:
    """Answer a question, of the last finished state or of a `moment` that several share.

    Raise UsageError for what cannot be asked, such as an unknown name.
    """
    metrics = tuple({(one := _find(context, name)).name: one for name in question.metrics}.values())
    question = replace(question, metrics=tuple(metric.name for metric in metrics))
    refuse(question, metrics)
    where = condition_of(question, metrics)
    moment = (moment or Moment.now(context)).whole  # numbers name nobody
    covered = _covered(context, made_of(metrics), moment)
    reader = Reader(context, moment, metrics)
    wanted = _period(question, covered, reader) if covered else None
    period, before = sides(question, wanted, covered) if wanted else (None, None)
    by = tuple(name for name in question.by if name != CURRENCY)
    asked = Asked(period, question.cut, by, where, question.rolling, is_apart(metrics, question.by))
    found = _read(reader, question, asked, before)
    lines = laid_out(Whole(metrics, question, period, covered), found, before)
    query = reader.query(asked).sql("spark", pretty=True)
    left_out = Period(period.last + timedelta(days=1), wanted.last) if period and wanted and period != wanted else None
    answer = Answer(
        metrics, question, lines, period, before, query=query, left_out=left_out, begun=_begun(covered, found.buckets)
    )
    return replace(answer, notes=(*unmatched(reader, period, question.rolling, where), *notes(answer, covered)))


def _find(context: Context, name: str) -> Metric:
    """A metric by its name. Raise DefinitionError for one that is defined wrongly, UsageError where there is none."""
    definitions, wrong = context.project.metrics
    told = [error for error in wrong if error.about == f"metric {name}"]
    if told and name not in definitions.metrics:
        raise DefinitionError.together(told)
    return definitions.find(name)


def _read(reader: Reader, question: Question, asked: Asked, before: Period | None) -> Found:
    """What the warehouse has, also of the days that it is compared with."""
    period = asked.period
    buckets = reader.buckets(asked.grain, period) if period else []
    earlier = reader.buckets(asked.grain, before) if before else []
    pairs = (
        paired(asked.grain, question.compare, (period, before), buckets, earlier)
        if period and before and asked.grain and question.compare
        else {}
    )
    nothing: Cells = {}
    ranked = question.top and asked.grain
    return Found(
        reader.cells(asked),
        reader.cells(replace(asked, period=before)) if before else nothing,
        reader.cells(replace(asked, by=())) if question.share else nothing,
        reader.cells(replace(asked, grain=None, rolling=None)) if ranked else nothing,
        buckets,
        earlier,
        pairs,
    )


def _covered(context: Context, made: Sequence[Measured], moment: Moment) -> list[Coverage]:
    """The days of each source."""
    dated = {part.dated: part for part in made if part.time}
    return [coverage(context, part, moment) for part in dated.values()]


def _begun(covered: Sequence[Coverage], buckets: Sequence[Period]) -> Period | None:
    """Of the periods that with the first day on which there are rows of every source; None where none has it."""
    first = max((each.oldest for each in covered if each.oldest), default=None)
    return next((each for each in buckets if first and each.first <= first <= each.last), None)


def _period(question: Question, covered: Sequence[Coverage], reader: Reader) -> Period | None:
    """The days that are asked for, up to the newest of any source. Raise UsageError where none are loaded."""
    ends = [(each.last_full() if question.span.full else each.newest) for each in covered]
    newest = max((day for day in ends if day), default=None)
    if newest is None:
        raise UsageError(f"{covered[0].of[0]} has no rows yet", hint="marketpulse run fills it")
    oldest = min((each.oldest for each in covered if each.oldest), default=date.min)
    within = reader.buckets(question.cut, Period(newest, newest)) if question.counted() else []
    return question.period(oldest, newest, *within[:1])
