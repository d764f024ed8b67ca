"""The stages as jobs on the emulated AWS, with the buckets and databases that the infrastructure makes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from marketpulse import flow
from marketpulse.live.cycles import Cycles
from marketpulse.run.context import Silent
from tests.aws.conftest import Cloud
from tests.shop import MiniShop
from tests.streams.shop import click

JOB = Path(__file__).parents[2] / "jobs" / "glue_job.py"


def job(
    shop: MiniShop, cloud: Cloud, stage: str, *more: str, path: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """One Glue job in a process of its own, with what Glue adds to its arguments; `path` is looked into first."""
    command = [
        sys.executable, str(JOB), "--JOB_NAME", stage, "--environment", "dev", "--stage", stage,
        "--landing-uri", cloud.landing, "--warehouse-uri", cloud.warehouse, "--namespace", cloud.namespace,
        "--catalog", "glue", "--engine", "duckdb", "--project", str(shop.project_dir), "--full-refresh", "false",
        "--run-id", "workflow", "--WORKFLOW_RUN_ID", "wr_1", *more,
    ]  # fmt: skip
    first = {"PYTHONPATH": f"{path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"} if path else {}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | first)


def test_landing_to_gold_and_upkeep_as_four_jobs(shop: MiniShop, cloud: Cloud) -> None:
    cloud.put("sales/ingest_date=2026-01-01/a.csv", "id,day,qty,amount\n1,2026-01-01,1,1\n2,2026-01-01,x,1\n")
    cloud.put("clicks/a.json", '{"id":"a","ts":"2026-01-01T00:00:01Z"}\n')
    for stage in ("ingest", "silver", "gold", "maintain"):
        ended = job(shop, cloud, stage)
        assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout + ended.stderr
        assert "testing-secret" not in ended.stdout
    reports = [json.loads(cloud.read(key, "logs")) for key in cloud.keys("logs") if key.startswith("runs/wr_1/")]
    assert {report["arguments"]["stage"]: report["exit_code"] for report in reports} == dict.fromkeys(
        ("ingest", "silver", "gold", "maintain"), 0
    )
    silver = next(report for report in reports if report["arguments"]["stage"] == "silver")
    sales = next(table for table in silver["tables"] if table["name"] == "silver.sales")
    assert sales["feeds"][0]["quarantined"] == 1
    assert [key for key in cloud.keys("gold") if key.startswith("mart_total/data/")]


def test_a_bucket_that_is_missing_fails_the_job_with_a_line_for_people(shop: MiniShop, cloud: Cloud) -> None:
    ended = job(shop, cloud, "ingest", "--landing-uri", "s3://no-such-bucket-anywhere")
    assert (ended.returncode, ended.stderr) == (2, ""), ended.stderr
    error = next(line for line in map(json.loads, ended.stdout.splitlines()) if line["event"] == "error")
    assert (error["kind"], error["where"]) == ("StorageError", "s3://no-such-bucket-anywhere")


def test_a_report_that_cannot_be_written_is_said(shop: MiniShop, cloud: Cloud) -> None:
    cloud.client().delete_bucket(Bucket=f"{cloud.name}-logs")
    ended = job(shop, cloud, "ingest")
    assert (ended.returncode, ended.stderr) == (2, ""), ended.stderr
    assert f"s3://{cloud.name}-logs/runs/wr_1/" in json.loads(ended.stdout.splitlines()[-1])["where"]


def test_what_executors_would_write_lies_in_the_tables_folder_until_the_run_ends(
    shop: MiniShop, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.settings = replace(shop.settings, warehouse=cloud.warehouse, namespace=cloud.namespace)
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-02,x,1", "1,2026-01-03,4,1")
    before = len(cloud.emulator.requests)
    with shop.open() as context:
        monkeypatch.setattr(type(context.engine), "shares_disk", False)
        report = flow.run(context, flow.Options())
        assert report.ok
        staged = [key for key in cloud.keys("silver") if "/_scratch/" in key]
        assert {key.split("/")[0] for key in staged} == {"sales"}
    assert not [
        key for layer in ("bronze", "silver", "gold", "quarantine") for key in cloud.keys(layer) if "_scratch" in key
    ]
    assert [request for request in cloud.emulator.requests[before:] if "/_scratch/" in request.path]
    assert [row[2] for row in shop.rows("silver.sales")] == [4]
    assert shop.run().ok


def streamed(shop: MiniShop, cloud: Cloud) -> None:
    """Let a shop in S3 have its clicks from a data stream of two shards."""
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName=cloud.name, ShardCount=2)
    kinesis.get_waiter("stream_exists").wait(StreamName=cloud.name)
    shop.edit("sources/clicks.yaml", "owner: web\n", f"owner: web\nstream: {{kinesis: {{stream: {cloud.name}}}}}\n")
    shop.settings = replace(shop.settings, landing=cloud.landing, warehouse=cloud.warehouse, namespace=cloud.namespace)


def put(cloud: Cloud, *numbers: int) -> None:
    """Put clicks of these numbers onto the stream."""
    for number in numbers:
        data = json.dumps(click(number))
        cloud.client("kinesis").put_record(StreamName=cloud.name, Data=data, PartitionKey=f"k{number}")


def test_a_feed_that_comes_by_a_stream_is_read_by_the_job_in_one_commit_with_where_it_ends(
    shop: MiniShop, cloud: Cloud
) -> None:
    streamed(shop, cloud)
    put(cloud, *range(6))
    for _ in range(2):
        for stage in ("ingest", "silver"):
            ended = job(shop, cloud, stage)
            assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout + ended.stderr
        assert sorted(row[0] for row in shop.rows("silver.clicks")) == [f"c{number}" for number in range(6)]
    with shop.open() as context:
        bronze = context.lake.find("bronze.clicks")
        assert bronze is not None
        (offsets,) = [key for key in bronze.state if key.startswith("marketpulse.offsets.arn:aws:kinesis:")]
        assert all("after" in at for at in json.loads(bronze.state[offsets]).values())
        # The second job found nothing: one commit has the rows and where the next one begins.
        assert len(bronze.snapshots()) == 1


def test_cycles_of_live_and_the_job_read_one_stream_beside_each_other(shop: MiniShop, cloud: Cloud) -> None:
    """What is sooner in gold than by jobs: `marketpulse live` on a machine, with the settings of the warehouse."""
    streamed(shop, cloud)
    cycles = Cycles(replace(shop.settings, wait_seconds=0), Silent(), shows=False)
    put(cloud, 0, 1)
    first = cycles.cycle()
    assert (first.exit_code, first.records, first.told) == (0, 2, [])
    put(cloud, 2, 3)
    ended = job(shop, cloud, "ingest")
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout + ended.stderr
    put(cloud, 4)
    then = cycles.cycle()
    assert (then.exit_code, then.records, then.told) == (0, 1, [])
    assert sorted(row[0] for row in shop.rows("silver.clicks")) == [f"c{number}" for number in range(5)]
    assert len({row[2] for row in shop.rows("bronze.clicks", lineage=True)}) == 5


def test_a_topic_is_refused_by_the_job_with_what_reads_it(shop: MiniShop, cloud: Cloud, tmp_path: Path) -> None:
    """The package for AWS has no client of Kafka's: here it is hidden from the job."""
    (tmp_path / "confluent_kafka.py").write_text("raise ImportError('not in the package')\n")
    topic = "stream: {kafka: {topic: clicks, bootstrap: 'broker:9092'}}"
    shop.edit("sources/clicks.yaml", "owner: web\n", f"owner: web\n{topic}\n")
    ended = job(shop, cloud, "ingest", path=tmp_path)
    assert (ended.returncode, ended.stderr) == (1, ""), ended.stdout + ended.stderr
    assert "Kafka needs a library that is not installed" in ended.stdout
    assert "the jobs on AWS have it not and read Kinesis alone" in ended.stdout
