"""The Glue catalog: who commits first wins, what is missing is made, and errors are for people."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from botocore.awsrequest import AWSResponse

from marketpulse.errors import ConcurrentError, StorageError
from marketpulse.lake.gluecatalog import CloudCatalog
from marketpulse.lake.table import FileRef, LakeTable
from marketpulse.run.context import Context
from tests.aws.conftest import SETTINGS, Cloud
from tests.shop import MiniShop


@pytest.fixture
def remote(shop: MiniShop, cloud: Cloud) -> MiniShop:
    """A mini shop whose warehouse is on the emulator; it lands on this machine."""
    shop.settings = replace(shop.settings, warehouse=cloud.warehouse, namespace=cloud.namespace)
    return shop


def written(context: Context, table: LakeTable) -> list[FileRef]:
    paths = context.engine.write("select 1 as n", context.folder("gold.numbers"))
    return context.lake.describe(table, paths)


def test_of_two_writers_one_wins_and_the_other_is_told(remote: MiniShop) -> None:
    with remote.open() as one, remote.open() as two:
        first = one.lake.ensure("gold.numbers", {"n": "long"})
        second = two.lake.find("gold.numbers")
        assert second is not None
        one.lake.commit(first, written(one, first), [], {}, {})
        with pytest.raises(ConcurrentError):
            two.lake.commit(second, written(two, second), [], {}, {})
        assert [file.rows for file in (two.lake.find("gold.numbers") or second).files()] == [1]


def test_all_tables_are_known_without_a_question_for_each(remote: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    with remote.open() as context:
        for name in ("gold.numbers", "silver.numbers"):
            table = context.lake.ensure(name, {"n": "long"})
            context.lake.commit(table, written(context, table), [], {}, {})
        each = [context.lake.find(name) for name in context.lake.names()]
        monkeypatch.setattr(CloudCatalog, "load_table", lambda *_: pytest.fail("one was asked for"))
        assert [table.name for table in context.lake.everything()] == ["gold.numbers", "silver.numbers"]
        found = {table.name: table.snapshot_id for table in context.lake.everything()}
    assert found == {table.name: table.snapshot_id for table in each if table}


def test_a_database_that_exists_is_used_as_it_is(remote: MiniShop, cloud: Cloud) -> None:
    name = cloud.namespace.format(layer="gold")
    cloud.client("glue").create_database(DatabaseInput={"Name": name, "Description": "made by another tool"})
    with remote.open() as context:
        context.lake.ensure("gold.numbers", {"n": "long"})
    assert cloud.client("glue").get_database(Name=name)["Database"]["Description"] == "made by another tool"
    databases = [d["Name"] for d in cloud.client("glue").get_databases()["DatabaseList"]]
    assert cloud.namespace.format(layer="silver") not in databases


def test_a_bucket_that_is_missing_is_said(remote: MiniShop) -> None:
    remote.land_sales("2026-01-01", "1,2026-01-01,1,1")
    with pytest.raises(StorageError, match="bucket"):
        remote.run(warehouse="s3://no-such-bucket-anywhere-{layer}")


def test_credentials_that_are_missing_are_said(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "from marketpulse.settings import Settings\nfrom marketpulse.lake.lake import Lake\n"
        f"s = Settings(warehouse='{cloud.warehouse}')\nLake(s.layout, s.catalog_properties()).find('gold.x')\n"
    )
    environment = {k: v for k, v in SETTINGS.items() if k not in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    environment |= {"AWS_ENDPOINT_URL": cloud.emulator.endpoint, "HOME": "/nonexistent"}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    last = found.stderr.strip().splitlines()[-1]
    assert last.startswith("marketpulse.errors.StorageError: gold.x: Unable to locate credentials")
    assert "check bucket, region, credentials" in last


def test_settings_show_no_secret(remote: MiniShop) -> None:
    settings = replace(remote.settings, catalog={"s3.secret-access-key": "hush", "type": "glue"})
    with remote.open(catalog=settings.catalog) as context:
        shown = repr((settings, context, context.lake, context.engine))
    assert "hush" not in shown
    assert SETTINGS["AWS_SECRET_ACCESS_KEY"] not in shown


class Cut:
    """A body of which half arrives."""

    def stream(self) -> Iterator[bytes]:
        yield b'{"Database": {"Na'


def test_an_answer_of_which_half_arrives_is_said_and_no_half_is_believed(remote: MiniShop) -> None:
    remote.run()
    with remote.open() as context:
        events = context.lake.catalog.glue.meta.events
        events.register("before-send.glue", lambda request, **_: AWSResponse(request.url, 200, {}, Cut()))
        for asked in (context.lake.names, context.lake.everything, lambda: context.lake.find("silver.sales")):
            with pytest.raises(StorageError, match="the answer ends after 17 bytes"):
                asked()
        with pytest.raises(StorageError, match="the answer ends after 17 bytes"):
            context.lake.ensure("gold.new", {"n": "long"})
