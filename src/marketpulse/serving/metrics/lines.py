"""Cells as lines: beside what they are compared with, marked where more may come, in the order people read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from marketpulse.metrics.compiling import split
from marketpulse.metrics.days import Period
from marketpulse.metrics.metric import CURRENCY, Measured, Metric, parts
from marketpulse.metrics.question import Question
from marketpulse.metrics.refusing import made_of
from marketpulse.serving.metrics.answer import Line, Value
from marketpulse.serving.metrics.comparing import withheld
from marketpulse.serving.metrics.coverage import Coverage
from marketpulse.serving.metrics.reading import Cells, Key


@dataclass(frozen=True)
class Found:
    """What the warehouse answered: cells of the days, of those before them, of the whole, of all days for the order.

    `buckets` are the periods that the days are cut into, `earlier` those before, `pairs` which of those stands beside
    which.
    """

    cells: Cells
    before: Cells = field(default_factory=dict)
    whole: Cells = field(default_factory=dict)
    ranks: Cells = field(default_factory=dict)
    buckets: Sequence[Period] = ()
    earlier: Sequence[Period] = ()
    pairs: Mapping[date, date] = field(default_factory=dict)

    def earlier_of(self, key: Key) -> Key:
        """What a line stands beside: the same members and currency of the period before."""
        return replace(key, period=self.pairs.get(key.period) if key.period else None)

    def all_keys(self) -> list[Key]:
        """What there is, and what there was before and is no more, in the period that it stands beside."""
        now = {then: period for period, then in self.pairs.items()}
        was = [key for key, values in self.before.items() if any(values)]
        gone = (replace(key, period=now.get(key.period) if key.period else None) for key in was)
        kept = (key for key, then in zip(gone, was, strict=True) if key.period or not then.period)
        return list(dict.fromkeys([*self.cells, *kept]))

    def has(self, key: Key) -> bool:
        """Whether a line has, or had, any value but 0."""
        return any((*self.cells.get(key, ()), *self.before.get(self.earlier_of(key), ())))


@dataclass(frozen=True)
class Whole:
    """What lines are made for: the metrics and the question, its days, those that each source has."""

    metrics: Sequence[Metric]
    question: Question
    period: Period | None
    covered: Sequence[Coverage]

    def counted(self, values: Sequence[Value], span: Period | None) -> tuple[Value, ...]:
        """The values, 0 where nothing was counted on days that are there, none where none of them is there."""
        return tuple(self._counted(*each, span) for each in zip(self.metrics, values, strict=True))

    def total(self, cells: Cells, key: Key) -> Iterator[Value]:
        """The whole that each value of a line is a part of: that of its currency.

        Where counts are asked for by currency it is that of all: they add up over it, which amounts never do.
        """
        of_its_own = cells.get(Key(key.period, (), key.currency), (None,) * len(self.metrics))
        every = [values for each, values in cells.items() if each.period == key.period]
        apart = split(made_of(self.metrics)) if CURRENCY in self.question.by else frozenset()
        for index, metric in enumerate(self.metrics):
            is_of_all = metric.unit != "money" and metric.name in apart
            yield sum(values[index] or 0 for values in every) if is_of_all else of_its_own[index]

    def withheld(self, days: tuple[Period | None, Period | None]) -> tuple[str | None, ...]:
        """Why no change of each metric is told; nothing where nothing is compared."""
        now, then = days
        if now is None or then is None:
            return ()
        window = self.question.rolling or 1
        return tuple(withheld(metric, self.covered, (now, then), window) for metric in self.metrics)

    def _counted(self, metric: Metric, value: Value, span: Period | None) -> Value:
        if value or span is None or not all(part.time for part in parts(metric)):
            return value
        if not all(self._is_there(part, span) for part in parts(metric)):
            return None  # nothing divided by something is 0 only where it is known that there was nothing
        return 0 if isinstance(metric, Measured) and metric.is_zero else value

    def _is_there(self, part: Measured, span: Period) -> bool:
        covered = next((each for each in self.covered if each.of == part.dated), None)
        return covered is not None and any(covered.has(span.first + timedelta(days=n)) for n in range(span.days))


def laid_out(whole: Whole, found: Found, compared: Period | None) -> tuple[Line, ...]:
    """The lines of an answer."""
    question, period, covered = whole.question, whole.period, whole.covered
    spans = {bucket.first: bucket for bucket in found.buckets}
    earlier = {bucket.first: bucket for bucket in found.earlier}
    nothing: tuple[Value, ...] = (None,) * len(whole.metrics)
    lines = []
    for key in _ordered(question, found):
        other = found.earlier_of(key)
        then = other.period
        span = spans.get(key.period) if key.period else period
        values = whole.counted(found.cells.get(key, nothing), _within(span, period))
        sooner = _within(earlier.get(then) if then else None if key.period else compared, compared)
        before = whole.counted(found.before.get(other, nothing), sooner) if compared else ()
        shares = tuple(map(_part, values, whole.total(found.whole, key))) if question.share else ()
        mark = _mark(span, period, covered, question) if span and period else None
        days = (_within(span, period), sooner)
        lines.append(Line(key.period, key.members, key.currency, values, before, shares, mark, whole.withheld(days)))
    return tuple(lines)


def _within(span: Period | None, period: Period | None) -> Period | None:
    """The days of a span that were asked for."""
    return span.within(period) if span and period else None


def _part(value: Value, whole: Value) -> float | None:
    return float(value) / float(whole) if value is not None and whole else None


def _ordered(question: Question, found: Found) -> list[Key]:
    """Periods from the first, in them the largest first: currencies, and values of a currency; of the `top` only.

    Members of which every number is 0 or unknown come last: the currency of one cost has a line for each of them.
    """
    keys = found.all_keys()
    if any(key.currency for key in keys):  # of no currency is what is 0 in each of those that there are
        keys = [key for key in keys if key.currency or found.has(key)]
    if not question.by or question.by == (CURRENCY,):  # every period has a line, also one without rows
        currencies = {key.currency for key in keys} or {None}
        starts = [bucket.first for bucket in found.buckets] if question.cut else [None]
        keys = list(dict.fromkeys([*keys, *(Key(start, (), each) for start in starts for each in currencies)]))
    ranks = found.ranks or found.cells
    if question.top:
        kept = set(_top(ranks, question.top))
        keys = [key for key in keys if Key(None, key.members, key.currency) in kept]
    held = _held(found.cells)
    nothing: tuple[Value, ...] = (None,)

    def place(key: Key) -> tuple[object, ...]:
        rank = ranks.get(Key(None, key.members, key.currency)) or found.cells.get(key, nothing)
        is_empty = bool(key.members) and not found.has(key)
        currency = (held.get(key.currency, ()), key.currency or "")
        sizes = [*map(_descending, (*rank, *found.before.get(found.earlier_of(key), nothing)))]
        return key.period or date.min, is_empty, *currency, sizes, tuple(map(str, key.members))

    return sorted(keys, key=place)


def _held(cells: Cells) -> dict[str | None, tuple[float, ...]]:
    """What there is of each metric in a currency, negated: whoever holds the most comes first."""
    found: dict[str | None, tuple[float, ...]] = {}
    for key, values in cells.items():
        known = found.get(key.currency, (0.0,) * len(values))
        found[key.currency] = tuple(so_far - abs(float(each or 0)) for so_far, each in zip(known, values, strict=True))
    return found


def _top(ranks: Cells, most: int) -> Iterator[Key]:
    by_currency: dict[str | None, list[Key]] = {}
    # An amount that is not known comes last; a line that only has what stands beside amounts has none.
    ranked = [key for key in ranks if ranks[key][0] is not None or key.currency is not None]
    for key in sorted(ranked, key=lambda key: (*_descending(ranks[key][0]), tuple(map(str, key.members)))):
        by_currency.setdefault(key.currency, []).append(key)
    for keys in by_currency.values():
        yield from keys[:most]


def _descending(value: Value) -> tuple[bool, float]:
    return value is None, -float(value or 0)


def _mark(span: Period, period: Period, covered: Sequence[Coverage], question: Question) -> str | None:
    """Why more of a span may come, or why not all of it was asked for."""
    within = span.within(period)
    days = [within.first + timedelta(days=n) for n in range(within.days)]
    reasons: dict[str, set[date]] = {}
    for day in days:
        for reason in filter(None, (each.mark(day) for each in covered)):
            reasons.setdefault(reason, set()).add(day)
    told = [reason if len(days) == 1 else f"{len(of)} of {len(days)} days {reason}" for reason, of in reasons.items()]
    if len(days) < span.days and not question.rolling:
        told.append(f"{len(days)} of its {span.days} days")
    if question.rolling and (begun := _begun(span.last, question.rolling, covered)) is not None:
        told.append(f"{begun} of its {question.rolling:,} days")
    return ", ".join(told) or None


def _begun(day: date, length: int, covered: Sequence[Coverage]) -> int | None:
    """How many days of the window up to a day there are, None where none of it is before the first of a source."""
    oldest = max((each.oldest for each in covered if each.oldest), default=date.min)
    there = (day - oldest).days + 1
    return max(there, 0) if there < length else None
