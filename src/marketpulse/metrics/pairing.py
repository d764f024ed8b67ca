"""Which period of the days before stands beside which: only one that has the same days, so much earlier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from marketpulse.errors import UsageError
from marketpulse.metrics.days import Period, goes_by_date, moved

_HINT = "--grain week --last 8w with --compare previous or year, --grain month --last 6m likewise, or no --grain"


def paired(
    grain: str, how: str, days: tuple[Period, Period], periods: Sequence[Period], earlier: Sequence[Period]
) -> Mapping[date, date]:
    """First day of a period -> first day of the one that it is compared with.

    `days` are those that are asked for, and those before them; `periods` and `earlier` what they are cut into, whole.
    Raise UsageError where weeks, months … of the one do not fall on those of the other: 7 days would stand beside 2.
    """
    if grain == "day":
        return dict(_days(how, days[0], periods, earlier))
    if len(periods) != len(earlier):
        raise _refusal(grain, days)
    found = {}
    for one, other in zip(periods, earlier, strict=True):
        if not _falls_on(how, days, one, other):
            raise _refusal(grain, days)
        found[one.first] = other.first
    return found


def _days(how: str, whole: Period, days: Sequence[Period], earlier: Sequence[Period]) -> list[tuple[date, date]]:
    """Each day and its own; by date the 31st has none in a short month."""
    if goes_by_date(whole, how):
        pairs = [(each.first, moved(each.first, how, whole)) for each in days]
        return [(day, other) for day, other in pairs if day.day == other.day]
    return [(one.first, other.first) for one, other in zip(days, earlier, strict=False)]


def _falls_on(how: str, days: tuple[Period, Period], one: Period, other: Period) -> bool:
    """Whether the days of a period that were asked for, moved, are those of the other; or both are whole."""
    now, then = one.within(days[0]), other.within(days[1])
    first, last = (moved(day, how, days[0]) for day in (now.first, now.last))
    # By date, the first 50 days of a quarter may end a day beside the first 50 of the one before.
    is_as_long = days[0].to_date is not None and now.days == then.days
    return first == then.first and (last == then.last or is_as_long or (now == one and then == other))


def _refusal(grain: str, days: tuple[Period, Period]) -> UsageError:
    name = grain if grain[-1:].isdigit() else f"{grain}s"
    return UsageError(f"by {name}, the days {days[0]} and {days[1]} cannot be set beside each other", hint=_HINT)
