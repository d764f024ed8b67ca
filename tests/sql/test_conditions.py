"""Rules as conditions in the SQL of an engine; what looks at more than one row is none."""

from __future__ import annotations

import pytest

from marketpulse import sql
from marketpulse.errors import DefinitionError


def test_condition_renames_columns_but_not_the_parameters_of_a_lambda():
    text = "email like '%@%' and exists(items, x -> x.price < total)"
    names = {"email": "_typed_email", "total": "_typed_total", "x": "wrong"}
    assert sql.condition(text, sql.SPARK, names=names) == (
        "`_typed_email` LIKE '%@%' AND EXISTS(items, x -> x.price < `_typed_total`)"
    )
    assert sql.columns_of(text) == {"email", "items", "total"}


def test_conditions_in_duckdb():
    assert sql.condition("dayofweek(day) <> 1", sql.DUCKDB) == "cast(dayofweek(cast(day as date)) + 1 as int) <> 1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sum(a) > 1", "more than one row"),
        ("count(*) > 1", "more than one row"),
        ("row_number() over (order by a) = 1", "more than one row"),
        ("a in (select 1)", "has a subquery"),
        ("exists (select 1)", "has a subquery"),
        ("a = 1, b = 2", "not one expression"),
        ("a from x", "not one expression"),
        ("a >", "not readable"),
        ("a) or (b", "not readable"),
        ("rand() > a", "another answer each time"),
    ],
)
def test_refused_conditions(text, words):
    with pytest.raises(DefinitionError) as caught:
        sql.condition(text, sql.DUCKDB, "contract.yaml")
    assert str(caught.value).startswith("contract.yaml: ")
    assert words in str(caught.value)
