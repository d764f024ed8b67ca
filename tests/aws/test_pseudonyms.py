"""In a bucket what keys pseudonyms is made once, found by all, and gone with all versions when it is renewed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from marketpulse.run.pseudonyms import Pseudonyms
from tests.aws.conftest import Cloud
from tests.shop import MiniShop


def test_of_many_who_need_one_at_once_one_makes_it(cloud: Cloud) -> None:
    place = f"s3://{cloud.name}-quarantine/_people"
    with ThreadPoolExecutor(6) as pool:
        found = {*pool.map(lambda _: Pseudonyms(place).secret, range(6))}
    assert [*found] == [cloud.read("_people/pseudonyms", "quarantine").decode()]


def test_one_that_is_renewed_leaves_no_version(cloud: Cloud) -> None:
    told = {"Status": "Enabled"}
    cloud.client().put_bucket_versioning(Bucket=f"{cloud.name}-quarantine", VersioningConfiguration=told)
    known = Pseudonyms(f"s3://{cloud.name}-quarantine/_people")
    before = known.of("C-17")
    known.renew()
    kept = cloud.client().list_object_versions(Bucket=f"{cloud.name}-quarantine")["Versions"]
    assert (len(kept), known.of("C-17") != before) == (1, True)


def test_a_warehouse_in_buckets_has_its_own_where_its_jobs_look_for_it(shop: MiniShop, cloud: Cloud) -> None:
    shop.land_sales("2026-01-01", "a,2026-01-01,1,1")
    cloud.upload(shop.landing)
    assert shop.run(**cloud.settings).ok
    assert "_people/pseudonyms" in cloud.keys("quarantine")
    with shop.open(**cloud.settings) as context:
        assert context.pseudonyms.secret == cloud.read("_people/pseudonyms", "quarantine").decode()
