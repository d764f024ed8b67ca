"""Text -> one query whose columns have names; the same text is parsed once."""

import time
from pathlib import Path

import pytest

from marketpulse import sql
from marketpulse.errors import DefinitionError
from tests.sql.queries import SESSIONS


def test_output_columns():
    assert sql.output_columns(sql.parse("with a as (select 1 as x) select x, x + 1 as y from a")) == ["x", "y"]
    assert sql.output_columns(sql.parse("select a from silver.x union all select b from silver.x")) == ["a"]


def test_the_same_text_is_one_tree():
    assert sql.parse("select 1 as a") is sql.parse("select 1 as a")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no query"),
        ("-- nothing but words", "no query"),
        ("select 1 as a;\nselect 2 as b", "m.sql:2: 2 statements"),
        ("(select 1 as a)", "subquery is no query"),
        ("select 1 as a,\n 2 as A", "m.sql:2: two columns are called A"),
        ("select a\nfrom silver.x where (b", "m.sql:2: not readable as SQL"),
        ("select 'open as a", "not readable as SQL"),
    ],
)
def test_what_is_not_one_query_is_refused_with_its_line(text, words):
    with pytest.raises(DefinitionError) as caught:
        sql.parse(text, Path("m.sql"))
    assert words in str(caught.value)


def test_a_project_of_many_models_loads_fast():
    long = SESSIONS.replace("group by", "\n".join("-- why" for _ in range(40)) + "\ngroup by")
    start = time.perf_counter()
    for number in range(25):
        sql.check(sql.parse(long + f"-- {number}"))
    assert time.perf_counter() - start < 2  # about 0.2 s; the margin is for a busy machine
