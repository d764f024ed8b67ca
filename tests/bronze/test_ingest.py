"""Each content once, every record of it: what a feed brings to bronze and what is left where it is."""

from __future__ import annotations

import pytest

from tests.landed import GOOD, HEADER, first_day
from tests.shop import MiniShop, result


@pytest.mark.engines(always=False)
def test_the_same_content_for_the_same_day_adds_nothing_under_another_name(shop: MiniShop) -> None:
    path = shop.land_sales("2026-01-01", "1,2026-01-01,1,1.5")
    shop.run()
    before = shop.snapshots()
    shop.land("sales/ingest_date=2026-01-01/again.csv", path.read_bytes())
    report = shop.run()
    assert report.feeds[1].duplicates == 1
    after = shop.snapshots()
    assert {k: v for k, v in after.items() if k != "bronze.landed_files"} == {
        k: v for k, v in before.items() if k != "bronze.landed_files"
    }


@pytest.mark.engines(always=False)
def test_a_new_column_is_kept_in_bronze_and_fails_nothing(shop: MiniShop) -> None:
    first_day(shop)
    shop.run()
    shop.land("sales/ingest_date=2026-01-02/wide.csv", "id,day,qty,amount,coupon\n8,2026-01-02,1,1,SPRING\n")
    assert shop.run().ok
    with shop.open() as context:
        assert "coupon" in context.lake.find("bronze.sales").types


@pytest.mark.engines(always=False)
def test_a_file_without_a_required_column_is_blocked_and_the_rest_goes_through(shop: MiniShop) -> None:
    first_day(shop)
    shop.land("sales/ingest_date=2026-01-02/bad.csv", "id,qty\n8,1\n")
    report = shop.run()
    assert not report.ok
    assert report.feeds[1].blocked[0]["message"] == "the required column day is missing"
    assert len(shop.rows("silver.sales")) == 2


def test_a_file_sent_again_with_corrections_corrects_and_is_then_known(shop: MiniShop) -> None:
    shop.land("sales/a.csv", GOOD)
    shop.run()
    shop.land("sales/a.csv", HEADER + b"1,2026-01-01,5,1\n")
    assert result(shop.run(), "silver.sales").feeds[0].replaced == 1
    before = shop.snapshots()
    for _ in range(3):
        shop.run()
    assert shop.snapshots() == before
    assert shop.rows("silver.sales")[0][2] == 5


@pytest.mark.parametrize("content", [b"not a parquet file", HEADER.replace(b"day", b"tag")])
def test_two_names_of_a_blocked_file_are_both_tried_again(shop: MiniShop, content: bytes) -> None:
    for name in ("a.csv", "b.csv"):
        shop.land(f"sales/{name}", content)
    assert len(shop.run().feeds[1].blocked) == 2
    assert len(shop.run().feeds[1].blocked) == 2
    shop.edit("sources/sales.yaml", "required: [id, day]", "required: []")
    report = shop.run()
    assert (report.feeds[1].files, report.feeds[1].duplicates) == (1, 1)
