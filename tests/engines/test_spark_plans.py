"""What Spark really does: no Python in the data path, and no more files than the buckets that changed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketpulse.engines.spark_session import open_session
from tests.shop import MiniShop
from tests.spark import CONF

PLANS = {**CONF, "spark.sql.maxMetadataStringLength": "100000"}
PYTHON = re.compile(r"PythonUDF|EvalPython|MapInPandas|MapInArrow|PythonRDD|ExistingRDD")


@pytest.fixture
def week(shop: MiniShop) -> MiniShop:
    """A week of sales, the keys of each day apart, so that no file of another day may hold them."""
    shop.land_sales("2026-01-07", *[f"d{n}-{m},2026-01-0{n},1,1" for n in range(1, 8) for m in range(3)])
    shop.land("clicks/a.json", '{"id":"a","ts":"2026-01-01T00:00:01Z"}\n?\n')
    return shop


class Watch:
    """Physical plans of what Spark ran since the watch began, as it was at the end."""

    def __init__(self, shop: MiniShop) -> None:
        session = open_session(shop.settings)
        self._store: Any = session._jsparkSession.sharedState().statusStore()
        self._seen = max((run.executionId() for run in self._runs()), default=-1)

    def plans(self) -> list[str]:
        return [run.physicalPlanDescription() for run in self._runs() if run.executionId() > self._seen]

    def _runs(self) -> list[Any]:
        """What Spark remembers: the newest runs, so that a place in this list means nothing."""
        found = self._store.executionsList()
        return [found.apply(place) for place in range(found.size())]


@pytest.mark.parametrize("engine", ["spark"], indirect=True)
def test_no_python_runs_between_bronze_and_gold(week: MiniShop) -> None:
    watch = Watch(week)
    assert week.run(spark=PLANS).ok
    plans = watch.plans()
    assert len(plans) > 30
    assert [plan for plan in plans if PYTHON.search(plan)] == []


@pytest.mark.parametrize("engine", ["spark"], indirect=True)
def test_a_late_row_reads_writes_and_shuffles_its_own_bucket_only(week: MiniShop) -> None:
    week.run("silver.sales", "gold.agg_daily")
    week.land_sales("2026-01-08", "d3-9,2026-01-03,5,5")
    watch = Watch(week)
    report = week.run("silver.sales", "gold.agg_daily", spark=PLANS)
    assert [table.buckets for table in report.tables] == [1, 1]
    plans = watch.plans()
    read = {bucket for plan in plans for bucket in re.findall(r"_bucket=([0-9-]+)", plan)}
    assert read == {"2026-01-03"}
    assert any("Exchange" in plan for plan in plans)


@pytest.mark.parametrize("engine", ["spark"], indirect=True)
def test_a_million_rows_in_a_small_file_are_not_thought_small_enough_to_be_broadcast(
    shop: MiniShop, tmp_path: Path
) -> None:
    rows = 2_000_000
    path = tmp_path / "many.parquet"
    pq.write_table(pa.table({"k": pa.array(range(rows), pa.int64()), "v": pa.array(["a text"] * rows)}), path)
    assert path.stat().st_size < 10 << 20  # what Spark broadcasts at most
    with shop.open(engine="spark") as context:
        many = context.engine.bind("many", {"k": "long", "v": "string"}, [str(path)])
        query = f"select count(*) from {many} as a join {many} as b on a.k = b.k and a.v <> b.v"
        plan = context.engine.session.sql(query)._jdf.queryExecution().executedPlan().toString()
    assert "SortMergeJoin" in plan
    assert "Broadcast" not in plan
