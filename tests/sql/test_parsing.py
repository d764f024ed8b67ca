"""Text -> one query whose columns have names; the same text is parsed once."""

import sys
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


def test_the_work_grows_with_the_length_of_a_model_and_no_faster():
    def calls(comments: int) -> int:
        found = 0

        def count(_frame: object, event: str, _argument: object) -> None:
            nonlocal found
            found += event in ("call", "c_call")

        text = SESSIONS.replace("group by", "-- why\n" * comments + "group by")
        before = sys.getprofile()
        sys.setprofile(count)
        try:
            sql.check(sql.parse(text))
        finally:
            sys.setprofile(before)
        return found

    _, few, more, many = (calls(comments) for comments in (1, 203, 403, 803))  # each text once: it is remembered
    assert 0 < many - more < 1.5 * 2 * (more - few)
