"""When a source is expected to deliver: by the last deadline of its zone, on its days."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.project.expected import Expected
from marketpulse.project.source import load_source

TEXT = "name: sales\ndescription: Lines.\nowner: tills\nformat: csv\n"


def expected(folder: Path, text: str) -> Expected | None:
    path = folder / "sales.yaml"
    path.write_text(TEXT + text, encoding="utf-8")
    return load_source(path).expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", None),
        ("expect: daily by 06:00\n", Expected("daily", time(6))),
        ("expect: weekdays by 07:30 Europe/Berlin\n", Expected("weekdays", time(7, 30), "Europe/Berlin")),
        ("expect: {by: '06:00', files: 2, rows: 10, lag: 1}\n", Expected("daily", time(6), "UTC", 2, 10, 1)),
    ],
)
def test_what_a_source_says(tmp_path: Path, text: str, found: Expected | None) -> None:
    assert expected(tmp_path, text) == found


@pytest.mark.parametrize(
    "text",
    ["always", "daily by 25:00", "daily by 06:00 Berlin", "{by: '06:00', files: 0}"],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(DefinitionError, match=r"sales.yaml:5:"):
        expected(tmp_path, f"expect: {text}\n")


@pytest.mark.parametrize(
    ("said", "now", "day"),
    [
        (Expected("daily", time(6)), "2026-03-10 06:00", "2026-03-10"),
        (Expected("daily", time(6)), "2026-03-10 05:59", "2026-03-09"),
        (Expected("daily", time(6), "America/New_York"), "2026-03-10 09:59", "2026-03-09"),
        (Expected("daily", time(6), "America/New_York"), "2026-03-10 10:00", "2026-03-10"),
        (Expected("daily", time(6), lag=1), "2026-03-10 06:00", "2026-03-09"),
        (Expected("weekdays", time(6)), "2026-03-15 12:00", "2026-03-13"),
        (Expected("weekdays", time(6)), "2026-03-16 05:00", "2026-03-13"),
        (Expected("weekdays", time(6)), "2026-03-16 06:00", "2026-03-16"),
    ],
)
def test_the_day_is_that_of_the_last_deadline(said: Expected, now: str, day: str) -> None:
    assert said.day(datetime.fromisoformat(now)) == date.fromisoformat(day)


def test_what_is_missing_is_said_in_numbers() -> None:
    assert Expected("daily", time(6)).lacks(0, 0) == "0 of 1 files"
    assert Expected("daily", time(6), rows=1000).lacks(1, 12) == "12 of 1,000 rows"
    assert Expected("daily", time(6)).lacks(1, 0) is None
