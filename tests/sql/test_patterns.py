"""How dates and times are written: what a pattern reads, and what it does not."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketpulse import sql
from marketpulse.engines import Engine
from marketpulse.sql.patterns import Pattern

MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2099, 12, 31))
#: Patterns, as Python writes them.
PATTERNS = {
    "dd.MM.yyyy": "%d.%m.%Y",
    "yyyyMMdd": "%Y%m%d",
    "MM/dd/yy": "%m/%d/%y",
    "dd.MM.yyyy HH:mm": "%d.%m.%Y %H:%M",
    "yyyy-MM-dd'T'HH:mm:ss": "%Y-%m-%dT%H:%M:%S",
    "MM/dd/yyyy hh:mm:ss a": "%m/%d/%Y %I:%M:%S %p",
    "dd-MM-yyyy, HH'h'mm": "%d-%m-%Y, %Hh%M",
    "yyyy.MM.dd HH:mm:ss.SSSSSS": "%Y.%m.%d %H:%M:%S.%f",
}


def values(asked: Engine, pattern: str, *texts: str) -> list[str | None]:
    """What each text is, in SQL's way of writing."""
    rows = " union all ".join(f"select {i} as i, '{text}' as x" for i, text in enumerate(texts))
    query = sql.translate(
        f"select i, {Pattern.of(pattern).sql('x')} as y from bronze.t", asked.dialect, {"bronze.t": "t"}
    )
    query = query.replace(asked.dialect.name("t"), f"({rows})", 1)
    return [y for _, y in sorted(asked.rows(query))]


@settings(max_examples=60)
@given(MOMENTS, st.sampled_from(sorted(PATTERNS)))
def test_a_pattern_matches_what_is_written_so_and_nothing_else(moment: datetime, pattern: str) -> None:
    found = Pattern.of(pattern).expression
    assert re.search(found, moment.strftime(PATTERNS[pattern]))
    assert not re.search(found, f"{moment.strftime(PATTERNS[pattern])}x")
    assert not re.search(found, moment.isoformat(sep="_"))


@pytest.mark.engines
def test_a_value_is_the_moment_that_was_written(asked: Engine) -> None:
    moment = datetime(2026, 3, 9, 14, 5, 7, 120)
    for pattern, python in PATTERNS.items():
        text = moment.strftime(python)
        iso = datetime.strptime(text, python).isoformat(sep=" ")
        assert values(asked, pattern, text) == [iso if Pattern.of(pattern).has_time else iso[:10]]


@pytest.mark.engines
def test_a_letter_once_is_a_digit_or_two_and_halves_of_a_day_are_told(asked: Engine) -> None:
    read = values(
        asked, "d.M.yyyy h:mm a", "1.2.2026 12:05 AM", " 01.12.2026 12:05 pm ", "1.2.2026 13:05 PM", "1.2.26 1:05 PM"
    )
    assert values(asked, "d.M.yyyy", "1.2.2026\\n") == [None]
    assert read == ["2026-02-01 00:05:00", "2026-12-01 12:05:00", None, None]


@pytest.mark.engines
def test_an_offset_has_a_colon_or_none_as_the_pattern_says(asked: Engine) -> None:
    texts = ("2026-03-09 14:05 +02:00", "2026-03-09 14:05 -0130", "2026-03-09 14:05 Z", "2026-03-09 14:05 +02")
    at = "2026-03-09 14:05:00"
    assert values(asked, "yyyy-MM-dd HH:mm XXX", *texts) == [f"{at}+02:00", None, f"{at}Z", None]
    assert values(asked, "yyyy-MM-dd HH:mm XX", *texts) == [None, f"{at}-01:30", f"{at}Z", None]
    assert Pattern.of("yyyy-MM-dd HH:mm XX").has_offset


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("dd.MM", "it has no year"),
        ("HH:mm", "it has no year and no month and no day"),
        ("dd.MM.yyyy hh:mm", "h and a go together"),
        ("dd.MM.yyyy HH:mm a", "h and a go together"),
        ("dd.MM.yyyy :mm", "it has minutes or seconds, and no hour"),
        ("dd MMM yyyy", "MMM is no part of a date or time"),
        ("dd.dd.MM.yyyy", "d stands in it twice"),
        ("DD.MM.YYYY", "DD is no part of a date or time"),
        ("dd^MM^yyyy", "^ cannot stand in it"),
    ],
)
def test_a_pattern_that_says_no_moment_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        Pattern.of(pattern)
