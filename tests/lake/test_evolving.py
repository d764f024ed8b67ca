"""A column of another type is another column of that name, in its place, from the commit of its rows on."""

from __future__ import annotations

import pytest

from marketpulse.errors import GateError
from marketpulse.lake.lake import Lake

OLD = {"id": "string", "n": "int", "at": "timestamp"}
NEW = {"id": "string", "n": "decimal(18,4)", "at": "timestamp"}


def test_a_table_made_anew_has_the_new_type_with_its_next_commit_and_in_its_place(lake: Lake) -> None:
    lake.ensure("gold.x", OLD)
    table = lake.ensure("gold.x", NEW, anew=True)
    assert table.types == NEW
    assert _types(lake) == OLD
    lake.commit(table, [], [], {}, {})
    assert list(_types(lake).items()) == list(NEW.items())
    names = lake.ensure("gold.x", NEW).iceberg.name_mapping()
    assert [name for field in names for name in field.names].count("n") == 1


def test_several_columns_change_at_once_the_first_too(lake: Lake) -> None:
    lake.ensure("gold.x", OLD)
    wanted = {"id": "long", "n": "string", "at": "date", "more": "double"}
    lake.commit(lake.ensure("gold.x", wanted, anew=True), [], [], {}, {})
    assert list(_types(lake).items()) == list(wanted.items())


def test_a_table_that_keeps_its_rows_and_a_column_that_cuts_it_keep_their_types(lake: Lake) -> None:
    lake.ensure("gold.x", OLD, "id")
    with pytest.raises(GateError, match=r"column n is int in the table and decimal\(18,4\) in the contract"):
        lake.ensure("gold.x", NEW, "id")
    with pytest.raises(GateError, match="column id is string in the table and long in the contract"):
        lake.ensure("gold.x", OLD | {"id": "long"}, "id", anew=True)
    lake.ensure("gold.x", OLD, "at")
    with pytest.raises(GateError, match="column id is string"):  # older files are cut by it
        lake.ensure("gold.x", OLD | {"id": "long"}, "at", anew=True)
    assert _types(lake) == OLD


def _types(lake: Lake) -> dict[str, str]:
    found = lake.find("gold.x")
    assert found is not None
    return found.types
