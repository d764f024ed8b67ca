"""A condition names a list of reference data; the engine is given its values."""

from __future__ import annotations

import pytest

from marketpulse import sql
from marketpulse.errors import DefinitionError, Place

LISTS = {"reference.codes.code": {"b", "a", "", "it's"}, "reference.sizes.name": {"S"}}


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("x in (reference('codes.code'))", "x in ('a', 'b', 'it\\'s')"),
        ("x in (REFERENCE( 'sizes.name' ), 'M')", "x in ('S', 'M')"),
        ("x in (reference('sizes.name'))\nor y in (reference('sizes.name'))", "x in ('S')\nor y in ('S')"),
        ("x = 'reference'", "x = 'reference'"),
    ],
)
def test_values_stand_where_the_list_is_named(text: str, made: str) -> None:
    assert sql.with_lists(text, LISTS.get) == made


def test_both_engines_are_given_them() -> None:
    made = sql.with_lists("x in (reference('codes.code'))", LISTS.get)
    assert sql.condition(made, sql.DUCKDB) == "x IN ('a', 'b', 'it''s')"
    assert sql.condition(made, sql.SPARK) == "x IN ('a', 'b', 'it\\'s')"


def test_all_lists_that_are_not_there_are_told_where_they_stand() -> None:
    text = "x in (reference('code.code'))\n  and y in (reference('codes'))"
    with pytest.raises(DefinitionError) as caught:
        sql.with_lists(text, LISTS.get, lambda line, column: Place("contract.yaml", line, column))
    assert [(str(each.place), each.message) for each in caught.value.each] == [
        ("contract.yaml:1:7", "reads reference.code.code, which is not there or wrong"),
        ("contract.yaml:2:13", "reads reference.codes, which is not there or wrong"),
    ]


def test_the_columns_that_are_named_are_known_once() -> None:
    text = "x in (reference('codes.code')) or y in (reference('codes.code')) or z in (reference('sizes.name'))"
    assert sql.listed(text) == ["reference.codes.code", "reference.sizes.name"]
