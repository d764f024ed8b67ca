"""gold.dim_date beside the calendars that others publish: ISO weeks, the retailers' 4-5-4, the same day last year."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from marketpulse.project.project import Project, load_project
from tests.retail.lab import build

#: First days of the years of the National Retail Federation's 4-5-4 calendar, as it published them.
NRF = {
    2010: "2010-01-31", 2011: "2011-01-30", 2012: "2012-01-29", 2013: "2013-02-03", 2014: "2014-02-02",
    2015: "2015-02-01", 2016: "2016-01-31", 2017: "2017-01-29", 2018: "2018-02-04", 2019: "2019-02-03",
    2020: "2020-02-02", 2021: "2021-01-31", 2022: "2022-01-30", 2023: "2023-01-29", 2024: "2024-02-04",
    2025: "2025-02-02", 2026: "2026-02-01", 2027: "2027-01-31",
}  # fmt: skip


@cache
def calendar(*columns: str) -> dict[str, tuple[Any, ...]]:
    """Columns of each day."""
    return {row[0]: row[1:] for row in build("gold.dim_date", ", ".join(("calendar_date", *columns)), {})}


def test_iso_weeks_are_those_of_the_standard() -> None:
    for day, (year, week, monday) in calendar("iso_year", "week_of_year", "iso_week_start_date").items():
        found = date.fromisoformat(day)
        assert (year, week) == found.isocalendar()[:2], day
        assert monday == (found - timedelta(days=found.weekday())).isoformat()


def test_retail_years_begin_when_the_nrf_says_and_some_have_53_weeks() -> None:
    rows = calendar("retail_year", "retail_year_start_date", "retail_week").values()
    starts = {year: start for year, start, _ in rows}
    assert {year: starts[year] for year in NRF} == NRF
    long = {year for year, _, week in rows if week == 53}
    assert long & set(range(2000, 2030)) == {2000, 2006, 2012, 2017, 2023, 2028}


def test_retail_months_have_4_5_and_4_weeks_and_the_last_of_a_long_year_5() -> None:
    rows = calendar("retail_year", "retail_quarter", "retail_month", "retail_week_of_month").values()
    days = Counter((year, month) for year, _, month, _ in rows)
    assert [days[2024, month] // 7 for month in range(1, 13)] == [4, 5, 4] * 4
    assert [days[2023, month] // 7 for month in range(1, 13)] == [4, 5, 4] * 3 + [4, 5, 5]
    assert {(quarter, (month - 1) // 3 + 1) for _, quarter, month, _ in rows} == {(q, q) for q in range(1, 5)}
    assert max(week for *_, week in rows) == 5


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # Thanksgiving, Christmas, the 53rd week and the day after it.
        ("2023-11-23", (2023, 4, 10, 43, 4, "2023-11-19", "2023-10-29")),
        ("2024-12-25", (2024, 4, 11, 47, 4, "2024-12-22", "2024-12-01")),
        ("2024-02-03", (2023, 4, 12, 53, 5, "2024-01-28", "2023-12-31")),
        ("2024-02-04", (2024, 1, 1, 1, 1, "2024-02-04", "2024-02-04")),
        ("2000-01-01", (1999, 4, 11, 48, 5, "1999-12-26", "1999-11-28")),
    ],
)
def test_days_of_the_published_calendar(day: str, expected: tuple[Any, ...]) -> None:
    names = ("year", "quarter", "month", "week", "week_of_month", "week_start_date", "month_start_date")
    assert calendar(*(f"retail_{name}" for name in names))[day] == expected


def test_the_same_day_last_year_of_the_month_of_the_week_and_of_the_retail_week() -> None:
    found = calendar("previous_year_date", "previous_year_weekday_date", "previous_retail_year_date")
    assert found["2024-02-29"] == ("2023-02-28", "2023-03-02", "2023-02-23")
    assert found["2026-11-27"] == ("2025-11-27", "2025-11-28", "2025-11-28")
    # The year after 53 weeks: its first week lies beside the second one, restated, and is the first one's successor.
    assert found["2024-02-04"] == ("2023-02-04", "2023-02-05", "2023-01-29")
    assert found["2024-01-28"] == ("2023-01-28", "2023-01-29", None)
    assert found["2023-01-29"] == ("2022-01-29", "2022-01-30", "2022-01-30")


def test_another_start_of_the_year_and_of_the_week(tmp_path: Path) -> None:
    said = "name: shop\nextends: retail\nsettings: {retail_year_start_month: 9, retail_week_start_day: 2}\n"
    (tmp_path / "project.yaml").write_text(said)
    columns = "calendar_date, retail_year, retail_week, retail_year_start_date"
    rows = {row[0]: row[1:] for row in build("gold.dim_date", columns, {}, load_project(tmp_path))}
    assert rows["2026-08-30"] == (2025, 52, "2025-09-01")
    assert rows["2026-08-31"] == (2026, 1, "2026-08-31")
    assert len(rows) == 18_263


def holidays(project: Project | None, year: str) -> dict[str, str]:
    """Holidays of a year by their days."""
    rows = build("gold.dim_date", "calendar_date, is_holiday, holiday_name", {}, project)
    assert all(is_holiday == (name is not None) for _, is_holiday, name in rows)
    return {day: name for day, _, name in rows if name and day.startswith(year)}


def test_holidays_are_those_of_the_country(tmp_path: Path) -> None:
    american = holidays(None, "2026")
    assert american["2026-11-26"] == "Thanksgiving Day"
    assert american["2026-07-03"] == "Independence Day (observed)"
    (tmp_path / "project.yaml").write_text("name: shop\nextends: retail\nsettings: {holiday_country: DE}\n")
    german = holidays(load_project(tmp_path), "2026")
    assert (len(german), german["2026-10-03"], german["2026-04-03"]) == (9, "German Unity Day", "Good Friday")
    assert "2026-11-26" not in german


def test_holidays_of_ones_own_take_the_place_of_the_packs(tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text("name: shop\nextends: retail\nsettings: {holiday_country: SE}\n")
    (tmp_path / "reference").mkdir()
    own = "country,holiday_date,holiday_name\nSE,2026-06-19,Midsummer Eve\n"
    (tmp_path / "reference" / "holidays.csv").write_text(own)
    assert holidays(load_project(tmp_path), "2026") == {"2026-06-19": "Midsummer Eve"}
