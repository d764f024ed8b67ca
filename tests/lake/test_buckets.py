"""Buckets are replaced while a table is built; what the commit must add and drop follows."""

from __future__ import annotations

from pathlib import Path

from marketpulse.lake.buckets import Buckets
from marketpulse.lake.lake import Lake
from marketpulse.lake.table import FileRef
from tests.lake.writing import day, days, file


def paths(files: list[FileRef]) -> set[str]:
    return {each.path for each in files}


def test_a_bucket_that_is_replaced_is_dropped_and_added_and_the_others_stay(lake: Lake) -> None:
    one, two, new = file(lake, 1, "a"), file(lake, 2, "b"), file(lake, 1, "a", "c")
    build = Buckets([one, two])
    build.replace([day(1)], [new])
    assert (paths(build.added()), paths(build.dropped())) == ({new.path}, {one.path})
    assert paths(build.files([day(1)])) == {new.path}
    assert paths(build.others({day(1)})) == {two.path}
    assert build.rows() == 3


def test_nothing_replaced_is_nothing_to_commit(lake: Lake) -> None:
    build = Buckets([file(lake, 1, "a")])
    assert (build.added(), build.dropped()) == ([], [])


def test_a_rebuild_starts_empty_and_drops_what_it_did_not_write_again(lake: Lake) -> None:
    one, two, new = file(lake, 1, "a"), file(lake, 2, "b"), file(lake, 1, "x")
    build = Buckets([one, two], start_empty=True)
    build.replace([day(1)], [new])
    assert paths(build.dropped()) == {one.path, two.path}
    assert days(build.files()) == [1]


def test_files_of_an_earlier_step_are_deleted_and_committed_ones_never(lake: Lake) -> None:
    committed, step, last = file(lake, 1, "a"), file(lake, 1, "b"), file(lake, 1, "c")
    build = Buckets([committed])
    build.replace([day(1)], [step])
    build.replace([day(1)], [last])
    assert [Path(f.path).exists() for f in (committed, step, last)] == [True, False, True]
    assert paths(build.added()) == {last.path}
