"""Executors that are processes of their own: what they share with the driver is the warehouse alone."""

from __future__ import annotations

from tests.command import marketpulse
from tests.kills import first_wave, second_wave
from tests.shop import MiniShop


def test_a_cluster_builds_what_one_process_builds(shop: MiniShop) -> None:
    cluster = {"MARKETPULSE_ENGINE": "spark", "MARKETPULSE_SPARK_MASTER": "local-cluster[1,1,700]"}
    cluster["MARKETPULSE_SPARK"] = '{"spark.executor.memory": "700m", "spark.sql.shuffle.partitions": "2"}'
    twin = MiniShop(shop.root / "twin")
    for land in (first_wave, second_wave):
        land(shop)
        land(twin)
        found = marketpulse(shop, "run", **cluster)
        assert found.returncode == 0, found.stderr
        assert twin.run().ok
    compared = marketpulse(shop, "diff", str(shop.settings.warehouse), str(twin.settings.warehouse))
    assert compared.returncode == 0, compared.stdout
    assert list(shop.settings.warehouse.rglob("_scratch/*/*")) == []
