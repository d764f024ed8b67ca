"""One query for some metrics side by side, in Spark SQL as models are: any dialect's text is made of it.

One metric of rows is its `facts`. Several, and what is divided, are put together by what they are grouped by:

    facts of each --union all--> sides --a row a group--> merged --what has no currency beside each--> the answer
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from marketpulse.errors import UsageError
from marketpulse.metrics.metric import CURRENCY, Measured, Metric, Ratio, parts
from marketpulse.metrics.rows import PERIOD, VALUE, Asked, facts

_SIDES, _MERGED, _ANY_CURRENCY = "sides", "merged", "_any_currency"
#: Digits of an amount that is divided.
_MONEY = "decimal(28,4)"


def compiled(metrics: Sequence[Metric], asked: Asked) -> exp.Query:
    """The query that answers: a column `period` where days are cut, the dimensions, `currency`, then each metric.

    Raise UsageError for what cannot be asked of one of them.
    """
    made = list({part.name: part for metric in metrics for part in parts(metric)}.values())
    if len(metrics) == 1 and isinstance(metrics[0], Measured):
        only = facts(metrics[0], asked)
        only.selects[-1].set("alias", exp.to_identifier(metrics[0].name, quoted=True))
        return only
    if asked.period and len({part.time is None for part in made}) > 1:
        raise UsageError("one of the metrics has no days", hint="ask for it by itself, without a period")
    return _merged(metrics, made, asked)


def is_apart(metrics: Sequence[Metric], by: Sequence[str]) -> bool:
    """Whether an answer has a column of currencies: amounts are never added across them."""
    return CURRENCY in by or any(part.unit == "money" for metric in metrics for part in parts(metric))


def split(made: Sequence[Measured]) -> frozenset[str]:
    """Names of those that stand by their currency: amounts, and what is counted by the very currency of one of them.

    Orders in dollars do not stand beside revenue that was converted: all of them do.
    """
    money = {part.currency for part in made if part.unit == "money"}
    return frozenset(part.name for part in made if part.currency and (not money or part.currency in money))


def _merged(metrics: Sequence[Metric], made: Sequence[Measured], asked: Asked) -> exp.Query:
    names = [*([PERIOD] if asked.grain else []), *(name for name in asked.by if name != CURRENCY)]
    apart = split(made) if asked.apart else frozenset()
    sides: exp.Query = _side(made[0], made, names, replace(asked, apart=made[0].name in apart), asked.apart)
    for part in made[1:]:
        side = _side(part, made, names, replace(asked, apart=part.name in apart), asked.apart)
        sides = exp.union(sides, side, distinct=False, copy=False)
    groups = [*names, *([CURRENCY] if asked.apart else [])]
    values = [_called(_call("max", _column(part.name)), part.name) for part in made]
    merged = exp.select(*map(_column, groups), *values).from_(_SIDES)
    merged = merged.group_by(*map(_column, groups)) if groups else merged
    last = exp.select(*map(_column, groups), *(_called(_final(metric), metric.name) for metric in metrics))
    last = last.with_(_SIDES, as_=sides).with_(_MERGED, as_=merged)
    if not asked.apart:
        return last.from_(_MERGED)
    spread = exp.select(*map(_column, groups), *(_beside(part, names, apart) for part in made), _any_currency(names))
    known = exp.Not(this=exp.Is(this=_column(CURRENCY), expression=exp.Null()))
    alone = exp.Is(this=_column(_ANY_CURRENCY), expression=exp.Null())
    return last.with_("spread", as_=spread.from_(_MERGED)).from_("spread").where(exp.or_(known, alone))


def _side(
    part: Measured, made: Sequence[Measured], names: Sequence[str], asked: Asked, has_currency: bool
) -> exp.Select:
    """The facts of one metric, with a null in the place of the others."""
    rows = facts(part, asked).subquery("facts")
    groups = [_column(name) for name in names]
    if has_currency:
        groups.append(_called(_column(CURRENCY) if asked.apart else exp.Null(), CURRENCY))
    values = [_called(_column(VALUE) if other is part else exp.Null(), other.name) for other in made]
    return exp.select(*groups, *values).from_(rows)


def _beside(part: Measured, names: Sequence[str], apart: frozenset[str]) -> exp.Expr:
    """The value of a group, of what has no currency the same beside each of them."""
    return _column(part.name) if part.name in apart else _called(_over(part.name, names), part.name)


def _any_currency(names: Sequence[str]) -> exp.Expr:
    return _called(_over(CURRENCY, names), _ANY_CURRENCY)


def _over(name: str, names: Sequence[str]) -> exp.Expr:
    return exp.Window(this=_call("max", _column(name)), partition_by=[_column(each) for each in names])


def _final(metric: Metric) -> exp.Expr:
    if not isinstance(metric, Ratio):
        return _column(metric.name)
    above, below = _column(metric.numerator.name), _column(metric.denominator.name)
    if metric.numerator.is_zero:
        above = _call("coalesce", above, exp.Literal.number(0))
    divided = _call("try_divide", *(exp.cast(side, "double", dialect="spark") for side in (above, below)))
    return exp.cast(divided, _MONEY, dialect="spark") if metric.unit == "money" else divided


def _call(name: str, *given: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(given))


def _column(name: str) -> exp.Expr:
    return exp.column(name, quoted=True)


def _called(value: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(value, name, quoted=True)
