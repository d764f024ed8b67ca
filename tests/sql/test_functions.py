"""Every function of the allow-list gives in DuckDB what Spark gives."""

import math
from collections.abc import Iterator

import duckdb
import pytest

from marketpulse import sql
from marketpulse.sql.functions import FUNCTIONS
from tests.sql.cases import CASES, KINDS

ALL = [(name, text, expected) for name, cases in CASES.items() for text, expected in cases]


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


@pytest.mark.parametrize(("name", "text", "expected"), ALL, ids=[f"{name}: {text}"[:90] for name, text, _ in ALL])
def test_duckdb_answers_as_the_cases_say(duck, name, text, expected):
    value, source, rest = text.partition(" from (select ")
    query = sql.parse(f"select {value} as answer{source}{rest}")
    sql.check(query)
    answer = duck.execute(sql.translate(query, sql.DUCKDB)).fetchall()[0][0]
    if isinstance(expected, float) and isinstance(answer, float):
        assert math.isclose(answer, expected, rel_tol=1e-12)
    else:
        assert answer == expected
        assert type(answer) is type(expected)


def test_every_function_of_the_list_has_a_case():
    assert {name for name in FUNCTIONS if not name.startswith("_")} <= set(CASES)


def test_no_function_is_in_two_files_of_cases():
    assert len(CASES) == sum(len(kind.CASES) for kind in KINDS)
