"""A metric of rows as one `select`: its source, the entities that it is asked by, its days and conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches

from sqlglot import exp

from marketpulse.errors import UsageError
from marketpulse.metrics.days import Period
from marketpulse.metrics.joins import SOURCE, join, joined
from marketpulse.metrics.metric import CURRENCY, GRAINS, Measured
from marketpulse.sql.aggregating import row_columns

#: What the columns of a query are called beside its dimensions, and the relation of the days of rolling windows.
PERIOD, VALUE, _DAYS = "period", "_value", "days"
#: What an amount is in of which nobody says it.
UNKNOWN = "unknown"
#: Names that stand beside values in every answer, and relations of queries: no metric, no entity is called so.
TAKEN = frozenset((PERIOD, CURRENCY, "incomplete"))
RELATIONS = frozenset((SOURCE, _DAYS, "calendar"))


@dataclass(frozen=True)
class Asked:
    """What is asked of every metric of a query: days, what they are cut into, dimensions, a condition on these.

    With `apart`, amounts and what is counted beside them stand by their currency.
    """

    period: Period | None = None
    grain: str | None = None
    by: tuple[str, ...] = ()
    where: exp.Expr | None = None
    rolling: int | None = None
    apart: bool = False


def facts(metric: Measured, asked: Asked) -> exp.Select:
    """The metric's value for each period, member of the dimensions and currency that its rows have."""
    columns = _columns(metric, asked)
    given = [exp.alias_(column.copy(), name, quoted=True) for name, column in columns.items()]
    value = exp.alias_(_each(metric.expression, _source), VALUE, quoted=True)
    query = exp.select(*given, value).from_(exp.to_table(metric.source, alias=SOURCE))
    read = [column.name.lower() for column in row_columns(asked.where)] if asked.where is not None else []
    for other in joined(metric, (*asked.by, *read), asked.grain):
        query = join(query, other)
    if asked.rolling and asked.period:
        query = _with_days(query, metric, asked.period, asked.rolling)
    if conditions := list(_conditions(metric, asked)):
        query = query.where(*conditions, copy=False)
    groups = [column.copy() for column in columns.values() if not isinstance(column, exp.Literal)]
    return query.group_by(*groups, copy=False) if groups else query


def known_by(metric: Measured) -> tuple[str, ...]:
    """Names that the metric can be grouped and filtered by."""
    own = (CURRENCY,) if metric.currency and CURRENCY not in metric.dimensions else ()
    return (*metric.dimensions, *own)


def refuse_grain(metric: Measured, grain: str) -> None:
    """Raise UsageError, with what is nearly it, for a grain neither of everybody nor of the calendar."""
    known = [*GRAINS, *(metric.calendar.grains if metric.calendar else ())]
    if grain not in known:
        close = get_close_matches(grain.lower(), known, n=1)
        hint = f"did you mean {close[0]}?" if close else "one of " + ", ".join(known)
        raise UsageError(f"there is no grain {grain[:40]!r}", hint=hint)


def dimension(metric: Measured, name: str) -> exp.Expr:
    """The column of a dimension, or the currency. Raise UsageError for what the metric cannot be asked by."""
    if name not in known_by(metric):
        known = ", ".join(known_by(metric)) or "nothing"
        raise UsageError(f"{metric.name} is not known by {name[:80]!r}", hint=f"by {known}")
    if name == CURRENCY and metric.currency:
        return exp.Literal.string(metric.currency) if metric.currency.isupper() else _source(metric.currency)
    found = metric.dimensions[name]
    return exp.column(found.column, table=found.entity.name if found.entity else SOURCE, quoted=True)


def _columns(metric: Measured, asked: Asked) -> dict[str, exp.Expr]:
    """What the query groups by, by its name."""
    found = {PERIOD: _period(metric, asked)} if asked.grain else {}
    found |= {name: dimension(metric, name) for name in asked.by}
    if asked.apart and metric.currency:
        found[CURRENCY] = _currency(found.get(CURRENCY, dimension(metric, CURRENCY)))
    return found


def _period(metric: Measured, asked: Asked) -> exp.Expr:
    """The first day of the period that a row is in."""
    grain, calendar = asked.grain or "", metric.calendar
    if metric.time is None:
        raise UsageError(f"{metric.name} has no days: it is of now", hint="ask for it without a period")
    if asked.rolling:
        return exp.column("day", table=_DAYS, quoted=True)
    if grain in GRAINS:
        unit = exp.Literal.string(GRAINS[grain])
        day = _source(metric.time)
        return day if grain == "day" else exp.Anonymous(this="trunc", expressions=[day, unit])
    refuse_grain(metric, grain)
    assert calendar is not None  # noqa: S101 - the grain is one of its own
    return exp.column(calendar.grains[grain], table=calendar.entity.name, quoted=True)


def _conditions(metric: Measured, asked: Asked) -> Iterator[exp.Expr]:
    if metric.where is not None:
        yield exp.paren(_each(metric.where, _source))
    if asked.where is not None:
        yield exp.paren(_each(asked.where, lambda name: dimension(metric, name.lower())))
    if asked.period and metric.time:
        first = asked.period.first - timedelta(days=(asked.rolling or 1) - 1)
        yield exp.GTE(this=_source(metric.time), expression=_day(first))
        yield exp.LTE(this=_source(metric.time), expression=_day(asked.period.last))


def _with_days(query: exp.Select, metric: Measured, period: Period, length: int) -> exp.Select:
    """Each row beside every day whose window it is in: a window is computed from its rows, not from other days."""
    step = exp.Interval(this=exp.Literal.string("1"), unit=exp.Var(this="DAY"))
    ends = exp.Anonymous(this="sequence", expressions=[_day(period.first), _day(period.last), step])
    spread = exp.Anonymous(this="explode", expressions=[ends])
    days = exp.select(exp.alias_(spread, "day", quoted=True)).subquery(_DAYS)
    day = exp.column("day", table=_DAYS, quoted=True)
    since = exp.Anonymous(this="date_sub", expressions=[day.copy(), exp.Literal.number(length - 1)])
    time = _source(metric.time or "")
    within = exp.And(this=exp.LTE(this=time, expression=day), expression=exp.GTE(this=time.copy(), expression=since))
    return query.join(days, on=within, join_type="inner", copy=False)


def _currency(column: exp.Expr) -> exp.Expr:
    """What rows are in, one word for all of which nobody says it."""
    if isinstance(column, exp.Literal):
        return column
    return exp.Anonymous(this="coalesce", expressions=[column, exp.Literal.string(UNKNOWN)])


def _each(tree: exp.Expr, by: Callable[[str], exp.Expr]) -> exp.Expr:
    """An expression with other columns in the place of its own."""
    whole = exp.Paren(this=tree.copy())
    for column in list(row_columns(whole)):
        column.replace(by(column.name))
    found: exp.Expr = whole.this
    return found


def _source(name: str) -> exp.Expr:
    return exp.column(name, table=SOURCE, quoted=True)


def _day(day: date) -> exp.Expr:
    return exp.cast(exp.Literal.string(day.isoformat()), "date", dialect="spark")
