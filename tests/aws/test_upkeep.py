"""Maintenance in S3: small files become one, what nobody refers to goes, and what is young stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketpulse.lake import remembered
from marketpulse.storage.remembered import Remembered
from marketpulse.storage.unchanging import Unchanging
from marketpulse.upkeep.maintain import Maintained, Policy, maintain
from tests.aws.conftest import Cloud
from tests.shop import MiniShop


@pytest.fixture
def worn(shop: MiniShop, cloud: Cloud) -> MiniShop:
    """A shop in S3 whose bronze table has five small files."""
    shop.settings = replace(shop.settings, warehouse=cloud.warehouse, namespace=cloud.namespace)
    for number in range(5):
        shop.land_sales("2026-01-01", f"{number},2026-01-01,1,1", name=f"{number}.csv")
        assert shop.run("silver.sales").ok
    return shop


def upkeep(shop: MiniShop, **policy: float) -> Maintained:
    with shop.open() as context:
        return maintain(context, Policy(**policy), ["bronze.sales"])[0]


def test_small_files_become_one_and_the_old_ones_go(worn: MiniShop, cloud: Cloud) -> None:
    cloud.put("sales/data/20260101T000000-left-0000-0123abcd/data.parquet", b"left by a killed run", "bronze")
    assert upkeep(worn).orphans == 0
    before = worn.rows("silver.sales")
    done = upkeep(worn, snapshot_hours=0, keep=1, orphan_hours=0)
    data = [key for key in cloud.keys("bronze") if key.startswith("sales/data/")]
    assert done.orphans >= 1
    assert "sales/data/20260101T000000-left-0000-0123abcd/data.parquet" not in data
    assert worn.run("silver.sales").tables[0].status == "up to date"
    assert worn.rows("silver.sales") == before
    assert len(worn.rows("bronze.sales", lineage=True)) == 5


def test_upkeep_of_all_reads_the_metadata_of_each_table_once(
    worn: MiniShop, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "_METADATA", Remembered(200))
    monkeypatch.setattr(Unchanging, "small", Remembered(1 << 20))
    asked = len(cloud.emulator.requests)
    with worn.open() as context:
        tables = context.lake.names()
        assert not [done.problem for done in maintain(context, Policy()) if done.problem]
    since = [each.path for each in cloud.emulator.requests[asked:] if each.method == "GET"]
    read = [path for path in since if path.endswith(".metadata.json")]
    assert len(tables) <= len(read) == len(set(read))
