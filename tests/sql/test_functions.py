"""Every function of the allow-list gives in DuckDB what Spark gives."""

import math
from collections.abc import Iterator

import duckdb
import pytest

from marketpulse import sql
from marketpulse.errors import DefinitionError
from marketpulse.sql.functions import FUNCTIONS
from marketpulse.sql.functions.examples import EXAMPLES, ROWS
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


def test_every_function_of_the_list_has_an_example():
    assert {name for name in FUNCTIONS if not name.startswith("_")} == set(EXAMPLES)


def shown(value):
    """An answer as SQL writes it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    return f"'{value}'" if isinstance(value, str) else str(value)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_uses_its_function_and_gives_what_it_says(duck, name):
    text, answer = EXAMPLES[name]
    assert f"{name}(" in text
    rows = f" from {ROWS}" if FUNCTIONS[name].kind in ("aggregate", "window") and " from (" not in text else ""
    value, source, rest = text.partition(" from (")
    order = " order by day" if FUNCTIONS[name].kind == "window" else ""
    query = sql.parse(f"select {value} as answer{', day' * bool(order)}{source}{rest}{rows}{order}")
    sql.check(query)
    found = duck.execute(sql.translate(query, sql.DUCKDB)).fetchall()
    assert ", ".join(shown(row[0]) for row in found) == answer


def test_no_function_is_in_two_files_of_cases():
    assert len(CASES) == sum(len(kind.CASES) for kind in KINDS)


@pytest.mark.parametrize(
    ("pattern", "groups"),
    [(r"(a)(?:b)([(]c)", 2), (r"\(a\)", 0), (r"[(]", 0), (r"[]()](x)", 1), ("", 0), ("[", 0)],
)
def test_groups_are_counted_in_whatever_an_engine_reads(pattern: str, groups: int) -> None:
    written = pattern.replace("\\", "\\\\")
    sql.check(sql.parse(f"select regexp_extract(s, '{written}', {groups}) as v from silver.t"))
    with pytest.raises(DefinitionError, match=f"has {groups} groups, not {groups + 1}"):
        sql.check(sql.parse(f"select regexp_extract(s, '{written}', {groups + 1}) as v from silver.t"))
    with pytest.raises(DefinitionError, match=f"has {groups} groups"):
        sql.check(sql.parse(f"select regexp_replace(s, '{written}', 'x${groups + 1}') as v from silver.t"))


@pytest.mark.parametrize("pattern", ["(?<n>a)", "(?P<n>a)", "(?<=a)b", r"(\\p{L}+)"])
def test_what_one_engine_reads_otherwise_is_refused(pattern: str) -> None:
    with pytest.raises(DefinitionError, match="the regular expression uses"):
        sql.check(sql.parse(f"select regexp_extract(s, '{pattern}', 1) as v from silver.t"))
