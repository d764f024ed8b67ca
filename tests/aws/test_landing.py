"""A landing zone in S3: found, recognised, and read like a folder."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketpulse.bronze.ingest import ingest
from marketpulse.errors import StorageError
from marketpulse.landing.files import LandedFile, find_files
from marketpulse.project.source import Source
from tests.aws.conftest import Cloud
from tests.bronze.deliveries import STORIES, rows_of, saying
from tests.long import often
from tests.shop import MiniShop

DAY = "sales/ingest_date=2026-01-01"


@pytest.fixture
def remote(shop: MiniShop, cloud: Cloud) -> MiniShop:
    """A mini shop whose landing zone and warehouse are on the emulator."""
    shop.settings = replace(shop.settings, **cloud.settings)
    return shop


def sales(shop: MiniShop) -> Source:
    return shop.project().sources["sales"]


def found(shop: MiniShop) -> list[LandedFile]:
    source = sales(shop)
    return find_files(shop.settings.landing_place, source.folder, source.pattern)[0]


def test_files_are_found_by_the_rules_of_a_folder(remote: MiniShop, cloud: Cloud) -> None:
    for key in (f"{DAY}/b.csv", f"{DAY}/a b'ü.csv", f"{DAY}/_part.csv", f"{DAY}/.hidden", f"{DAY}/", "salesx/c.csv"):
        cloud.put(key, "id,day,qty,amount\n")
    assert [file.name for file in found(remote)] == [f"{DAY}/a b'ü.csv", f"{DAY}/b.csv"]


def test_names_say_in_a_store_what_they_say_on_a_disk(remote: MiniShop, cloud: Cloud) -> None:
    for key in (
        f"{DAY}/good.csv",
        f"{DAY}/_SUCCESS",
        "sales/_temporary/0/a.csv",
        "sales/_temporary/0/b.csv",
        "sales/.b.csv",
        "sales/ingest_date=2026-02-30/a.csv",
        "sales/ingest_date=2026-01-01/hour=24/a.csv",
        "sales/a-b/c.csv",
        "sales/a/c.csv",
    ):
        cloud.put(key, "id,day,qty,amount\n")
        remote.land(key, "id,day,qty,amount\n")
    source = sales(remote)
    there, refused = find_files(remote.settings.landing_place, source.folder, source.pattern)
    here, also_refused = find_files(str(remote.landing), source.folder, source.pattern)
    assert [file.name for file in there] == [file.name for file in here] != []
    assert refused == also_refused
    assert [each.name for each in refused if each.waits] == ["sales/.b.csv", "sales/_temporary"]
    assert len([each for each in refused if not each.waits]) == 2


def test_an_object_written_again_with_the_same_size_is_another_file(remote: MiniShop, cloud: Cloud) -> None:
    cloud.put(f"{DAY}/a.csv", "id,day,qty,amount\n1,2026-01-01,1,1\n")
    first = found(remote)[0]
    assert not first.changed()
    cloud.put(f"{DAY}/a.csv", "id,day,qty,amount\n1,2026-01-01,2,1\n")
    assert first.changed()
    assert found(remote)[0].size == first.size
    assert found(remote)[0].modified != first.modified


def test_a_corrected_object_corrects_the_table(remote: MiniShop, cloud: Cloud) -> None:
    for quantity in ("1", "2"):
        cloud.put(f"{DAY}/a.csv", f"id,day,qty,amount\n1,2026-01-01,{quantity},1\n")
        assert remote.run().ok
    assert [row[2] for row in remote.rows("silver.sales")] == [2]


def test_the_same_content_under_another_name_adds_nothing(remote: MiniShop, cloud: Cloud) -> None:
    cloud.put(f"{DAY}/a.csv", "id,day,qty,amount\n1,2026-01-01,1,1\n")
    assert remote.run().ok
    cloud.put(f"{DAY}/again.csv", "id,day,qty,amount\n1,2026-01-01,1,1\n")
    report = remote.run()
    assert next(feed for feed in report.feeds if feed.source == "sales").duplicates == 1
    assert {table.status for table in report.tables} == {"up to date"}


def test_parquet_lands_too(remote: MiniShop, cloud: Cloud) -> None:
    remote.edit("sources/sales.yaml", "format: csv", "format: parquet")
    sink = pa.BufferOutputStream()
    columns = {"id": ["1", "2"], "day": ["2026-01-01"] * 2, "qty": ["1", "x"], "amount": ["1", "1"]}
    pq.write_table(pa.table(columns), sink)
    cloud.put(f"{DAY}/a.parquet", sink.getvalue().to_pybytes())
    report = remote.run()
    assert report.feeds[1].records == 2
    assert len(remote.rows("silver.sales")) == 1


def test_a_file_that_cannot_be_read_is_named_and_the_rest_goes_through(remote: MiniShop, cloud: Cloud) -> None:
    cloud.put(f"{DAY}/a.csv", "id,qty\n1,1\n")
    cloud.put(f"{DAY}/b.csv", "id,day,qty,amount\n1,2026-01-01,1,1\n")
    report = remote.run()
    assert [blocked["file"] for blocked in report.feeds[1].blocked] == [f"{DAY}/a.csv"]
    assert len(remote.rows("silver.sales")) == 1


def test_a_landing_bucket_that_is_missing_is_said(remote: MiniShop) -> None:
    with pytest.raises(StorageError, match="bucket"):
        remote.run(landing="s3://no-such-bucket-anywhere")


@pytest.mark.parametrize("story", often([story for story in STORIES if "at once" not in story][::2], 4))
def test_deliveries_are_the_same_in_a_store(remote: MiniShop, cloud: Cloud, story: str) -> None:
    runs, deliveries, quantity = STORIES[story]
    for files in runs:
        for name, says in files.items():
            if says is None:
                cloud.client().delete_object(Bucket=f"{cloud.name}-landing", Key=f"sales/{name}")
            else:
                cloud.put(f"sales/{name}", saying(says))
        with remote.open() as context:
            ingest(context, context.project.sources["sales"])
    remote.run("silver.sales")
    assert len(rows_of(remote, "bronze.sales")) == deliveries
    assert [row[2] for row in remote.rows("silver.sales")] == [quantity]
