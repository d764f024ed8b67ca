"""The demo by spark-submit, with what `make package` makes, in buckets and the Glue catalog: the laptop's tables."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import time
import venv
import zipfile
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.aws.conftest import Cloud, cloud, emulator, new_cloud
from tests.aws.emulator import Emulator
from tests.aws.test_demo import comparable
from tests.projects import project_at

from marketpulse import flow
from marketpulse.names import FLOW_RUNS
from marketpulse.run.context import open_context
from marketpulse.settings import Settings
from marketpulse_retail.generate import ShopPlan, generate
from proofs.spark_s3 import ROOT, Submit, need

__all__ = ["cloud", "emulator"]

#: Small data: what counts is the time to plan a query, not to run it.
QUICK = {
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.codegen.wholeStage": "false",
    "spark.ui.enabled": "false",
}


@dataclass(frozen=True)
class Built:
    """Settings of two warehouses made from the same landed files: local by DuckDB, in buckets by four jobs of Spark."""

    here: Settings
    there: Settings
    cloud: Cloud
    said: dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make package` writes."""
    need()
    folder = tmp_path_factory.mktemp("package")
    command = [sys.executable, str(ROOT / "package" / "build.py"), "--output", str(folder), "--bin"]
    subprocess.run([*command, f"{sys.base_prefix}/bin"], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def glue(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python as Glue makes it: the bundled wheels, installed without an index."""
    folder = tmp_path_factory.mktemp("glue")
    with zipfile.ZipFile(package / "glue-libs.gluewheels.zip") as archive:
        archive.extractall(folder)
    venv.create(folder / "venv", with_pip=True)
    install = [str(folder / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-index"]
    wheels = folder / "wheels"
    subprocess.run([*install, "--find-links", str(wheels), "-r", str(wheels / "requirements.txt")], check=True)
    return folder / "venv" / "bin" / "python"


@pytest.fixture(scope="module")
def emr(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python as EMR unpacks it."""
    folder = tmp_path_factory.mktemp("emr") / "environment"
    with tarfile.open(package / "emr-venv.tar.gz") as archive:
        archive.extractall(folder, filter="fully_trusted")
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def built(package: Path, glue: Path, emr: Path, emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Built:
    root = tmp_path_factory.mktemp("demo")
    generate(ShopPlan(date(2026, 3, 2), days=1, clicks_per_day=100), root / "landing", None)
    here = Settings(root / "landing", root / "warehouse", memory_mb=512)
    with open_context(here, project_at()) as context:
        assert flow.run(context, flow.Options()).ok
    cloud = new_cloud(emulator)
    cloud.upload(root / "landing")
    said = {}
    for stage, script, python in (
        ("ingest", "glue_job", glue),
        ("silver", "glue_job", glue),
        ("gold", "emr_job", emr),
        ("maintain", "glue_job", glue),
    ):
        began, before = time.monotonic(), len(emulator.requests)
        said[stage] = Submit(cloud, python, QUICK)(package / "jobs" / f"{script}.py", stage, "run-1")
        asked = Counter(request.method for request in emulator.requests[before:])
        print(f"{stage}: {time.monotonic() - began:.0f} s, {sum(asked.values()):,} requests {dict(asked)}", flush=True)
    return Built(here, replace(here, **cloud.settings), cloud, said)


def test_every_table_is_the_laptops(built: Built) -> None:
    with open_context(built.here, project_at()) as here, open_context(built.there, project_at()) as there:
        assert there.lake.names() == here.lake.names()
        names = [name for name in here.lake.names() if name != FLOW_RUNS]
        assert [name for name in names if comparable(here, name) != comparable(there, name)] == []
        print(f"{len(names)} tables are equal")


def test_spark_computed_and_files_were_written_by_it(built: Built) -> None:
    assert {line["engine"] for line in _started(built)} == {"spark"}
    for layer in ("silver", "gold", "quarantine"):
        files = [key for key in built.cloud.keys(layer) if "/data/" in key]
        assert files, layer
        assert not [key for key in files if "/_temporary/" in key or key.endswith(("_SUCCESS", ".crc"))]
    assert not [key for layer in ("bronze", "silver", "gold") for key in built.cloud.keys(layer) if "_scratch" in key]


def test_a_second_run_of_the_stages_commits_nothing(built: Built, package: Path, emr: Path) -> None:
    before = {layer: built.cloud.keys(layer) for layer in ("silver", "gold", "quarantine")}
    for stage in ("silver", "gold"):
        lines = Submit(built.cloud, emr, QUICK)(package / "jobs" / "emr_job.py", stage, "run-2")
        assert {line["status"] for line in lines if line["event"] == "table"} == {"up to date"}
    assert {layer: built.cloud.keys(layer) for layer in before} == before


def _started(built: Built) -> list[dict[str, Any]]:
    """Arguments of the four jobs, as each said them."""
    lines = (line for said in built.said.values() for line in said)
    return [line["arguments"] for line in lines if line["event"] == "job started"]
