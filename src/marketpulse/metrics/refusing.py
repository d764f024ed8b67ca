"""What of a question can be refused without looking at a table."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from sqlglot import exp

from marketpulse.errors import DefinitionError, UsageError
from marketpulse.metrics.metric import CURRENCY, Measured, Metric, parts
from marketpulse.metrics.question import Question
from marketpulse.metrics.rows import known_by, refuse_grain
from marketpulse.sql.conditions import check_condition, parsed_condition


def made_of(metrics: Sequence[Metric]) -> list[Measured]:
    """The metrics of rows that some metrics are made of, each once."""
    return list({part.name: part for metric in metrics for part in parts(metric)}.values())


def refuse(question: Question, metrics: Sequence[Metric]) -> None:
    """Raise UsageError for what nobody can answer."""
    made = made_of(metrics)
    shared = set.intersection(*(set(metric.dimensions) for metric in metrics)) - {CURRENCY}
    unknown = [name for name in question.by if name not in shared and name != CURRENCY]
    for name in unknown:
        known = [each for each in metrics[0].dimensions if each in shared]
        close = get_close_matches(name.lower(), known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"by {', '.join(known) or 'nothing but days'}"
        raise UsageError(f"{', '.join(question.metrics)}: not known by {name[:60]!r}", hint=hint)
    if len(set(question.by)) < len(question.by):
        raise UsageError("the same dimension is asked for twice", hint="name each once")
    timeless = [part.name for part in made if part.time is None]
    if timeless and (question.cut or question.compare or question.span.is_given):
        raise UsageError(f"{timeless[0]} has no days: it is of now", hint="ask for it by itself, without a period")
    for part in made if question.cut else ():
        refuse_grain(part, question.cut or "")
    if CURRENCY in question.by and not any(part.currency for part in made):
        raise UsageError(f"{made[0].name} has no currency", hint="leave it out")
    for metric in metrics if question.share else ():
        if not (isinstance(metric, Measured) and all(metric.adds_up_over(name) for name in question.by)):
            raise UsageError(f"parts of {metric.name} do not add up to a whole", hint="leave --share out")


def condition_of(question: Question, metrics: Sequence[Metric]) -> exp.Expr | None:
    """The condition of a question over what all its metrics are known by. Raise UsageError for any other."""
    if question.where is None:
        return None
    types = [
        {name: part.dimensions[name].type if name in part.dimensions else "string" for name in known_by(part)}
        for part in made_of(metrics)
    ]
    shared = {name: kind for name, kind in types[0].items() if all(each.get(name) == kind for each in types)}
    if not question.where.strip():
        raise UsageError("the condition is empty", hint="leave it out, or say which rows")
    try:
        check_condition(question.where, shared)
        return parsed_condition(question.where)[0]
    except DefinitionError as error:
        raise UsageError(error.message, hint=error.hint) from None
