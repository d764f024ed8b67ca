"""Rows of reference data, written into a query."""

from __future__ import annotations

import duckdb

from marketpulse import sql

ROWS = [("it's", 'a "b"'), ("back\\slash", None), ("ü,\n{}", "%_$")]
RELATIONS = {"reference.words": sql.relation(["word", "select"], sql.rows_as_text(["word", "select"], ROWS))}


def asked(text: str) -> list[tuple[object, ...]]:
    """Rows of a query in DuckDB, by way of the text that gold makes of it."""
    query = sql.with_references(sql.parse(text), RELATIONS)
    assert sql.inputs(query) == ()
    return duckdb.sql(sql.translate(query.sql("spark"), sql.DUCKDB)).fetchall()


def test_every_text_stays_what_it_is() -> None:
    assert asked("select w.word, w.`select` as other from reference.words as w order by w.word") == sorted(ROWS)


def test_it_may_be_read_anywhere_and_called_by_its_name() -> None:
    text = """
        with own as (
            select words.word as word from reference.words
            union all
            select reference.words.word from reference.words
        )
        select count(*) as n from own where word in (select word from reference.words)
    """
    assert asked(text) == [(6,)]


def test_a_query_that_reads_none_is_left_as_it_is() -> None:
    query = sql.parse("select id from silver.readings")
    assert sql.with_references(query, {}) is query
