"""The platform's own phrases give the same in every engine."""

from __future__ import annotations

import json

import duckdb
import pytest

from marketpulse import sql

AWKWARD = ["plain", "it's", "back\\slash", '"quoted"', "`ticked`", "new\nline", "ü", "$(x) {y}", ""]


def one(query: str) -> object:
    with duckdb.connect() as connection:
        return connection.execute(query).fetchall()[0][0]


@pytest.mark.parametrize("value", AWKWARD)
def test_a_text_is_itself_whatever_is_in_it(value: str) -> None:
    assert one(f"select {sql.DUCKDB.text(value)}") == value


@pytest.mark.parametrize("value", [v for v in AWKWARD if v])
def test_any_word_names_a_column(value: str) -> None:
    assert one(f"select {sql.DUCKDB.name(value)} from (select 7 as {sql.DUCKDB.name(value)})") == 7


def test_an_object_keeps_its_nulls_and_odd_names() -> None:
    text = one(f"select {sql.DUCKDB.json_object({'a': '1', 'it' + chr(39) + 's': 'null', 'ü': repr('x')})}")
    assert json.loads(str(text)) == {"a": 1, "it's": None, "ü": "x"}


@pytest.mark.parametrize(
    ("value", "length"), [("abc-_.~", 7), ("a b", 5), ("ü", 6), ("*", 3), ("", 0), ("\U0001f480", 12)]
)
def test_a_text_is_as_long_as_the_folder_it_names(value: str, length: int) -> None:
    assert one(f"select {sql.bytes_in_url(sql.DUCKDB.text(value))}") == length


def test_parts_of_a_table_are_all_of_it_and_share_no_row() -> None:
    rows = "(select case when n = 0 then null else n end as n from range(1000) as r(n)) as rows"
    with duckdb.connect() as connection:
        counts = [
            connection.execute(
                f"select count(*) from {rows} where {sql.DUCKDB.in_part('n', part, 3)} is true"
            ).fetchall()
            for part in range(3)
        ]
    found = [count for ((count,),) in counts]
    assert sum(found) in (999, 1000)
    assert min(found) > 250


def test_the_number_of_a_key_is_the_same_for_the_same_values_only() -> None:
    number = sql.DUCKDB.key_hash(["a", "b"])
    found = f"select count(distinct {number}) from (values (1, 'x'), (1, 'x'), (2, 'x'), (1, 'y')) as v(a, b)"
    assert one(found) == 3
