"""What a file of a table says of itself: its rows, its bucket, its keys."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

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
