"""A person goes from buckets that keep every version of what they had: no version of any object names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from marketpulse.engines.duckdb import DuckEngine
from marketpulse.privacy import erase as work
from marketpulse.privacy import secret
from marketpulse.storage import places
from tests.aws.conftest import Cloud
from tests.aws.emulator import LAYERS
from tests.privacy.people import click, clicks, erase, named, sales, traces_in
from tests.shop import MiniShop

ADA = ("ada@1815", "phone-ada")


def versions(cloud: Cloud) -> Iterator[tuple[str, bytes]]:
    """Every version of every object, under its name."""
    for layer in LAYERS:
        bucket = f"{cloud.name}-{layer}"
        for page in cloud.client().get_paginator("list_object_versions").paginate(Bucket=bucket):
            for each in page.get("Versions", []):
                told = {"Bucket": bucket, "Key": each["Key"], "VersionId": each["VersionId"]}
                yield f"{layer}/{each['Key']}", cloud.client().get_object(**told)["Body"].read()


@pytest.fixture
def stored(shop: MiniShop, cloud: Cloud) -> MiniShop:
    """A shop in buckets with versions, after two loads with Ada in them."""
    for layer in LAYERS:
        told = {"Status": "Enabled"}
        cloud.client().put_bucket_versioning(Bucket=f"{cloud.name}-{layer}", VersioningConfiguration=told)
    named(shop).settings = replace(
        shop.settings, **cloud.settings, erasures=f"s3://{cloud.name}-quarantine/erasures", wait_seconds=5
    )
    sales(shop, "2026-01-01", "s1,2026-01-01,1,ada@1815", "s2,2026-01-01,2,bob@1", "s3,2026-01-01,0,ada@1815")
    clicks(shop, "2026-01-02", click("c1", "phone-ada", "ada@1815"), click("c2", "pc", "bob@1"))
    cloud.upload(shop.landing)
    assert shop.run().ok
    sales(shop, "2026-01-02", "s2,2026-01-02,5,ada@1815", "s4,2026-01-02,3,bob@1", "s5,2026-01-02,0,bob@1")
    cloud.upload(shop.landing)
    assert shop.run().ok
    return shop


def test_no_version_of_any_object_names_the_person(stored: MiniShop, cloud: Cloud) -> None:
    assert traces_in(versions(cloud), ADA)
    done = erase(stored, "buyer", "ada@1815")
    assert done.ok, done
    assert traces_in(versions(cloud), ADA) == []
    assert [row[0] for row in stored.rows("silver.sales")] == ["s2", "s4"]
    late = "id,day,qty,buyer\ns6,2026-01-03,1,ada@1815\ns7,2026-01-03,1,bob@1\n"
    cloud.put("sales/ingest_date=2026-01-03/sales.csv", late)
    assert [feed.erased for feed in stored.run().feeds if feed.source == "sales"] == [1]
    cloud.client().delete_object(Bucket=f"{cloud.name}-landing", Key="sales/ingest_date=2026-01-03/sales.csv")
    assert {found.partition("/")[0] for found in traces_in(versions(cloud), ADA)} == {"landing"}


@pytest.mark.long
def test_nor_of_what_executors_would_write_in_buckets(
    stored: MiniShop, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DuckEngine, "shares_disk", False)
    crowd = ["ada@1815", *(f"X-{number}" for number in range(20))]
    assert erase(stored, "buyer", *crowd).ok
    assert traces_in(versions(cloud), ADA) == []


@pytest.mark.long
def test_what_the_owner_deletes_and_a_secret_that_is_destroyed_leave_no_version(stored: MiniShop, cloud: Cloud) -> None:
    assert len(erase(stored, "buyer", "ada@1815", delete_landed=False).landed) == 3
    for key in cloud.keys("landing"):
        cloud.client().delete_object(Bucket=f"{cloud.name}-landing", Key=key)
    assert traces_in(versions(cloud), ADA)
    with stored.open() as context:
        assert work.erase_again(context, delete_landed=True).ok
    assert traces_in(versions(cloud), ADA) == []
    key = places.read_text(f"{stored.settings.erasures_place}/secret-1")
    with stored.open() as context:
        secret.destroy(context, 1, "for good")
    assert traces_in(versions(cloud), [key]) == []
