"""What changed between two snapshots of a table, whoever wrote them; and errors of storage in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from marketpulse.errors import ConcurrentError, StorageError
from marketpulse.lake.lake import Lake
from marketpulse.lake.table import storage_errors
from tests.lake.writing import NAME, TYPES, commit, day, days, file, made


def test_whoever_has_read_nothing_yet_has_everything_before_him(lake: Lake) -> None:
    commit(lake, [file(lake, 1, "a"), file(lake, 2, "b")])
    changes = made(lake).changes(None)
    assert (days(changes.added), changes.removed) == ([1, 2], ())
    assert changes.buckets == {day(1), day(2)}


def test_only_what_came_and_went_since_is_a_change(lake: Lake) -> None:
    since = commit(lake, [file(lake, 1, "a"), file(lake, 2, "b")])
    first = next(f for f in made(lake).files() if f.bucket == day(1))
    commit(lake, [file(lake, 3, "c")])
    commit(lake, [], [first])
    changes = made(lake).changes(since)
    assert (days(changes.added), days(changes.removed)) == ([3], [1])


def test_what_came_and_went_again_is_no_change(lake: Lake) -> None:
    since = commit(lake, [file(lake, 1, "a")])
    commit(lake, [file(lake, 2, "b")])
    commit(lake, [], [next(f for f in made(lake).files() if f.bucket == day(2))])
    changes = made(lake).changes(since)
    assert (changes.added, changes.removed) == ((), ())


def test_a_rewrite_that_keeps_every_row_is_no_change_and_what_came_beside_it_is(lake: Lake) -> None:
    since = commit(lake, [file(lake, 1, "a"), file(lake, 1, "b")])
    commit(lake, [file(lake, 2, "c")])
    small = [f for f in made(lake).files() if f.bucket == day(1)]
    commit(lake, [file(lake, 1, "a", "b")], small, upkeep=True)
    changes = made(lake).changes(since)
    assert (days(changes.added), changes.removed) == ([2], ())


def test_an_expired_snapshot_is_known_to_be_gone(lake: Lake) -> None:
    first = commit(lake, [file(lake, 1, "a")])
    second = commit(lake, [file(lake, 2, "b")])
    made(lake).expire([first])
    assert (made(lake).has_snapshot(first), made(lake).has_snapshot(second)) == (False, True)
    assert made(lake).files(first) == []


def test_a_table_as_it_was_at_a_moment(lake: Lake) -> None:
    assert made(lake).snapshot_at(datetime.now(UTC)) is None
    snapshot = commit(lake, [file(lake, 1, "a")])
    assert made(lake).snapshot_at(datetime.now(UTC)) == snapshot
    assert made(lake).snapshot_at(datetime(1999, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("low", "high", "may"),
    [("a", "b", False), ("a", "c", True), ("d", "d", True), ("e", "z", True), ("f", "z", False), ("", "ü", True)],
)
def test_a_file_may_hold_a_key_between_two_others(lake: Lake, low: str, high: str, may: bool) -> None:
    assert file(lake, 1, "c", "e").overlaps(low, high) is may


@pytest.mark.parametrize(
    ("error", "says", "hint"),
    [
        (OSError(28, "No space left on device", "/w/x"), "/w/x: No space left on device", "free some disk space"),
        (OSError(30, "Read-only file system", "/w/x"), "/w/x: Read-only file system", "can be written"),
        (OSError("gone"), "silver.sales: gone", "can be written"),
    ],
)
def test_what_a_disk_says_becomes_an_error_for_people(error: OSError, says: str, hint: str) -> None:
    with pytest.raises(StorageError) as caught, storage_errors("silver.sales"):
        raise error
    assert str(caught.value).startswith(says)
    assert hint in (caught.value.hint or "")


def test_a_catalog_that_another_process_holds_is_no_fault_of_the_disk(lake: Lake) -> None:
    from sqlite3 import OperationalError

    from sqlalchemy.exc import DBAPIError

    for reason, kind in (("database is locked", ConcurrentError), ("no such table", StorageError)):
        with pytest.raises(kind, match=reason), storage_errors("silver.sales"):
            raise DBAPIError("select 1", None, OperationalError(reason))


def test_columns_are_known_of_a_tables_files_unless_one_was_another_once(lake: Lake) -> None:
    snapshot = commit(lake, [file(lake, 1, "a")])
    paths = [each.path for each in made(lake).files(snapshot)]
    assert lake.columns_of([*paths, "/elsewhere/data/x.parquet"]) == {paths[0]: (("id", "string"), ("day", "date"))}
    lake.ensure(NAME, {**TYPES, "count": "int"}, "day", ["id"])
    lake.find(NAME)
    assert lake.columns_of(paths) == {paths[0]: (("id", "string"), ("day", "date"), ("count", "int"))}
    lake.ensure(NAME, {**TYPES, "count": "long"}, "day", ["id"])
    lake.find(NAME)
    assert lake.columns_of(paths) == {}
