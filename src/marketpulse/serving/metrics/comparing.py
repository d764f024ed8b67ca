"""What may be compared: whole days with whole days. Of others the values are told, and no change.

A day is not whole where more of it may come, where its feed has not come, or where the data begin within it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from marketpulse.metrics.days import Period, compared, goes_by_date, moved
from marketpulse.metrics.metric import Metric, parts
from marketpulse.metrics.question import Question
from marketpulse.serving.metrics.coverage import Coverage

Days = tuple[Period, Period | None]


def sides(question: Question, period: Period, covered: Sequence[Coverage]) -> Days:
    """The days of an answer, and those they are compared with: as far as the newest whole day, and as many before.

    Cut into days, weeks … all of them are told; each is compared where it is whole.
    """
    if question.compare is None:
        return period, None
    before = compared(period, question.compare)
    last = max(filter(None, (each.last_whole(period) for each in covered)), default=None)
    if question.cut or last is None or last == period.last:
        return period, before
    part = replace(period, last=last)
    if goes_by_date(period, question.compare):
        return part, replace(before, last=min(moved(last, question.compare, period), before.last))
    return part, replace(before, last=min(before.first + timedelta(days=part.days - 1), before.last))


def withheld(metric: Metric, covered: Sequence[Coverage], days: Days, window: int) -> str | None:
    """Why no change of a metric is told: which of the days are not whole. With a `window` each is of so many days."""
    dated = {part.dated for part in parts(metric)}
    told: dict[str, None] = {}
    for each in covered if days[1] else ():
        if each.of in dated:
            for side in filter(None, days):
                told |= dict.fromkeys(_doubts(each, replace(side, first=side.first - timedelta(days=window - 1))))
    return ", ".join(told) or None


def _doubts(coverage: Coverage, period: Period) -> Iterator[str]:
    reasons: dict[str, list[date]] = {}
    for number in range(period.days):
        day = period.first + timedelta(days=number)
        if reason := coverage.doubt(day, alone=period.days == 1):
            reasons.setdefault(reason, []).append(day)
    for reason, found in reasons.items():
        yield f"{found[0]} is {reason}" if len(found) == 1 else f"{len(found):,} of {period.days:,} days are {reason}"
