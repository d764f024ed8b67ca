"""Days that names of files say in their own way."""

from __future__ import annotations

import pytest

from marketpulse.landing.dated import NameDate


@pytest.mark.parametrize(
    ("pattern", "path", "said"),
    [
        ("{yyyyMMdd}", "orders20260309.csv", ("2026-03-09", "")),
        ("{yyyyMMdd}", "orders-120260309.csv", None),
        ("{yyyyMMdd}", "orders-202603091.csv", None),
        ("{yyyy}/{MM}/{dd}/", "2026/03/09/a.csv", ("2026-03-09", "")),
        ("{d.M.yyyy}", "9.3.2026", ("2026-03-09", "")),
        ("{dd.MM.yyyy}", "9.3.2026", None),
        ("Stock (*) {M-d-yy}", "Stock (north) 3-9-26.csv", ("2026-03-09", "")),
        ("{yyyy-MM-dd}_{HH}", "2026-03-09_24", None),
        ("{yyyy-MM-dd}_{HH}", "2026-03-09_23", ("2026-03-09", "23")),
        ("Umsätze_{ddMMyyyy}", "nord/Umsätze_09032026.csv", ("2026-03-09", "")),
    ],
)
def test_a_day_is_found(pattern: str, path: str, said: tuple[str, str] | None) -> None:
    assert NameDate(pattern).wrong() is None
    assert NameDate(pattern).of(path) == said


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("orders", "it has no year"),
        ("{yyyy-MM}", "it has no day"),
        ("{yyyy-MM-DD}", "is no date"),
        ("{}", "is no date"),
        ("{yyyy}{yy}-{MM}-{dd}", "it has the year twice"),
        ("{yyyyMMdd", "a brace has no other"),
        ("yyyyMMdd}", "a brace has no other"),
    ],
)
def test_a_pattern_that_says_no_day_is_refused(pattern: str, words: str) -> None:
    assert words in str(NameDate(pattern).wrong())
