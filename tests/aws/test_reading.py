"""Parquet on S3 is read in ranges: what a query does not need is not sent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketpulse.engines.duckdb import DuckEngine
from tests.aws.conftest import Cloud
from tests.aws.emulator import Request

ROWS, WIDE = 400_000, 12


@pytest.fixture
def stored(cloud: Cloud, tmp_path: Path) -> tuple[str, int]:
    """A file of several row groups whose columns do not compress: where it is and how large."""
    random = np.random.default_rng(1)
    columns = {f"c{i}": pa.array(random.integers(0, 1 << 60, ROWS)) for i in range(WIDE)}
    path = tmp_path / "wide.parquet"
    pq.write_table(pa.table({"number": np.arange(ROWS)} | columns), path, row_group_size=100_000)
    cloud.put("wide/wide.parquet", path.read_bytes(), "silver")
    return f"s3://{cloud.name}-silver/wide/wide.parquet", path.stat().st_size


def gets(cloud: Cloud, since: int) -> list[Request]:
    return [r for r in cloud.emulator.requests[since:] if r.method == "GET" and r.path.endswith("wide.parquet")]


def test_one_column_of_a_wide_file_is_a_small_part_of_its_bytes(
    cloud: Cloud, stored: tuple[str, int], tmp_path: Path
) -> None:
    place, size = stored
    engine = DuckEngine.open(512, 2, tmp_path / "scratch", remote=place, places=[place.rpartition("/")[0]])
    before = len(cloud.emulator.requests)
    wide = engine.bind("wide", {"number": "long", "c3": "long"}, [place])
    assert engine.rows(f"select cast(sum(c3) as decimal(38,0)) > 0, count(*) from {wide}") == [(True, ROWS)]
    asked = gets(cloud, before)
    engine.close()
    assert asked
    assert all(request.range for request in asked)
    assert sum(request.sent for request in asked) < size / WIDE * 1.5


def test_a_filter_passes_by_the_row_groups_it_cannot_be_in(
    cloud: Cloud, stored: tuple[str, int], tmp_path: Path
) -> None:
    place, size = stored
    engine = DuckEngine.open(512, 2, tmp_path / "scratch", remote=place, places=[place.rpartition("/")[0]])
    before = len(cloud.emulator.requests)
    wide = engine.bind("wide", {"number": "long", "c3": "long"}, [place])
    assert engine.rows(f"select count(c3) from {wide} where number < 10") == [(10,)]
    sent = sum(request.sent for request in gets(cloud, before))
    engine.close()
    assert sent < size / WIDE
