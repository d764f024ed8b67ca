"""What stands where an array of JSON is read and is none: told, on both engines alike, and not taken for nothing."""

from __future__ import annotations

import pytest

from marketpulse import sql
from marketpulse.engines import Engine


def told(asked: Engine, array: str, *texts: str | None) -> list[tuple[object, ...]]:
    """Place, element and error of what is made of some texts."""
    dialect = asked.dialect
    columns = {"_ingest_id": "string", "_item": "long", "raw": "string", "_error": "string", "_malformed": "string"}
    rows = " union all ".join(
        "select " + ", ".join(
            f"{dialect.text(given[name]) if given.get(name) is not None else dialect.null(kind)} as {name}"
            for name, kind in columns.items()
        )
        for given in ({"_ingest_id": f"{place:02}", "raw": text} for place, text in enumerate(texts))
    )  # fmt: skip
    found = sql.array_of(sql.parse(f"select explode({array}) as item from bronze.t"), "bronze.t")
    assert found is not None
    text = sql.translate(sql.unfolded(found, "bronze.t", [*columns]), dialect, {"bronze.t": "t"})
    read = text.replace(dialect.name("t"), f"({rows})", 1)
    query = f"select _item, _element, _error, raw = _malformed from ({read}) as read order by _ingest_id"
    return [(item, element, *([error] if same else [])) for item, element, error, same in asked.rows(query)]


ITEMS = "from_json(raw, 'items ARRAY<STRING>').items"
NONE, WRONG = (None, None), (None, None, "items is no array")


@pytest.mark.engines
def test_what_is_no_array_where_one_is_read_is_wrong_and_not_nothing(asked: Engine) -> None:
    wrong = ['{"items": {"sku": "x"}}', '{"items": "[{\\"sku\\": 1}]"}', '{"items": 5}', '{"items": false}', "broken"]
    assert told(asked, ITEMS, *wrong) == [WRONG] * 5
    nothing = ['{"items": []}', '{"items": null}', '{"items": " "}', "{}", '{"Items": 5}', None, " ", "null"]
    assert told(asked, ITEMS, *nothing) == [NONE] * 8
    assert told(asked, ITEMS, '{"items": [5]}', '{"items": 5, "id": [1]}') == [(1, "5"), WRONG]
    inside = "from_json(raw, 'p STRUCT<id: STRING, items: ARRAY<STRING>>').P.items"
    assert told(asked, inside, '{"p": {"items": ["x"]}}', '{"p": {}}', '{"p": {"items": {}}}') == [
        (1, "x"),
        NONE,
        WRONG,
    ]
    whole = "from_json(raw, 'ARRAY<STRING>')"
    assert told(asked, whole, '["x"]', "x", "[]", "", None, "null") == [
        (1, "x"), (None, None, "raw is no array"), NONE, NONE, NONE, NONE,
    ]  # fmt: skip


@pytest.mark.engines
def test_only_the_branch_that_is_taken_is_looked_at(asked: Engine) -> None:
    case = f"case when contains(raw, 'order') then {ITEMS} end"
    assert told(asked, case, '{"items": 5}', '{"items": 5, "type": "order"}') == [NONE, WRONG]
    other = "from_json(raw, 'lines ARRAY<STRING>').lines"
    both = f"filter(coalesce({ITEMS}, if(contains(raw, 'lines'), {other}, null)), x -> x <> '')"
    assert told(asked, both, '{"items": 5, "lines": ["x"]}', '{"items": [], "lines": 5}', '{"items": 5}') == [
        (1, "x"), (None, None, "lines is no array"), WRONG,
    ]  # fmt: skip
