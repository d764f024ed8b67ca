"""Days and moments that Python's calendar has not are written as the engine writes them."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketpulse.errors import UsageError
from marketpulse.serving.values import far_day, far_moment, named, values

DAYS = st.integers(-2_000_000, 200_000_000)
MICROSECONDS = st.integers(-(2**56), 2**62)


def written(of: pa.Array) -> list[str]:
    return [text for (text,) in duckdb.from_arrow(pa.table({"x": of})).project("x::varchar").fetchall()]


def era(text: str) -> str:
    return text.replace(" (BC)", " BC")


@given(st.lists(DAYS, min_size=1, max_size=50))
def test_days(days: list[int]) -> None:
    days += [2**31 - 1, -(2**31 - 1)]
    told = [era(text) for text in written(pa.array(days, pa.date32()))]
    assert [far_day(day) for day in days] == told


@given(st.lists(MICROSECONDS, min_size=1, max_size=50))
def test_moments(moments: list[int]) -> None:
    told = written(pa.array(moments, pa.timestamp("us")))
    for moment, text in zip(moments, told, strict=True):
        whole, _, part = far_moment(moment).removesuffix(" BC").partition(".")
        assert [whole, part.rstrip("0")] == [*text.replace(" (BC)", "").partition(".")[::2]]
        assert far_moment(moment).endswith(" BC") == ("(BC)" in text)


def test_of_two_columns_with_one_name_none_is_lost() -> None:
    assert named(duckdb.sql("select 1 as a, 2 as b").to_arrow_table()) == [{"a": 1, "b": 2}]
    with pytest.raises(UsageError, match="two columns are called a"):
        named(pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"]))


def test_they_are_found_wherever_they_stand() -> None:
    query = "select [date 'infinity', date '2026-01-01'] as a, {'t': timestamp '-infinity', 'n': 1} as b, null as c"
    found = duckdb.sql(query).to_arrow_table()
    assert str(values(found["a"])) == "[['infinity', datetime.date(2026, 1, 1)]]"
    assert values(found["b"]) == [{"t": "-infinity", "n": 1}]
    assert values(found["c"]) == [None]
