"""Buckets named by text from outside, as keys of S3: the same tables as in folders."""

from __future__ import annotations

from dataclasses import replace

from tests.aws.conftest import Cloud
from tests.hostile.test_buckets import TRICKS, by_label, land
from tests.shop import MiniShop, result

__all__ = ["by_label"]


def test_any_text_may_name_a_bucket_and_only_what_changed_is_rebuilt(by_label: MiniShop, cloud: Cloud) -> None:
    by_label.settings = replace(by_label.settings, warehouse=cloud.warehouse, namespace=cloud.namespace)
    land(by_label, [*TRICKS, ""], "a")
    assert by_label.run().ok
    assert sorted(row[0] for row in by_label.rows("gold.agg_names")) == sorted([*TRICKS, ""])
    assert all(key.startswith("agg_names/") for key in cloud.keys("gold") if key.endswith(".parquet") and "=" in key)
    land(by_label, [TRICKS[0], TRICKS[4]], "b")
    assert result(by_label.run(), "gold.agg_names").rows_written == 2
    assert {row[0] for row in by_label.rows("gold.agg_names") if row[1] == 2} == {TRICKS[0], TRICKS[4]}
