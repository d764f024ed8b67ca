"""What a file of a table says of itself: its rows, its bucket, its keys."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketpulse.errors import GateError
from marketpulse.lake import datafile
from marketpulse.lake.datafile import Asked, Measured, measure
from marketpulse.lake.durable import DurableFileIO
from marketpulse.lake.lake import Lake
from tests.lake.writing import day, file, made
from tests.shop import MiniShop


@pytest.mark.engines
def test_a_file_says_between_which_keys_its_rows_lie(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "a1,2026-01-01,1,1", "a9,2026-01-01,1,1")
    shop.land_sales("2026-01-02", "b1,2026-01-02,1,1", "b9,2026-01-02,1,1")
    assert shop.run().ok
    with shop.open() as context:
        files = {str(file.bucket): file for file in context.lake.find("silver.sales").files()}
    assert files["2026-01-01"].overlaps("a5", "b0")
    assert not files["2026-01-02"].overlaps("a5", "b0")


def test_rows_bucket_and_size_are_those_of_the_file(lake: Lake) -> None:
    found = file(lake, 7, "a", "b")
    assert (found.rows, found.bucket) == (2, day(7))
    assert found.size == Path(found.path).stat().st_size


def test_a_file_with_two_buckets_is_refused(lake: Lake, tmp_path: Path) -> None:
    table, path = made(lake), tmp_path / "two.parquet"
    pq.write_table(pa.table({"id": ["a", "b"], "day": [day(1), day(2)]}), path)
    with pytest.raises(AssertionError, match="a file with the buckets"):
        lake.describe(table, [str(path)])


def test_a_file_whose_keys_are_null_may_hold_any(lake: Lake, tmp_path: Path) -> None:
    table, path = made(lake), tmp_path / "nulls.parquet"
    pq.write_table(pa.table({"id": pa.array([None], pa.string()), "day": [day(1)]}), path)
    (found,) = lake.describe(table, [str(path)])
    assert found.overlaps("a", "b")


def test_many_footers_are_read_where_there_is_room_and_few_here(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datafile, "MANY", 3)
    paths = [file(lake, number, "a", "b").path for number in (1, 2, 3)]
    asked: list[list[str]] = []

    def spread(function: Callable[[Any, str], Measured], items: Sequence[str], /) -> list[Measured]:
        asked.append(list(items))
        sent = pickle.loads(pickle.dumps(function))  # as to another machine
        return [sent(None, item) for item in items]

    found = lake.describe(made(lake), paths, spread)
    assert asked == [paths]
    assert found == lake.describe(made(lake), paths)
    assert lake.describe(made(lake), paths[:2], spread) == found[:2]
    assert asked == [paths]


def test_what_the_writer_said_is_not_read_again(lake: Lake) -> None:
    path = file(lake, 7, "a", "b").path
    said = measure(DurableFileIO({}), Asked("day", "id"), path)
    expected = lake.describe(made(lake), [path])
    Path(path).write_bytes(b"nobody looks into it")
    assert lake.describe(made(lake), [path], known={path: said}) == expected


def test_equal_columns_are_one_object_so_that_many_files_are_little_to_send(lake: Lake) -> None:
    one, other = (measure(DurableFileIO({}), Asked("day", "id"), file(lake, day, "a").path) for day in (1, 2))
    assert one.ids is other.ids


def test_days_outside_of_the_calendar_are_told_by_the_commit(lake: Lake, tmp_path: Path) -> None:
    table, path = made(lake), tmp_path / "late.parquet"
    days = pa.array([4_000_000], pa.int32()).cast(pa.date32())
    pq.write_table(pa.table({"id": ["a"], "day": days}), path)
    with pytest.raises(GateError, match="a bucket of day lies outside of the calendar"):
        lake.describe(table, [str(path)])
