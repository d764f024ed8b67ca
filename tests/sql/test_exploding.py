"""The elements of an array, a row each: on both engines alike, and none is lost."""

from __future__ import annotations

import pytest

from marketpulse import sql
from marketpulse.engines import Engine

ROWS = [
    ("a", "x;y;x"),
    ("b", None),
    ("c", ""),
]


def elements(asked: Engine, array: str) -> list[tuple[object, ...]]:
    """Id, place and element of what is made of some rows."""
    dialect = asked.dialect
    rows = " union all ".join(
        f"select '{number}' as _ingest_id, cast(null as {dialect.type('long')}) as _item, "
        f"{dialect.null('string') if tags is None else dialect.text(tags)} as tags"
        for number, tags in ROWS
    )
    query = sql.parse(f"select explode({array}) as item from bronze.t")
    found = sql.array_of(query, "bronze.t")
    assert found is not None
    text = sql.translate(sql.unfolded(found, "bronze.t", ["_ingest_id", "_item", "tags"]), dialect, {"bronze.t": "t"})
    read = text.replace(dialect.name("t"), f"({rows})", 1)
    return asked.rows(f"select _ingest_id, _item, _element from ({read}) as read order by 1")


@pytest.mark.engines
def test_each_element_has_its_place_and_a_record_without_any_is_one_row(asked: Engine) -> None:
    assert elements(asked, "split(t.tags, ';')") == [
        ("a#1", 1, "x"), ("a#2", 2, "y"), ("a#3", 3, "x"), ("b", None, None), ("c#1", 1, ""),
    ]  # fmt: skip
    assert elements(asked, "filter(split(tags, ';'), x -> x <> '')")[-1] == ("c", None, None)
    with_nulls = elements(asked, "case when tags = '' then array('p', cast(null as string)) end")
    assert with_nulls == [("a", None, None), ("b", None, None), ("c#1", 1, "p"), ("c#2", 2, None)]


def test_what_cannot_be_computed_is_an_element_without_a_value_not_none(asked: Engine) -> None:
    assert elements(asked, "array(cast(tags as int))")[0] == ("a#1", 1, None)


def test_the_id_of_an_element_leads_to_that_of_its_record(asked: Engine) -> None:
    names = "select 'ab:1' as n union all select 'ab:1#12'"
    found = asked.rows(f"select distinct {sql.record_id('n')} from ({names}) as names")
    assert found == [("ab:1",)]
    assert [sql.is_part(number) for number in ("ab:1", "ab:1#12")] == [False, True]
