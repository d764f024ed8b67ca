"""Feeds of the retail pack that a project calls whole: what a later delivery lacks is gone, or has ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.project.packs import project_folder
from tests.retail.arrivals import PackagedShop
from tests.retail.lab import build

DAY1, DAY2 = "2026-03-01", "2026-03-02"


def shop_of(root: Path, feed: str, deliveries: str) -> PackagedShop:
    """The pack, with such deliveries of one feed."""
    shop = PackagedShop(root)
    text = (project_folder() / f"sources/{feed}.yaml").read_text(encoding="utf-8")
    shop.write(f"sources/{feed}.yaml", f"{text}deliveries: {deliveries}\n")
    return shop


def test_a_product_that_left_the_list_is_no_longer_current(tmp_path: Path) -> None:
    shop = shop_of(tmp_path, "products", "list")
    head = "product_id,name,category,subcategory,brand,price,currency,is_active,updated_at\n"
    lamp = "P-1,Lamp,lighting,,,{},EUR,true,2026-03-0{}T00:00:00Z\n"
    chair = "P-2,Chair,garden,,,20,EUR,true,2026-03-01T00:00:00Z\n"
    shop.land(f"products/ingest_date={DAY1}/p.csv", head + lamp.format(10, 1) + chair)
    assert shop.run("+gold.dim_product").ok
    shop.land(f"products/ingest_date={DAY2}/p.csv", head + lamp.format(11, 2))
    assert shop.run("+gold.dim_product").ok
    found = {(row[1], row[-2] and str(row[-2]), row[-1]) for row in shop.rows("gold.dim_product")}
    assert ("P-2", f"{DAY2} 00:00:00", False) in found
    assert {name for name, _, is_current in found if is_current} == {"P-1", "unknown"}


def test_a_day_that_is_sent_again_with_a_line_less_has_a_line_less(tmp_path: Path) -> None:
    shop = shop_of(tmp_path, "sales", "{replace: day}")
    head = (
        "transaction_id,line_number,customer_id,store_id,product_id,sold_at,"
        "quantity,unit_price,discount,payment_type,currency,channel\n"
    )
    line = "T-{0},1,C-1,S-01,P-1,2026-03-10T1{0}:00:00Z,1,{1},0,card,EUR,web\n"
    lines = [line.format(8, 100), line.format(9, 40)]
    shop.land("sales/ingest_date=2026-03-10/a.csv", head + "".join(lines))
    assert shop.run("+gold.agg_sales_daily").ok
    shop.land("sales/ingest_date=2026-03-11/2026-03-10-corrected.csv", head + lines[0])
    report = shop.run("+gold.agg_sales_daily")
    assert next(t.feeds[0].removed for t in report.tables if t.name == "silver.sales") == 1
    with shop.open() as context:
        table = context.lake.find("gold.agg_sales_daily")
        rows = context.engine.bind("daily", table.types, [file.path for file in table.files()])
        assert context.engine.rows(f"select sum(gross_amount) from {rows}")[0][0] == 100


@pytest.mark.parametrize(
    ("table", "key", "source"),
    [
        ("gold.dim_product", "product_id", "silver.products"),
        ("gold.dim_customer", "customer_id", "silver.customers"),
        ("gold.dim_store", "store_id", "silver.stores"),
    ],
)
def test_versions_end_where_silver_says_so_and_begin_anew_after_a_gap(table: str, key: str, source: str) -> None:
    ends = ["2026-01-03 00:00:00", "2026-01-05 00:00:00", "2026-01-09 00:00:00"]
    begins = ["2026-01-01 00:00:00", "2026-01-03 00:00:00", "2026-01-07 00:00:00"]
    rows = [{key: "X", "valid_from": start, "valid_to": end} for start, end in zip(begins, ends, strict=True)]
    found = build(table, f"{key}, valid_from, valid_to, is_current", {source: rows})
    own = [row[1:] for row in found if row[0] == "X"]
    assert own == [("1970-01-01 00:00:00", ends[1], False), (begins[2], ends[2], False)]
