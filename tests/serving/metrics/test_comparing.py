"""What is compared is whole on both sides, or no change is told and the reason is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketpulse.metrics.days import Period
from marketpulse.metrics.metric import Measured, Ratio
from marketpulse.metrics.question import Question, Span
from marketpulse.serving.metrics.comparing import sides, withheld
from marketpulse.serving.metrics.coverage import Coverage

TODAY = date(2026, 3, 31)


def coverage(source: str = "gold.sales", loaded: date = TODAY, **counts: int) -> Coverage:
    """Every day of March up to the day of loading has 100 rows, unless `d09=…` says otherwise."""
    rows = {date(2026, 3, day): 100 for day in range(1, loaded.day + 1)}
    rows |= {date(2026, 3, int(name[1:])): count for name, count in counts.items()}
    return Coverage((source, "day", None, None), {day: count for day, count in rows.items() if count}, loaded)


def metric(source: str) -> Measured:
    return Measured(source.replace(".", "_"), "", "count", source=source, time="day")


def march(first: int, last: int) -> Period:
    return Period(date(2026, 3, first), date(2026, 3, last))


def reason(covered: Coverage, now: Period, then: Period, window: int = 1) -> str | None:
    return withheld(metric("gold.sales"), [covered], (now, then), window)


@pytest.mark.parametrize(
    ("until", "loaded", "full"),
    [
        ("2026-03-09", "2026-03-20", "2026-03-09"),
        ("2026-03-09", "2026-03-09", "2026-03-08"),
        ("2026-03-10", "2026-03-09", "2026-03-08"),  # a business day may begin before the day of UTC
        ("2026-03-01", "2026-03-01", "2026-03-01"),  # there is no day before it
    ],
)
def test_of_days_without_rows_the_newest_whole_one_is_over_and_there(until: str, loaded: str, full: str) -> None:
    ends, rows = date.fromisoformat(until), {date(2026, 3, 1): 1}
    found = Coverage(("gold.firsts", "first", "newest", None), rows, date.fromisoformat(loaded), ends)
    assert str(found.last_full()) == full


def test_whole_days_are_compared() -> None:
    assert reason(coverage(), march(9, 9), march(8, 8)) is None
    assert reason(coverage(), march(8, 14), march(1, 7)) is None
    assert reason(coverage(d10=0), march(9, 12), march(5, 8)) is None  # a day on which nothing is sold


@pytest.mark.parametrize(
    ("covered", "days", "told"),
    [
        (coverage(), (march(2, 2), march(1, 1)), "2026-03-01 is the first day there is, perhaps not whole"),
        (coverage(d01=10), (march(8, 14), march(1, 7)), "2026-03-01 is the first day there is, perhaps not whole"),
        (coverage(d01=0, d02=0), (march(4, 7), march(1, 4)), "2 of 4 days are before the first day there is"),
        (coverage(), (march(31, 31), march(30, 30)), "2026-03-31 is not over when loaded"),
        (coverage(d31=0), (march(29, 31), march(26, 28)), "2026-03-31 is not loaded"),
        (coverage(d31=0, d30=0), (march(29, 31), march(26, 28)), "2 of 3 days are not loaded"),
        (coverage(d31=0, d30=19), (march(30, 30), march(29, 29)), "2026-03-30 is just begun"),
        (
            coverage(d31=0, d30=49),
            (march(30, 30), march(29, 29)),
            "2026-03-30 is less than half of any such weekday before",
        ),
    ],
)
def test_of_what_is_not_whole_no_change_is_told(covered: Coverage, days: tuple[Period, Period], told: str) -> None:
    assert reason(covered, *days) == told


def test_a_weekday_that_is_always_slow_is_whole() -> None:
    mondays = {f"d{day:02}": 30 for day in (9, 16, 23)}
    assert reason(coverage(d31=0, d30=25, **mondays), march(30, 30), march(29, 29)) is None


def test_a_window_needs_all_of_its_days() -> None:
    assert reason(coverage(), march(10, 10), march(9, 9), window=7) is None
    assert reason(coverage(), march(8, 8), march(7, 7), window=8) == "2026-02-28 is before the first day there is"


def test_a_feed_that_has_not_come_holds_back_its_own_metrics_only() -> None:
    covered = [coverage(), coverage("gold.clicks", loaded=TODAY, d31=0, d30=0)]
    days = (march(30, 30), march(29, 29))
    sales, clicks = metric("gold.sales"), metric("gold.clicks")
    assert withheld(sales, covered, days, 1) is None
    for each in (clicks, Ratio("rate", "", "share", numerator=sales, denominator=clicks)):
        assert withheld(each, covered, days, 1) == "2026-03-30 is not loaded"


@pytest.mark.parametrize(
    ("span", "period", "how", "expected"),
    [
        (Span(last="7d"), march(25, 31), "previous", (march(25, 30), march(18, 23))),
        (Span(last="7d"), march(25, 31), "week", (march(25, 30), march(18, 23))),
        (Span(month="2026-03"), march(1, 31), "previous", (march(1, 30), Period(date(2026, 2, 1), date(2026, 2, 28)))),
        (Span(last="1d"), march(31, 31), "previous", (march(31, 31), march(30, 30))),
        (Span(last="3d"), march(28, 30), "previous", (march(28, 30), march(25, 27))),
    ],
)
def test_a_period_is_compared_up_to_its_newest_whole_day(
    span: Span, period: Period, how: str, expected: tuple[Period, Period]
) -> None:
    covered = [coverage(), coverage("gold.clicks", d30=0, d31=0)]
    assert sides(Question(("lines",), span=span, compare=how), period, covered) == expected
    whole = Question(("lines",), span=span, compare=how, grain="day")
    assert sides(whole, period, covered)[0] == period
    assert sides(Question(("lines",), span=span), period, covered) == (period, None)


def test_to_date_stays_to_date() -> None:
    year = Period(date(2026, 1, 1), TODAY, "year")
    now, then = sides(Question(("lines",), span=Span(to_date="year"), compare="previous"), year, [coverage()])
    assert (str(now), str(then)) == ("2026-01-01 to 2026-03-30", "2025-01-01 to 2025-03-30")
    assert now.last - now.first == timedelta(days=88)
