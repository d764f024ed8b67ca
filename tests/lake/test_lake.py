"""Tables are made, evolve, and change in commits that are whole or nothing."""

from __future__ import annotations

import sqlite3

import pytest
from pyiceberg.catalog.sql import SqlCatalog
from sqlalchemy.exc import OperationalError

from marketpulse.errors import ConcurrentError, GateError
from marketpulse.lake.lake import Lake
from tests.lake.writing import NAME, TYPES, commit, day, days, file, made


def test_a_table_that_is_not_there_is_none_and_one_that_was_made_is_listed(lake: Lake) -> None:
    assert lake.find(NAME) is None
    assert lake.names() == []
    table = made(lake)
    assert (table.types, table.partition, table.snapshot_id) == (TYPES, "day", None)
    assert lake.names() == [NAME]
    lake.drop(NAME)
    assert lake.find(NAME) is None


def test_what_was_ensured_before_is_left_as_it_is(lake: Lake) -> None:
    before = made(lake).iceberg.metadata_location
    assert made(lake).iceberg.metadata_location == before


def test_a_table_takes_new_columns_and_wider_types_and_keeps_those_that_are_no_longer_asked_for(lake: Lake) -> None:
    lake.ensure("gold.x", {"n": "int", "old": "string"})
    table = lake.ensure("gold.x", {"n": "long", "new": "decimal(18,4)"})
    assert table.types == {"n": "long", "old": "string", "new": "decimal(18,4)"}


def test_a_type_that_cannot_widen_is_refused_with_both_types(lake: Lake) -> None:
    lake.ensure("gold.x", {"n": "long"})
    with pytest.raises(GateError, match="column n is long in the table and date in the contract"):
        lake.ensure("gold.x", {"n": "date"})


def test_files_written_before_a_table_was_cut_otherwise_keep_their_bucket(lake: Lake) -> None:
    commit(lake, [file(lake, 1, "a")])
    table = lake.ensure(NAME, TYPES, "id", ["id"])
    assert table.partition == "id"
    assert not table.is_cut_otherwise("id")
    assert [f.bucket for f in table.files()] == [day(1)]


def test_a_commit_adds_and_drops_in_one_step(lake: Lake) -> None:
    old, kept = file(lake, 1, "a"), file(lake, 2, "b")
    first = commit(lake, [old, kept])
    (there,) = [f for f in made(lake).files() if f.path == old.path]
    second = commit(lake, [file(lake, 3, "c")], [there])
    assert days(made(lake).files()) == [2, 3]
    assert days(made(lake).files(first)) == [1, 2]
    assert made(lake).snapshot_id == second


def test_a_commit_of_nothing_makes_no_snapshot_and_one_of_state_alone_neither(lake: Lake) -> None:
    snapshot = commit(lake, [file(lake, 1, "a")])
    assert commit(lake) == snapshot
    assert lake.commit(made(lake), [], [], {"marketpulse.input.x": "7"}, {}) == snapshot
    assert made(lake).state["marketpulse.input.x"] == "7"
    assert len(made(lake).snapshots()) == 1


def test_what_a_commit_says_is_in_the_snapshot_and_in_the_table(lake: Lake) -> None:
    lake.commit(made(lake), [file(lake, 1, "a")], [], {"marketpulse.input.x": "7"}, {"marketpulse.batch-id": "b1"})
    *_, summary = made(lake).snapshots()[-1]
    assert (summary["marketpulse.input.x"], summary["marketpulse.batch-id"]) == ("7", "b1")
    assert "marketpulse.batch-id" not in made(lake).state


def test_of_two_writers_on_one_snapshot_the_second_is_refused_and_nothing_is_lost(lake: Lake) -> None:
    one, other = made(lake), made(lake)
    lake.commit(one, [file(lake, 1, "a")], [], {}, {})
    with pytest.raises(ConcurrentError, match=f"{NAME} was changed by another process"):
        lake.commit(other, [file(lake, 2, "b")], [], {}, {})
    assert days(made(lake).files()) == [1]


def test_a_catalog_that_another_process_made_meanwhile_is_opened(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    make = SqlCatalog.create_tables

    def late(catalog: SqlCatalog) -> None:
        monkeypatch.undo()
        make(catalog)
        refused = sqlite3.OperationalError("table iceberg_tables already exists")
        raise OperationalError("CREATE TABLE iceberg_tables", {}, refused)

    monkeypatch.setattr(SqlCatalog, "create_tables", late)
    assert lake.names() == []
    assert made(lake).snapshot_id is None


def test_a_namespace_is_there_with_anything_of_it_or_below_it(lake: Lake) -> None:
    catalog = lake.catalog
    assert not catalog.namespace_exists("some_x")
    catalog.create_namespace("some_x")
    catalog.create_namespace("other.below")
    found = [
        catalog.namespace_exists(name) for name in ("some_x", "other", "other.below", "someyx", "oth", "%", "some")
    ]
    assert found == [True, True, True, False, False, False, False]
    made(lake)
    catalog.drop_namespace("some_x")
    assert not catalog.namespace_exists("some_x")
    assert catalog.namespace_exists(lake.layout.identifier(NAME)[0])
