"""Where tables lie and what the catalog calls them: one folder, or a bucket a layer."""

from __future__ import annotations

import pytest

from marketpulse.names import LAYERS
from marketpulse.storage.layout import Layout

FOLDER = Layout("/lake")
BUCKETS = Layout("s3://shop-dev-{layer}", "shop_dev_{layer}")


@pytest.mark.parametrize(
    ("layout", "table", "location", "identifier"),
    [
        (FOLDER, "gold.fct_sales", "/lake/gold/fct_sales", ("gold", "fct_sales")),
        (FOLDER, "silver.quarantine", "/lake/silver/quarantine", ("silver", "quarantine")),
        (BUCKETS, "bronze.sales", "s3://shop-dev-bronze/sales", ("shop_dev_bronze", "sales")),
        (BUCKETS, "silver.quarantine", "s3://shop-dev-quarantine/quarantine", ("shop_dev_silver", "quarantine")),
    ],
)
def test_a_table_has_one_place_and_one_name(
    layout: Layout, table: str, location: str, identifier: tuple[str, str]
) -> None:
    assert layout.location(table) == location
    assert layout.identifier(table) == identifier


def test_every_layer_has_its_namespace() -> None:
    assert list(BUCKETS.namespaces) == list(LAYERS)
    assert BUCKETS.namespaces["gold"] == "shop_dev_gold"


def test_no_two_tables_lie_in_one_place() -> None:
    names = [f"{layer}.{table}" for layer in LAYERS for table in ("sales", "quarantine")]
    for layout in (FOLDER, BUCKETS):
        assert len({layout.location(name) for name in names}) == len(names)


def test_reports_lie_beside_the_tables_or_in_the_bucket_of_the_logs() -> None:
    assert (FOLDER.reports(), BUCKETS.reports()) == ("/lake/_runs", "s3://shop-dev-logs/runs")
