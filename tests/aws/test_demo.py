"""The whole demo in S3 with the Glue catalog: the same tables as on this machine."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from datetime import date

import pytest

from marketpulse import flow
from marketpulse.errors import UsageError
from marketpulse.names import FLOW_RUNS
from marketpulse.run.context import Context, open_context
from marketpulse.serving.query import stream
from marketpulse.serving.runs import runs
from marketpulse.settings import Settings
from marketpulse.storage.places import open_read
from marketpulse_retail.generate import ShopPlan, generate
from tests.aws.conftest import Cloud, new_cloud
from tests.aws.emulator import Emulator
from tests.projects import project_at
from tests.ready import ready

#: Names and times of the run that made a row.
_OF_THE_RUN = {
    "batch_id",
    "first_seen_at",
    "first_seen_date",
    "ingested_at",
    "modified_ns",
    "touched_ns",
    "_batch_id",
    "_ingested_at",
}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, emulator: Emulator) -> tuple[Settings, Settings, Cloud]:
    """Settings of two warehouses, local and on S3, made from the same landed files."""
    root = tmp_path_factory.mktemp("demo")
    generate(ShopPlan(date(2026, 3, 2), days=2, clicks_per_day=1_000), root / "landing", None)
    cloud = new_cloud(emulator)
    cloud.upload(root / "landing")
    local = Settings(root / "landing", root / "warehouse", memory_mb=512)
    for settings in (local, remote := replace(local, **cloud.settings)):
        with open_context(settings, project_at()) as context:
            assert flow.run(context, flow.Options()).ok
    return local, remote, cloud


def comparable(context: Context, name: str) -> list[tuple[object, ...]]:
    """Rows without what differs from run to run."""
    table = context.lake.find(name)
    assert table is not None
    types = {column: kind for column, kind in table.types.items() if column not in _OF_THE_RUN}
    compared = context.engine.bind("compared", types, [file.path for file in table.files()])
    return sorted(context.engine.rows(f"select * from {compared}"), key=repr)


def test_every_table_is_the_same(both: tuple[Settings, Settings, Cloud]) -> None:
    local, remote, _ = both
    with open_context(local, project_at()) as here, open_context(remote, project_at()) as there:
        assert there.lake.names() == here.lake.names()
        assert [[run.status for run in runs(each, 9)] for each in (here, there)] == [["done"], ["done"]]
        names = [name for name in here.lake.names() if name != FLOW_RUNS]
        different = [name for name in names if comparable(here, name) != comparable(there, name)]
    assert different == []


def test_a_second_run_commits_nothing(both: tuple[Settings, Settings, Cloud]) -> None:
    _, remote, cloud = both
    before = {layer: cloud.keys(layer) for layer in ("bronze", "silver", "gold", "quarantine")}
    with open_context(remote, project_at()) as context:
        assert {table.status for table in flow.run(context, flow.Options()).tables} == {"up to date"}
    assert {layer: cloud.keys(layer) for layer in before} == before


def test_each_layer_has_its_bucket_and_its_database(both: tuple[Settings, Settings, Cloud]) -> None:
    _, _, cloud = both
    glue = cloud.client("glue")
    tables = glue.get_tables(DatabaseName=cloud.namespace.format(layer="silver"))["TableList"]
    locations = {table["Name"]: table["StorageDescriptor"]["Location"] for table in tables}
    assert locations["sales"] == f"s3://{cloud.name}-silver/sales"
    assert locations["quarantine"] == f"s3://{cloud.name}-quarantine/quarantine"
    assert {table["Parameters"]["table_type"] for table in tables} == {"ICEBERG"}


def test_a_query_reads_s3_and_nothing_else(both: tuple[Settings, Settings, Cloud]) -> None:
    _, remote, cloud = both
    with open_context(remote, project_at()) as context:
        rows = stream(context, "select count(*) as n from gold.fct_sales").read_all()["n"].to_pylist()
        assert rows[0] > 0
        secret = f"s3://{cloud.name}-landing/" + next(key for key in cloud.keys("landing") if key.endswith(".csv"))
        assert fsspec_can_read(secret)
        for reading in (f"read_csv('{secret}')", f"read_text('s3://{cloud.name}-landing/**')", f"'{secret}'"):
            with pytest.raises(UsageError, match=r"there is no table|no table of this warehouse|Permission|disabled"):
                stream(context, f"select * from {reading}").read_all()


def fsspec_can_read(place: str) -> bool:
    with open_read(place) as file:
        return len(file.read(10)) == 10


def test_the_commands_that_look_work_there_too(both: tuple[Settings, Settings, Cloud]) -> None:
    _, _, cloud = both
    settings = {f"MARKETPULSE_{key.upper()}": value for key, value in cloud.settings.items()}
    for arguments, shown in (
        (["status", "gold.fct_sales", "--json"], '"gold.fct_sales"'),
        (["query", "select count(*) as lines from gold.fct_sales", "--format", "csv"], "lines"),
        (["quarantine", "list"], "silver.clicks"),
    ):
        command = [str(ready() / "marketpulse"), *arguments]
        ended = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=False)
        assert (ended.returncode, ended.stderr) == (0, "")
        assert shown in ended.stdout
