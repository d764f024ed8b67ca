"""Commits keep the manifests of a table few, and drop exactly the files they name."""

from __future__ import annotations

import pytest
from pyiceberg.exceptions import ValidationException

from marketpulse.lake.lake import Lake
from tests.lake.writing import commit, days, file, made


def manifests(lake: Lake) -> int:
    table = made(lake).iceberg
    snapshot = table.current_snapshot()
    assert snapshot is not None
    return len(snapshot.manifests(table.io))


def test_after_many_small_commits_there_are_few_manifests_and_every_file(lake: Lake) -> None:
    most = 0
    for number in range(1, 26):
        commit(lake, [file(lake, number, f"k{number}")])
        most = max(most, manifests(lake))
    assert most <= 17
    assert days(made(lake).files()) == list(range(1, 26))


def test_files_of_several_manifests_are_dropped_together(lake: Lake) -> None:
    for number in range(1, 5):
        commit(lake, [file(lake, number, "a"), file(lake, number + 10, "b")])
    gone = [f for f in made(lake).files() if f.bucket.day < 10]
    commit(lake, [file(lake, 30, "c")], gone)
    assert days(made(lake).files()) == [11, 12, 13, 14, 30]


def test_a_file_that_is_not_there_cannot_be_dropped(lake: Lake) -> None:
    commit(lake, [file(lake, 1, "a")])
    with pytest.raises(ValidationException, match="Missing required files"):
        commit(lake, [], [file(lake, 2, "b")])
    assert days(made(lake).files()) == [1]


def test_a_commit_changes_nothing_of_the_table_as_it_was_loaded(lake: Lake) -> None:
    commit(lake, [file(lake, 1, "a")])
    table = made(lake)
    before = table.iceberg.metadata.model_dump_json()
    metadata = table.iceberg.metadata
    lake.commit(table, [file(lake, 2, "b")], table.files(), {"marketpulse.test": "1"}, {})
    assert metadata.model_dump_json() == before
    assert made(lake).state["marketpulse.test"] == "1"
