"""Files that Spark writes: one for a small bucket, several for a large one, none without rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from marketpulse.engines import Engine
from marketpulse.engines.load import load_engine
from marketpulse.settings import Settings
from tests.spark import CONF, need_spark

SMALL_FILES = {"spark.sql.adaptive.advisoryPartitionSizeInBytes": "300k", "spark.sql.shuffle.partitions": "8"}
ROWS = """
select day, md5(cast(id as string)) as text
from (select id, case when id < 60000 then date '2026-01-01'
          else date_add(date '2026-01-02', cast(id % 3 as int)) end as day
      from range(0, 60030, 1, 8)) as days"""


@pytest.fixture
def spark(tmp_path: Path) -> Iterator[Engine]:
    need_spark()
    engine = load_engine(Settings(engine="spark", spark=CONF | SMALL_FILES), tmp_path / "scratch")
    yield engine
    engine.close()


def test_a_large_bucket_is_several_files_and_a_small_one_is_one(spark: Engine, tmp_path: Path) -> None:
    paths = spark.write(ROWS, str(tmp_path / "out"), "day")
    buckets = Counter(pq.read_table(path)["day"].unique().to_pylist()[0].isoformat() for path in paths)
    assert buckets.pop("2026-01-01") > 1
    assert set(buckets.values()) == {1}
    assert len(buckets) == 3
    assert sum(pq.read_metadata(path).num_rows for path in paths) == 60_030


def test_a_file_holds_one_bucket_with_the_column_in_it(spark: Engine, tmp_path: Path) -> None:
    for path in spark.write(ROWS, str(tmp_path / "out"), "day"):
        assert len(pq.read_table(path)["day"].unique()) == 1


def test_no_rows_are_no_files(spark: Engine, tmp_path: Path) -> None:
    assert spark.write("select 1 as x where false", str(tmp_path / "a")) == []
    assert spark.write(f"select * from ({ROWS}) as r where text = ''", str(tmp_path / "b"), "day") == []


def test_an_error_is_one_line_without_classes_and_stacks(spark: Engine) -> None:
    with pytest.raises(Exception, match=r"^\[UNRESOLVED_COLUMN") as caught:
        spark.rows("select nothing from (select 1 as x) as t")
    assert type(caught.value).__name__ == "QueryError"
    assert "\n" not in str(caught.value)
