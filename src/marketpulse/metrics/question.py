"""A question about metrics, as people ask it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marketpulse.errors import UsageError
from marketpulse.metrics.days import COMPARISONS, Period, back, day_of, length, month_of, start_of, units_to
from marketpulse.metrics.metric import CURRENCY, GRAINS

#: Short words for a period to date.
TO_DATE = {"wtd": "week", "mtd": "month", "qtd": "quarter", "ytd": "year"}
_WEEK = 7
#: Grains whose periods begin on the same date in every year.
_BY_DATE = ("day", "month", "quarter", "year")
#: Days of a rolling window, lines of the largest.
MOST_ROLLING, MOST_TOP = 3_660, 10_000


@dataclass(frozen=True)
class Span:
    """Which days: one of a length back from the newest day, a day to another, a month, to date, or all there are.

    With `full` the newest day does not count while more of it may come.
    """

    last: str | None = None
    first_day: str | None = None
    last_day: str | None = None
    month: str | None = None
    to_date: str | None = None
    everything: bool = False
    full: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "to_date", TO_DATE.get(self.to_date or "", self.to_date))
        given = [self.last, self.first_day or self.last_day, self.month, self.to_date, self.everything or None]
        if sum(1 for each in given if each) > 1:
            raise UsageError("several periods are asked for", hint="one of last, from and to, month, to date, all")
        if self.to_date and self.to_date not in GRAINS:
            raise UsageError(f"to date of {self.to_date[:40]!r}", hint="week, month, quarter or year")

    @property
    def is_given(self) -> bool:
        """Whether anybody says which days; all there are leave none out."""
        return any((self.last, self.first_day, self.last_day, self.month, self.to_date))

    def period(self, oldest: date, newest: date) -> Period:
        """The days, where those that there are go from `oldest` to `newest`. Raise UsageError where there is none."""
        if self.month:
            return month_of(self.month)
        if self.to_date:
            return Period(start_of(newest, self.to_date), newest, self.to_date)
        if self.first_day or self.last_day:
            return self._between(oldest, newest)
        return Period(oldest, newest) if self.everything else back(self.last or "28d", newest)

    def _between(self, oldest: date, newest: date) -> Period:
        """From a day to another, of which one may be left to what there is."""
        first, last = day_of(self.first_day or str(oldest)), day_of(self.last_day or str(newest))
        if first <= last:
            return Period(first, last)
        if self.first_day and self.last_day:
            raise UsageError(f"{first} is after {last}", hint="the first day comes first")
        what = f"from {first} on" if self.first_day else f"up to {last}"
        raise UsageError(f"there is no day {what}", hint=f"the days there are: {Period(oldest, newest)}")


@dataclass(frozen=True)
class Question:
    """Which metrics, by what, of which days.

    `grain` cuts the days into weeks, months …; `compare` sets another period beside; `rolling` makes each day the
    value of so many days up to it; `share` says which part of all each row is; `top` keeps the largest.
    """

    metrics: tuple[str, ...]
    by: tuple[str, ...] = ()
    span: Span = field(default_factory=Span)
    grain: str | None = None
    compare: str | None = None
    where: str | None = None
    rolling: int | None = None
    share: bool = False
    top: int | None = None

    def __post_init__(self) -> None:
        if not self.metrics:
            raise UsageError("no metric is asked for", hint="marketpulse metrics lists them")
        for name in ("grain", "compare"):  # as a form or a script says that it asks for none
            object.__setattr__(self, name, getattr(self, name) or None)
        if self.compare and self.compare not in COMPARISONS:
            raise UsageError(f"compare with {self.compare[:40]!r}", hint="one of " + ", ".join(COMPARISONS))
        if self.compare == "year" and self.grain and self.grain not in _BY_DATE:
            object.__setattr__(self, "compare", "same-weekday")  # no week begins on the date of another one
        if self.compare == "previous" and self.grain and self.span.everything:
            raise UsageError("nothing is before all the days there are", hint=self._beside())
        for name, least, most in (("rolling", 2, MOST_ROLLING), ("top", 1, MOST_TOP)):
            if (value := getattr(self, name)) is not None and not least <= value <= most:
                raise UsageError(f"{name} is {str(value)[:40]}", hint=f"from {least:,} to {most:,}")
        if self.top and not any(name != CURRENCY for name in self.by):
            raise UsageError("the largest of what?", hint="say which members: --by DIMENSION; a period is one line")
        if self.rolling and self.grain not in (None, "day"):
            raise UsageError("a rolling window has a value a day", hint="leave the grain out, or say day")

    @property
    def cut(self) -> str | None:
        """What the days are cut into."""
        return "day" if self.rolling else self.grain

    def counted(self) -> tuple[int, str] | None:
        """How many units of its grain are asked for; None where days are. Raise UsageError for what is no length."""
        count, unit = length(self.span.last) if self.span.last else (0, "")
        # Of the calendar's (4-5-4) it is known when they are seen whether they are weeks.
        is_own = unit == self.grain or (unit == "week" and self.grain and self.grain not in GRAINS)
        return (count, unit) if is_own and unit != "day" else None

    def period(self, oldest: date, newest: date, within: Period | None = None) -> Period:
        """The days, where those that there are go from `oldest` to `newest`, which is `within` one of the grain.

        Raise UsageError where there is none, or none that can be compared as asked.
        """
        counted = self.counted()
        if counted and within and (self.grain in GRAINS or within.days == _WEEK):
            found = units_to(counted[0], within, counted[1], newest)
        else:
            found = self.span.period(oldest, newest)
        if self.compare == "day" and found.days > 1 and self.cut != "day":
            what = f"the day before is that of one day, and {found} is {found.days:,}"
            raise UsageError(what, hint="--grain day, --last 1d, or --compare previous")
        return found

    def _beside(self) -> str:
        """What to type for each period beside the one before it."""
        if self.grain == "quarter":
            return "--last 4q puts four quarters beside the four before them"
        name = self.grain if self.grain in _BY_DATE else "week"
        return f"--compare {name} puts each {name} beside the one before it"

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Question:
        """A question from names and values, as commands, files and addresses write them: `by` also with commas."""
        names = ("last", "first_day", "last_day", "month", "to_date", "everything", "full")
        span = Span(**{name: given[name] for name in names if given.get(name)})
        rest = {name: value for name, value in given.items() if name not in names and value is not None}
        metrics = tuple(rest.pop("metrics", ()))
        by = rest.pop("by", ())
        words = [by] if isinstance(by, str) else by
        dimensions = tuple(name.strip() for word in words for name in word.split(",") if name.strip())
        return cls(metrics, dimensions, span, **rest)
