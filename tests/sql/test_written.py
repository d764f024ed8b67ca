"""Values as a feed writes them, read as SQL writes them: equal on both engines, and marked where they do not fit."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketpulse import sql
from marketpulse.engines import Engine
from marketpulse.sql.written import Written, as_written

GERMAN = Written("number", ",", ".")
BERLIN = Written("timestamp", pattern="dd.MM.yyyy HH:mm", timezone="Europe/Berlin")
ISO = Written("timestamp", timezone="America/New_York")
Value = tuple[str | None, int]


def query(how: Written, texts: list[str | None], dialect: sql.Dialect) -> str:
    """Query that reads some texts: each with its mark."""
    rows = " union all ".join(
        f"select {i} as i, cast({'null' if text is None else dialect.text(text)} as string) as x"
        for i, text in enumerate(texts)
    )
    text = sql.translate(as_written("bronze.t", ["i", "x"], {"x": how}, {"x": "_raw_x"}), dialect, {"bronze.t": "t"})
    read = text.replace(dialect.name("t"), f"({rows})", 1)
    return f"select i, x, _unread_x, _raw_x from ({read}) as read order by i"


def read(asked: Engine, how: Written, *texts: str | None) -> list[Value]:
    found = asked.rows(query(how, list(texts), asked.dialect))
    assert [raw for *_, raw in found] == list(texts)
    return [(x, mark) for _, x, mark, _ in found]


@pytest.mark.engines
def test_a_number_is_read_as_it_is_said_to_be_written(asked: Engine) -> None:
    texts = ["1.234,56", "1.234", "1234,5", " -12 ", "+0,10", "12,50-", "1.234.567-", None]
    assert [x for x, _ in read(asked, GERMAN, *texts)] == [
        "1234.56", "1234", "1234.5", "-12", "+0.10", "-12.50", "-1234567", None,
    ]  # fmt: skip
    swiss = Written("number", ".", "'")
    assert [x for x, _ in read(asked, swiss, "1'234.5", "1’234")] == ["1234.5", "1234"]
    french = Written("number", ",", " ")
    assert [x for x, _ in read(asked, french, "1 234,5", "1\u202f234", "1\u00a0234")] == ["1234.5", "1234", "1234"]
    assert read(asked, Written("number", ","), "1234,5", "1.234,5") == [("1234.5", 0), ("1.234,5", 1)]


@pytest.mark.engines
def test_a_number_that_is_written_otherwise_stays_as_it_is_and_is_marked(asked: Engine) -> None:
    texts = [
        "1,234.56",
        "12.5",
        "1.23",
        "1234.567",
        "1.234.56",
        "12,",
        ",5",
        "--1",
        "-1-",
        "1 2",
        "1e3",
        "x",
        "",
        "12\n",
        "\n12",
        "１２",
    ]
    assert read(asked, GERMAN, *texts) == [(text, 1) for text in texts]


@pytest.mark.engines
def test_a_time_of_a_place_is_the_moment_it_was(asked: Engine) -> None:
    assert read(asked, BERLIN, "10.03.2026 09:15", "10.07.2026 09:15", None) == [
        ("2026-03-10 08:15:00", 0),
        ("2026-07-10 07:15:00", 0),
        (None, 0),
    ]


@pytest.mark.engines
def test_an_hour_that_a_clock_shows_twice_is_the_earlier_and_one_that_it_leaves_out_is_none(asked: Engine) -> None:
    assert read(asked, BERLIN, "25.10.2026 02:30", "25.10.2026 03:00", "29.03.2026 02:30", "29.03.2026 03:00") == [
        ("2026-10-25 00:30:00", 0),
        ("2026-10-25 02:00:00", 0),
        ("29.03.2026 02:30", 1),
        ("2026-03-29 01:00:00", 0),
    ]


@pytest.mark.engines
def test_a_time_that_says_its_offset_needs_no_place(asked: Engine) -> None:
    texts = ["2026-07-01T10:00:00", "2026-07-01 10:00", "2026-07-01T10:00:00Z", "2026-07-01T10:00:00+02:00", "1.7.2026"]
    assert read(asked, ISO, *texts) == [
        ("2026-07-01 14:00:00", 0),
        ("2026-07-01 14:00:00", 0),
        ("2026-07-01 10:00:00", 0),
        ("2026-07-01 08:00:00", 0),
        ("1.7.2026", 1),
    ]


@pytest.mark.engines
def test_a_day_that_is_none_is_marked(asked: Engine) -> None:
    day = Written("date", pattern="dd.MM.yyyy")
    assert read(asked, day, "29.02.2028", "29.02.2026", "00.01.2026", "1.1.2026") == [
        ("2028-02-29", 0), ("29.02.2026", 1), ("00.01.2026", 1), ("1.1.2026", 1),
    ]  # fmt: skip


@settings(max_examples=40)
@given(st.lists(st.decimals(min_value=-(10**12), max_value=10**12, places=3), min_size=1, max_size=20))
def test_what_was_written_is_what_is_read_to_the_last_digit(numbers: list[Decimal]) -> None:
    texts: list[str | None] = [f"{n:,}".translate(str.maketrans(",.", ".,")) for n in numbers]
    with duckdb.connect() as connection:
        found = connection.execute(query(GERMAN, texts, sql.DUCKDB)).fetchall()
    assert [(Decimal(x), mark) for _, x, mark, _ in found] == [(n, 0) for n in numbers]


def test_what_it_is_not_is_told_in_words() -> None:
    assert Written("number", ",").told == "a number written as 1234,5"
    assert BERLIN.told == "a timestamp written as dd.MM.yyyy HH:mm, by the clock of Europe/Berlin"
