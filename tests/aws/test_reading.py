"""What a query does not need of a large file is not sent; a small file is fetched once, and not by who wrote it.

A large bucket is several files.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketpulse.engines.duckdb import DuckEngine
from marketpulse.storage import places
from tests.aws.conftest import Cloud
from tests.aws.emulator import Request
from tests.shop import MiniShop

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


@pytest.fixture
def brought(shop: MiniShop, cloud: Cloud) -> MiniShop:
    """A shop in buckets, after a first load."""
    shop.settings = replace(shop.settings, **cloud.settings)
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-02,1,1")
    cloud.upload(shop.landing)
    assert shop.run().ok
    return shop


def test_a_run_fetches_no_file_of_its_tables_twice_nor_what_it_wrote(brought: MiniShop, cloud: Cloud) -> None:
    before = len(cloud.emulator.requests)
    brought.land_sales("2026-01-02", "3,2026-01-02,1,1")
    cloud.upload(brought.landing)
    assert brought.run().ok
    since = [each for each in cloud.emulator.requests[before:] if each.path.endswith((".parquet", ".avro", "a.json"))]
    written = {each.path for each in since if each.method == "PUT"}
    read = [each.path for each in since if each.method == "GET"]
    assert written
    assert not written & set(read)
    assert len(read) == len(set(read))
    assert not [each for each in since if each.method == "HEAD"]
    assert brought.rows("gold.mart_total") == [(1, 3, 0)]


def test_a_file_that_is_gone_is_not_read_from_memory(cloud: Cloud, tmp_path: Path) -> None:
    place, local = f"s3://{cloud.name}-silver/x/data.parquet", tmp_path / "data.parquet"
    local.write_bytes(b"rows")
    places.put_in_place(local, place)
    assert places.data_filesystem(place).open(place, "rb").read() == b"rows"
    places.remove(place)
    with pytest.raises(FileNotFoundError):
        places.data_filesystem(place).open(place, "rb")


def test_a_file_written_again_is_read_as_it_is(cloud: Cloud) -> None:
    place = f"s3://{cloud.name}-silver/x/again.parquet"
    for data in (b"first", b"second, and longer", bytes(3 << 20)):
        with places.data_filesystem(place).open(place, "wb") as file:
            file.write(data)
        with places.data_filesystem(place).open(place, "rb") as file:
            assert file.read() == data


def test_how_large_files_are_that_others_have_just_written_is_told_by_the_listing(cloud: Cloud) -> None:
    for name in ("a", "b"):
        cloud.put(f"new/data/{name}.parquet", b"x" * 10, "silver")
    folder = f"s3://{cloud.name}-silver/new/data"
    found = list(places.written(folder))
    assert [(each.path, each.size) for each in found] == [(f"{folder}/{name}.parquet", 10) for name in ("a", "b")]
    before = len(cloud.emulator.requests)
    for each in found:
        assert places.data_filesystem(each.path).info(each.path)["size"] == 10
    assert cloud.emulator.requests[before:] == []


@pytest.mark.parametrize("days", [1, 3])
@pytest.mark.parametrize("is_told", [False, True])
def test_a_large_bucket_is_several_objects_and_nothing_else_is_left(
    cloud: Cloud, tmp_path: Path, days: int, is_told: bool
) -> None:
    place = f"s3://{cloud.name}-silver/large"
    engine = DuckEngine.open(512, 2, tmp_path / "scratch", remote=place, places=[place])
    query = f"select date '2026-01-01' + (n % {days})::int as day, n from range({days * 700_000}) as r(n)"
    told = [f"2026-01-0{day + 1}" for day in range(days)]
    paths = engine.write(query, place, "day", (lambda: told) if is_told else None)
    rows = engine.bind("large", {"day": "date", "n": "long"}, paths)
    found = engine.rows(f"select count(*), count(distinct n) from {rows}")
    engine.close()
    assert found == [(days * 700_000, days * 700_000)]
    assert 2 * days <= len(paths) <= 3 * days
    assert sorted(f"s3://{cloud.name}-silver/{key}" for key in cloud.keys("silver")) == sorted(paths)
    assert not [path for path in (tmp_path / "scratch").rglob("*") if path.is_file()]
