"""What people must know beside the lines of an answer: alerts, days without rows, what is of all currencies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from marketpulse.metrics.compiling import split
from marketpulse.metrics.days import Period, end_of, is_of_months, start_of
from marketpulse.metrics.metric import Goal, Metric, Ratio, parts
from marketpulse.metrics.showing import written
from marketpulse.serving.metrics.answer import Answer, Line, Value
from marketpulse.serving.metrics.coverage import Coverage

_MOST_DAYS, _MOST_REASONS, _MOST_NAMED = 3, 5, 3


def notes(answer: Answer, covered: Sequence[Coverage]) -> tuple[str, ...]:
    """Sentences to tell beside an answer."""
    metrics, lines = answer.metrics, answer.lines
    read, beside = (_read(days, answer.question.rolling, covered) for days in (answer.period, answer.compared))
    told = [
        *(f"alert: {told}" for _, told in beyond(answer)),
        *_unknown(metrics, lines),
        *_shared(metrics, lines),
        *_without_rows(metrics, covered, read),
    ]
    told += [*_left_out(answer, covered), *_uneven(answer)]
    # Days without rows among others may be days on which nothing was sold: nobody knows.
    gaps = (f"{each}: what is compared may not be whole" for each in _without_rows(metrics, covered, beside))
    return tuple(dict.fromkeys([*told, *(list(_withheld(answer)) or gaps)]))


def beyond(answer: Answer) -> Iterator[tuple[Line, str]]:
    """Lines with a value that somebody wants to know of, and a sentence; what is not whole yet alarms nobody."""
    period = answer.period
    for index, metric in enumerate(answer.metrics):
        goal = metric.alert
        if goal is None or answer.question.by or not _is_of(goal, answer.question.cut, period):
            continue
        for line in answer.lines:
            value = line.values[index]
            if line.mark is None and goal.currency in (None, line.currency) and (limit := _beyond(goal, value)):
                when = f"{line.period or period or 'now'}: "
                told = f"{when}{metric.label} {written(metric, value)} is {limit[0]} {written(metric, limit[1])}"
                yield line, told


def _is_of(goal: Goal, grain: str | None, period: Period | None) -> bool:
    """Whether lines of a grain are what a goal is said of."""
    if goal.per is None or goal.per == grain:
        return True
    whole = period and (period.first, period.last) == (start_of(period.last, goal.per), end_of(period.last, goal.per))
    return grain is None and bool(whole)


def _beyond(goal: Goal, value: Value) -> tuple[str, float] | None:
    if value is not None and goal.below is not None and value < goal.below:
        return "below", goal.below
    return ("above", goal.above) if value is not None and goal.above is not None and value > goal.above else None


def _unknown(metrics: Sequence[Metric], lines: Sequence[Line]) -> Iterator[str]:
    """Amounts that are not known though there are rows: one of their parts is not, or there is nothing to divide by."""
    for index, metric in enumerate(metrics):
        open_ones = [line for line in lines if line.values[index] is None and metric.unit == "money" and line.currency]
        if open_ones and any(value is not None for line in open_ones for value in line.values):
            count = "1 line" if len(open_ones) == 1 else f"{len(open_ones):,} lines"
            why = "there is nothing to divide by, or " if isinstance(metric, Ratio) else ""
            yield f"{metric.label} is not known in {count}: {why}an amount there is not (a missing rate)"


def _shared(metrics: Sequence[Metric], lines: Sequence[Line]) -> Iterator[str]:
    """What has no currency stands beside each of several."""
    if len({line.currency for line in lines}) < 2:
        return
    made = {part.name: part for metric in metrics for part in parts(metric)}
    apart = split(list(made.values()))
    if labels := [part.label for part in made.values() if part.name not in apart]:
        yield f"{', '.join(labels)} {'is' if len(labels) == 1 else 'are'} of all currencies, the same beside each"


def _left_out(answer: Answer, covered: Sequence[Coverage]) -> Iterator[str]:
    """Days that were asked for and are not compared."""
    if days := answer.left_out:
        why = ", ".join(dict.fromkeys(filter(None, (each.mark(days.first) for each in covered))))
        yield f"{days} left out: {why or 'not whole'}; whole days are compared"


def _withheld(answer: Answer) -> Iterator[str]:
    """Lines of which no change is told though there are two values, by the reason."""
    lines: dict[str, dict[str, None]] = {}
    for line in answer.lines:
        for value, before, reason in zip(line.values, line.before, line.withheld, strict=False):
            if reason and value is not None and before is not None:
                lines.setdefault(reason, {})[str(line.period or "")] = None
    for reason, periods in list(lines.items())[:_MOST_REASONS]:
        named = ", ".join([each for each in periods if each][:_MOST_DAYS])
        yield f"no change is told{f' of {named}' if named else ''}: {reason}"
    if len(lines) > _MOST_REASONS:
        yield f"nor of {len(lines) - _MOST_REASONS:,} more"


def _uneven(answer: Answer) -> Iterator[str]:
    """Days that are compared with fewer, or more: those of short months, and the 29th of February."""
    period, before = answer.period, answer.compared
    if period is None or before is None or answer.question.cut or (is_of_months(period) and is_of_months(before)):
        return
    if period.days != before.days:
        yield f"{period.days:,} days are compared with {before.days:,}"


def _read(period: Period | None, window: int | None, covered: Sequence[Coverage]) -> Period | None:
    """The days of an answer with those of its windows; of windows that begin before the first day lines are marked."""
    oldest = min((each.oldest for each in covered if each.oldest), default=None)
    if not (period and window and oldest):
        return period
    first = max(period.first - timedelta(days=window - 1), min(oldest, period.first))
    return replace(period, first=first)


def _without_rows(metrics: Sequence[Metric], covered: Sequence[Coverage], period: Period | None) -> Iterator[str]:
    """Days on which there is nothing of a metric; those of one table lack the same days, so one is named for all."""
    for each in covered if period else ():
        newest = each.newest
        last = min(period.last, newest) if period and newest else date.min
        days = [period.first + timedelta(days=n) for n in range((last - period.first).days + 1)] if period else []
        if gaps := [day for day in days if not each.has(day)]:
            named = ", ".join(map(str, gaps[:_MOST_DAYS])) + (", …" if len(gaps) > _MOST_DAYS else "")
            yield f"{_of(metrics, each)}: nothing on {len(gaps):,} of {len(days):,} days: {named}"


def _of(metrics: Sequence[Metric], coverage: Coverage) -> str:
    """Metrics that these days are of, as people call them."""
    labels = [metric.label for metric in metrics if coverage.of in {part.dated for part in parts(metric)}]
    return ", ".join(labels[:_MOST_NAMED]) + (f" and {len(labels) - _MOST_NAMED} more" * (len(labels) > _MOST_NAMED))
