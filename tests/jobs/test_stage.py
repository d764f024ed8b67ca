"""A job on this machine: its log lines, its report, its exit code."""

from __future__ import annotations

import json
import os
import runpy
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from marketpulse.jobs.stage import main
from marketpulse.privacy.retention import Retention
from tests.shop import MiniShop

JOBS = Path(__file__).parents[2] / "jobs"


def arguments(shop: MiniShop, stage: str, *more: str) -> list[str]:
    return [
        "--environment", "dev", "--stage", stage, "--landing-uri", str(shop.landing), "--run-id", "try-1",
        "--warehouse-uri", str(shop.settings.warehouse), "--project", str(shop.project_dir),
        "--catalog", "sql", "--engine", "duckdb", *more,
    ]  # fmt: skip


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def landed(shop: MiniShop) -> MiniShop:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-02,2,1")
    shop.land("clicks/a.json", '{"id":"a","ts":"2026-01-01T00:00:01Z"}\n')
    return shop


def test_stage_after_stage_makes_the_tables_of_one_run(landed: MiniShop, tmp_path: Path) -> None:
    for stage in ("ingest", "silver", "gold", "maintain"):
        assert main(arguments(landed, stage)) == 0
    whole = MiniShop(tmp_path / "whole")
    whole.landing = landed.landing
    whole.settings = whole.settings.__class__(landed.landing, tmp_path / "w", landed.project_dir, memory_mb=512)
    whole.run()
    for name in ("silver.sales", "silver.clicks", "gold.agg_daily", "gold.mart_total"):
        assert landed.rows(name) == whole.rows(name) != []


def test_a_stage_does_its_part_only(landed: MiniShop) -> None:
    assert main(arguments(landed, "silver")) == 0
    assert landed.snapshots() == {}
    assert main(arguments(landed, "ingest")) == 0
    assert set(landed.snapshots()) == {"bronze.clicks", "bronze.landed_files", "bronze.sales"}
    assert main(arguments(landed, "silver", "--select", "silver.sales")) == 0
    assert "silver.clicks" not in landed.snapshots()


def test_every_line_is_json_and_says_whose_it_is(landed: MiniShop, capsys: pytest.CaptureFixture[str]) -> None:
    main(arguments(landed, "ingest"))
    found = lines(capsys)
    assert [line["event"] for line in found][0::9999] == ["job started"]
    assert found[-1]["event"] == "job finished"
    assert all(line["run_id"] == "try-1" and line["stage"] == "ingest" and line["level"] == "INFO" for line in found)
    feeds = {line["source"]: line["records"] for line in found if line["event"] == "feed"}
    assert feeds == {"sales": 2, "clicks": 1}


def test_the_report_lies_next_to_the_warehouse(landed: MiniShop, capsys: pytest.CaptureFixture[str]) -> None:
    main(arguments(landed, "ingest"))
    main(arguments(landed, "silver"))
    place = Path(lines(capsys)[-1]["report"])
    assert place.parent == Path(landed.settings.warehouse) / "_runs" / "try-1"
    report = json.loads(place.read_text())
    tables = {table["name"]: table["status"] for table in report["tables"]}
    assert tables == {"silver.sales": "built", "silver.clicks": "built"}
    assert (report["run_id"], report["exit_code"], report["arguments"]["stage"]) == ("try-1", 0, "silver")
    assert report["batch_id"].endswith("-try-1")
    assert len(list(place.parent.iterdir())) == 2


def test_a_gate_ends_with_one_and_its_reason(landed: MiniShop, capsys: pytest.CaptureFixture[str]) -> None:
    landed.land("sales/ingest_date=2026-01-02/bad.csv", "id,qty\n8,1\n")
    assert main(arguments(landed, "ingest")) == 1
    found = lines(capsys)
    blocked = next(line for line in found if line["event"] == "feed" and line["source"] == "sales")
    assert blocked["level"] == "ERROR"
    assert "the required column day is missing" in blocked["blocked"][0]["message"]
    assert json.loads(Path(found[-1]["report"]).read_text())["exit_code"] == 1


@pytest.mark.parametrize("wrong", [["--stage", "bronze"], ["--project", "/nowhere"], ["--select", "silver.sails"]])
def test_a_persons_mistake_ends_with_two_and_what_to_do(
    landed: MiniShop, capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    assert main(arguments(landed, "silver", *wrong)) == 2
    error = next(line for line in lines(capsys) if line["event"] == "error")
    assert error["level"] == "ERROR"
    assert error["hint"]


@pytest.mark.parametrize("script", ["glue_job.py", "emr_job.py"])
def test_the_scripts_raise_when_a_job_fails_and_only_then(
    landed: MiniShop, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(sys, "argv", [script, *arguments(landed, "ingest")])
    runpy.run_path(str(JOBS / script), run_name="__main__")
    monkeypatch.setattr(sys, "argv", [script, *arguments(landed, "ingest", "--engine", "hive")])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(JOBS / script), run_name="__main__")
    assert ended.value.code == 2


def test_upkeep_lets_go_what_is_older_than_keep_says(shop: MiniShop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.edit("sources/sales.yaml", "day]", "day]\nkeep: 400 days")
    today = datetime.now(UTC).date()
    for day in (today - timedelta(days=500), today):
        shop.land(f"sales/ingest_date={day}/{day}.csv", f"id,day,qty,amount\n{day:%d},{day},1,1\n")
    for stage in ("ingest", "silver", "gold", "maintain"):
        assert main(arguments(shop, stage)) == 0
    gone = {line["table"]: line["rows"] for line in lines(capsys) if line["event"] == "forgotten"}
    assert gone == {"bronze.sales": 1, "silver.sales": 1}
    assert main(arguments(shop, "maintain", "--select", "silver.sales")) == 0


def test_every_client_of_the_process_is_told_the_region(landed: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "elsewhere")
    assert main(arguments(landed, "ingest", "--region", "eu-west-9")) == 0
    assert {os.environ[name] for name in ("AWS_REGION", "AWS_DEFAULT_REGION")} == {"eu-west-9"}


def test_upkeep_says_which_table_waits(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    waits = Retention(waits={"gold.agg_daily": "a rule failed"})
    monkeypatch.setattr("marketpulse.jobs.stage.retention.keep", lambda _: waits)
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    assert main(arguments(shop, "ingest")) == 0
    assert main(arguments(shop, "maintain")) == 1
    errors = [line["message"] for line in lines(capsys) if line["event"] == "error"]
    assert errors == ["gold.agg_daily waits: a rule failed"]
