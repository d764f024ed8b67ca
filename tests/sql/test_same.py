"""A query is the same as itself; two texts are when they are equal."""

from __future__ import annotations

from marketpulse.sql import DUCKDB, carry, condition, parse, translate
from marketpulse.sql.same import Same


def test_trees_are_the_same_as_themselves_and_texts_as_equal_ones() -> None:
    tree = parse("select 1 as n from silver.x")
    assert Same(tree) == Same(tree)
    assert Same(tree) != Same(tree.copy())
    assert len({Same("select 1"), Same("select " + "1"), Same("select 2")}) == 2
    assert Same("select 1") != "select 1"


def test_what_is_remembered_was_asked_with_the_same_words() -> None:
    mapping = parse("select trim(id) as id from bronze.web")
    first = carry(mapping, ["_row"], "bronze.web")
    assert carry(mapping, ["_row"], "bronze.web") is first
    assert carry(mapping, ["_row", "_file"], "bronze.web") is not first
    text = translate(first, DUCKDB, {"bronze.web": "v1"})
    assert translate(first, DUCKDB, {"bronze.web": "v2"}) == text.replace("v1", "v2")
    assert condition("a > 1", DUCKDB) != condition("a > 1", DUCKDB, names={"a": "b"})
