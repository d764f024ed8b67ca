"""The package as AWS uses it: nothing else installed, no index, no network, wherever it lies."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import os
import runpy
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from build import build

from marketpulse.serving.redshift.plan import Options

PYTHONS = Path(sys.base_prefix) / "bin"
OPTIONS = Options("shop_dev_gold", "default")
EMPTY = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"}


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `make package` writes."""
    folder = tmp_path_factory.mktemp("package") / "dist"
    build(folder, PYTHONS, OPTIONS)
    return folder


@pytest.fixture(scope="session")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop") / "landing"
    command = [sys.executable, "-m", "marketpulse", "generate", "--landing", str(folder), "--days", "1"]
    subprocess.run([*command, "--clicks", "300"], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def environment(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The EMR archive, unpacked."""
    folder = tmp_path_factory.mktemp("node") / "a place" / "environment"
    with tarfile.open(package / "emr-venv.tar.gz") as archive:
        archive.extractall(folder, filter="fully_trusted")
    return folder


def manifest(package: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((package / "manifest.json").read_text())
    return found


def stages(
    start: tuple[str, ...],
    script: Path,
    landing: Path,
    work: Path,
    engine: str = "duckdb",
    wanted: Sequence[str] = ("ingest", "silver", "gold"),
) -> dict[str, list[str]]:
    """Run landing to gold as three jobs that `start` starts, in an empty environment; the tables that each built."""
    built: dict[str, list[str]] = {}
    for stage in wanted:
        command = [
            *start, str(script), "--environment", "dev", "--stage", stage, "--run-id", "try",
            "--landing-uri", str(landing), "--warehouse-uri", str(work / "warehouse"),
            "--catalog", "sql", "--engine", engine,
        ]  # fmt: skip
        work.mkdir(parents=True, exist_ok=True)
        ended = subprocess.run(command, env=EMPTY, cwd=work, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
        lines = [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]
        built[stage] = [line["name"] for line in lines if line["event"] == "table" and line["status"] == "built"]
    return built


def spark_home() -> str:
    """Where spark-submit is, or skip."""
    found = importlib.util.find_spec("pyspark")
    if found is None or not found.submodule_search_locations or not shutil.which("java", path=EMPTY["PATH"]):
        pytest.skip("NOT TESTED with spark-submit: pyspark or Java is not installed (make spark)")
    return found.submodule_search_locations[0]


def test_the_manifest_names_every_file_and_its_content(package: Path) -> None:
    found = manifest(package)
    scripts = {"deliver_events", "emr_job", "endpoint_key", "glue_job", "glue_start_emr", "start_workflow"}
    libraries = {"emr_venv", "emr_venv_py313", "glue_libs", "glue_libs_py313", "shell_libs"}
    assert scripts | libraries | {"redshift", "wheel"} <= found.keys()
    for entry in found.values():
        assert hashlib.sha256((package / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]


def test_the_same_sources_give_the_same_bytes(package: Path, tmp_path: Path) -> None:
    build(tmp_path / "again", PYTHONS, OPTIONS)
    assert manifest(tmp_path / "again") == manifest(package)


def test_the_bill_of_materials_names_every_bundled_wheel_with_its_hash(package: Path) -> None:
    bill = json.loads((package / "sbom.json").read_text())
    known = {
        reference["hashes"][0]["content"]: part["name"]
        for part in bill["components"]
        for reference in part["externalReferences"]
    }
    with zipfile.ZipFile(package / "glue-libs.gluewheels.zip") as archive:
        wheels = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    foreign = {name for name in wheels if name.endswith(".whl") and "/marketpulse-" not in name}
    assert foreign
    assert {name for name in foreign if wheels[name] not in known} == set()
    assert {known[wheels[name]] for name in foreign} == {part["name"] for part in bill["components"]}


def test_no_file_names_the_place_where_it_was_built(package: Path, environment: Path) -> None:
    root = str(Path(__file__).parents[1]).encode()
    texts = [path for path in environment.rglob("*") if path.suffix in (".py", ".json", ".cfg", ".txt", ".toml", "")]
    assert [path for path in texts if path.is_file() and not path.is_symlink() and root in path.read_bytes()] == []
    with zipfile.ZipFile(package / "glue-libs.gluewheels.zip") as archive:
        assert root not in archive.read("wheels/requirements.txt")


def test_python_shell_imports_its_libraries_from_the_zip_alone(package: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(package / "shell-libs.zip") as archive:
        archive.extractall(tmp_path)
    clients = "[boto3.client(each, region_name='r') for each in ('emr', 'emr-serverless', 'redshift-data', 's3')]"
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import boto3; {clients}; print(boto3.__file__)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], env=EMPTY, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(str(tmp_path))


@pytest.mark.parametrize("name", ["endpoint_key", "start_workflow"])
def test_a_function_of_lambda_is_a_zip_of_its_script(package: Path, name: str) -> None:
    with zipfile.ZipFile(package / manifest(package)[name]["file"]) as archive:
        assert archive.namelist() == [f"{name}.py"]


def test_the_image_is_made_of_what_is_in_the_package(package: Path) -> None:
    """No container is built here: what the file copies is there, and what it starts is a command."""
    text = (package / "Containerfile").read_text()
    (copied,) = [line.split()[1:-1] for line in text.splitlines() if line.startswith("COPY")]
    assert [name for name in copied if not list(package.glob(name))] == []
    pinned = (package / "collector.txt").read_text()
    assert all(f"\n{name}==" in f"\n{pinned}" for name in ("boto3", "httptools", "orjson", "s3fs", "uvicorn", "uvloop"))
    assert pinned.count("--hash=") > 100


def test_the_function_of_events_runs_from_its_zip_alone(package: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(package / manifest(package)["deliver_events"]["file"]) as archive:
        archive.extractall(tmp_path)
    page = 'at=1795870800000&method=POST&path=%2Fv1%2Fp&query= {"type":"page","anonymousId":"a"}'
    record = {"recordId": "1", "data": base64.b64encode(page.encode()).decode()}
    event = {"invocationId": "i", "records": [record]}
    code = (
        f"import sys, json; sys.path.insert(0, {str(tmp_path)!r}); import deliver_events; "
        f"print(json.dumps(deliver_events.handler({event!r}, None)))"
    )
    told = EMPTY | {"EVENTS": "e", "REJECTS": "r", "BUCKET": "b", "SOURCES": "{}"}
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], env=told, capture_output=True, text=True, check=True
    )
    (answer,) = json.loads(done.stdout)["records"]
    assert answer["result"] == "Ok"
    assert b'"anonymousId":"a"' in base64.b64decode(answer["data"])


def test_glue_installs_its_bundle_without_an_index_and_runs_the_job(
    package: Path, landing: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(package / "glue-libs.gluewheels.zip") as archive:
        archive.extractall(tmp_path)
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    wheels = tmp_path / "wheels"
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-index", "--find-links", str(wheels)]
    # A file that is not there: no setting of this machine may help.
    isolated = EMPTY | {"PIP_CONFIG_FILE": os.devnull}
    subprocess.run([*install, "--requirement", str(wheels / "requirements.txt")], check=True, env=isolated)
    subprocess.run([str(python), "-m", "pip", "check"], check=True, env=isolated)
    built = stages((str(python),), package / "jobs" / "glue_job.py", landing, tmp_path / "work")
    assert "silver.clicks" in built["silver"]
    assert "gold.fct_sales" in built["gold"]


def test_the_other_libraries_are_the_same_for_the_python_of_spark_4(package: Path) -> None:
    """That they run there is seen by hand and by `make spark4`: this Python is not that one."""
    wheels = {}
    for end in ("", "-py313"):
        with zipfile.ZipFile(package / f"glue-libs{end}.gluewheels.zip") as archive:
            wheels[end] = {Path(name).name for name in archive.namelist()}
    assert [name for name in wheels["-py313"] if "-cp311-cp311-" in name] == []
    assert any("-cp313-cp313-" in name for name in wheels["-py313"])
    releases = [{tuple(name.split("-")[:2]) for name in found} for found in wheels.values()]
    assert releases[0] == releases[1]
    with tarfile.open(package / "emr-venv-py313.tar.gz") as archive:
        assert Path(archive.getmember("bin/python").linkname) == PYTHONS / "python3.13"
        names = archive.getnames()
    assert any("cpython-313" in name for name in names)
    assert not any("cpython-311" in name for name in names)


def test_the_environment_of_emr_runs_the_job_wherever_it_lies(
    package: Path, environment: Path, landing: Path, tmp_path: Path
) -> None:
    script = package / "jobs" / "emr_job.py"
    assert "gold.fct_sales" in stages((str(environment / "bin" / "python"),), script, landing, tmp_path / "one")["gold"]
    moved = environment.rename(environment.parents[1] / "moved")
    try:
        code = "import sys, marketpulse, pyarrow; print(sys.prefix, marketpulse.__file__)"
        command = [str(moved / "bin" / "python"), "-c", code]
        shown = subprocess.run(command, env=EMPTY, capture_output=True, text=True, check=True).stdout
        assert shown.split()[0] == str(moved)
        assert str(moved / "lib") in shown
        stages((str(moved / "bin" / "python"),), script, landing, tmp_path / "two", wanted=["ingest"])
        assert (tmp_path / "two" / "warehouse" / "bronze" / "clickstream").is_dir()
    finally:
        moved.rename(environment)


def test_nothing_but_what_the_job_needs_is_inside(environment: Path) -> None:
    for name in ("pytest", "moto", "mypy", "pip"):
        command = [str(environment / "bin" / "python"), "-c", f"import {name}"]
        assert subprocess.run(command, env=EMPTY, capture_output=True, check=False).returncode == 1, name


def test_spark_submit_runs_the_job_with_the_archive(
    package: Path, environment: Path, landing: Path, tmp_path: Path
) -> None:
    home = spark_home()
    python = str(environment / "bin" / "python")
    start = (
        "env", f"SPARK_HOME={home}", f"PYSPARK_DRIVER_PYTHON={python}", f"PYSPARK_PYTHON={python}",
        f"{home}/bin/spark-submit", "--master", "local[2]", "--archives", f"{package / 'emr-venv.tar.gz'}#environment",
    )  # fmt: skip
    built = stages(start, package / "jobs" / "emr_job.py", landing, tmp_path / "work", engine="spark")
    assert "gold.fct_sales" in built["gold"]


def test_the_step_of_a_cluster_unpacks_the_archive_and_runs_the_job(
    package: Path, landing: Path, tmp_path: Path
) -> None:
    home, step = spark_home(), runpy.run_path(str(package / "jobs" / "glue_start_emr.py"))
    given = {
        "--cluster-id": "j-1", "--archives": f"file:{package / 'emr-venv.tar.gz'}#environment", "--run-id": "try",
        "--entry-point": "", "--log-uri": "", "--timeout-minutes": "5", "--arguments-json": "{}",
    }  # fmt: skip
    command = step["on_primary"](step["parse"]([text for pair in given.items() for text in pair]))
    # The primary node's `aws s3 cp --no-progress FROM TO`, for a file of this machine.
    (tmp_path / "aws").write_text('#!/bin/bash\ncp "${4#file:}" "$5"\n', encoding="utf-8")
    (tmp_path / "aws").chmod(0o755)
    start = ("env", f"SPARK_HOME={home}", f"PATH={tmp_path}:{home}/bin:{EMPTY['PATH']}", *command)
    stages(start, package / "jobs" / "emr_job.py", landing, tmp_path / "work", engine="spark", wanted=["ingest"])
    assert (tmp_path / "work" / "warehouse" / "bronze" / "clickstream").is_dir()


def test_the_statements_for_redshift_are_a_list_of_sql(package: Path) -> None:
    found = json.loads((package / "redshift.json").read_text())
    assert found[0].endswith("database 'shop_dev_gold' iam_role default")
    assert all(isinstance(sql, str) for sql in found)
    assert sum(sql.startswith("call") for sql in found) >= 4
