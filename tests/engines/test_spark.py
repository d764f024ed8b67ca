"""Files that Spark writes: one for a small bucket, several for a large one, none without rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from marketpulse.engines import Engine, footers
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


def test_what_a_task_left_on_its_way_is_no_file_of_the_folder(spark: Engine, tmp_path: Path) -> None:
    from marketpulse.engines.spark import files_of  # where Spark is not installed, these tests are skipped

    paths = spark.write(ROWS, str(tmp_path / "out"), "day")
    for name in ("_temporary/0/task_1/part-00000.parquet", "_bucket=1/.part-00000.parquet", "_bucket=2/.on/x.parquet"):
        (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / name).write_bytes(b"")
    assert files_of(str(tmp_path / "out")) == paths


def test_columns_of_files_that_it_wrote_or_that_are_known_are_not_looked_up(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = "id, cast(id as int) as i, cast(id as decimal(9,2)) as d, timestamp '2026-01-01' as t, true as b"
    paths = spark.write(f"select {kinds} from range(3)", str(tmp_path / "out"))
    types = {"id": "long", "i": "long", "d": "decimal(9,2)", "t": "timestamp", "b": "boolean", "more": "string"}
    reader = type(spark)(spark.session, tmp_path / "reader")
    expected = reader.rows(f"select * from {reader.bind('read', types, paths)} order by id")
    assert len(expected) == 3
    known = dict.fromkeys(paths, (("id", "long"), ("i", "int"), ("d", "decimal(9,2)"), ("t", "timestamp")))
    told = type(spark)(spark.session, tmp_path / "told", known=lambda _: known)
    monkeypatch.setattr(footers, "_footer", None)  # it would be called
    for engine in (spark, told):
        assert engine.rows(f"select * from {engine.bind('again', types, paths)} order by id") == expected


def test_an_error_is_one_line_without_classes_and_stacks(spark: Engine) -> None:
    with pytest.raises(Exception, match=r"^\[UNRESOLVED_COLUMN") as caught:
        spark.rows("select nothing from (select 1 as x) as t")
    assert type(caught.value).__name__ == "QueryError"
    assert "\n" not in str(caught.value)
