"""UCI Online Retail: every line of every invoice, however odd, and the totals of December 2010."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.examples.lab import Example, built, counts

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
FIRST = HEADER + (
    "700001,90001,PAPER LANTERN BLUE ,6,2010-12-01 09:15:00,2.5,11111.0,United Kingdom\n"
    '700001,90002B,"FRAME  7"" SQUARE, OAK",2,2010-12-01 09:15:00,4.25,11111.0,United Kingdom\n'
    "700001,90002B,TIN MUG,1,2010-12-01 09:15:00,1.0,11111.0,United Kingdom\n"
    "700001,90002B,TIN MUG,1,2010-12-01 09:15:00,1.0,11111.0,United Kingdom\n"
    "700002,90001,PAPER LANTERN BLUE,3,2010-12-01 10:00:00,2.55,,EIRE\n"
    "700002,POST,POSTAGE,1,2010-12-01 10:00:00,18.0,,EIRE\n"
    "700003,90003,,-12,2010-12-01 11:00:00,0.0,,United Kingdom\n"
    "700004,90001,damaged?,-4,2010-12-01 11:05:00,0.0,,United Kingdom\n"
)
SECOND = HEADER + (
    "C700005,90001,PAPER LANTERN BLUE,-2,2010-12-02 08:00:00,2.5,11111.0,United Kingdom\n"
    "C700006,D,Discount,-1,2010-12-02 08:30:00,7.95,22222.0,Germany\n"
    "700007,90002b,TIN MUG,4,2010-12-02 09:00:00,1.06,22222.0,Austria\n"
    "700007,gift_0001_20,Shop Gift Voucher £20.00,1,2010-12-02 09:00:00,17.02,22222.0,Austria\n"
    "700007,M,Manual,1,2010-12-02 09:00:00,0.85,22222.0,Austria\n"
    "A700008,B,Adjust bad debt,1,2010-12-02 14:50:00,-110.62,,United Kingdom\n"
)


@pytest.fixture(scope="module")
def retail(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """Two days, landed and run; the daily files stay in data/."""
    root = tmp_path_factory.mktemp("retail")
    example = Example("online_retail", root)
    (root / "data").mkdir()
    for day, text in (("2010-12-01", FIRST), ("2010-12-02", SECOND)):
        (root / "data" / f"{day}.csv").write_text(text, encoding="utf-8")
    assert example.script("land").land(root / "data", example.landing) == 3
    report = example.run()
    built(report)
    sales = counts(report, "silver.sales", "online_retail")
    assert (sales.read, sales.accepted) == (14, 14)
    return example


def test_each_line_of_a_file_is_a_line(retail: Example) -> None:
    lines = "select line_number, product_id, quantity from silver.sales where transaction_id = '700001' order by 1"
    assert retail.ask(lines) == [(1, "90001", 6), (2, "90002B", 2), (3, "90002B", 1), (4, "90002B", 1)]


def test_the_amounts_are_those_of_the_files(retail: Example) -> None:
    expected = Decimal("6") * Decimal("2.5") + 2 * Decimal("4.25") + 2 + 3 * Decimal("2.55") + 18
    expected += -2 * Decimal("2.5") - Decimal("7.95") + 4 * Decimal("1.06") + Decimal("17.02") + Decimal("0.85")
    expected -= Decimal("110.62")
    for table in ("fct_sales", "agg_sales_daily", "agg_product_daily"):
        assert retail.ask(f"select sum(net_amount) from gold.{table}") == [(expected,)]
    # Written off: a negative price becomes a negative quantity.
    assert retail.ask(
        "select quantity, unit_price, line_type, currency, channel from gold.fct_sales where transaction_id = 'A700008'"
    ) == [(-1, Decimal("110.62"), "adjustment", "GBP", "web")]
    kinds = "select line_type, count(*), sum(net_amount) from gold.fct_sales group by 1 order by 1"
    assert retail.ask(kinds) == [
        ("adjustment", 2, Decimal("-109.77")),
        ("return", 2, Decimal("-12.95")),
        ("sale", 7, Decimal("54.41")),
        ("shipping", 1, 18),
        ("write_off", 2, 0),
    ]


def test_customers_are_whole_numbers_and_move(retail: Example) -> None:
    assert retail.ask("select distinct customer_id from silver.sales order by 1 nulls last") == [
        ("11111",),
        ("22222",),
        (None,),
    ]
    # Two countries on one day: the later line counts.
    assert retail.ask("select customer_id, country from gold.dim_customer where is_current order by 1") == [
        ("11111", "GB"),
        ("22222", "AT"),
        ("unknown", None),
    ]


def test_products_have_names_and_the_rest_a_category_of_its_own(retail: Example) -> None:
    current = "select product_id, name, category from gold.dim_product where is_current and product_id <> 'unknown'"
    assert retail.ask(current + " order by 1") == [
        ("90001", "PAPER LANTERN BLUE", "goods"),
        ("90002B", "TIN MUG", "goods"),
        ("B", "Adjust bad debt", "fees and adjustments"),
        ("D", "Discount", "fees and adjustments"),
        ("GIFT_0001_20", "Shop Gift Voucher £20.00", "vouchers"),
        ("M", "Manual", "fees and adjustments"),
        ("POST", "POSTAGE", "delivery"),
    ]
    assert retail.ask("select category, store_key <> 'unknown' from gold.fct_sales where product_id = '90003'") == [
        ("unknown", True)
    ]
    assert [h.title for h in retail.headlines() if h.problem or not h.rows] == []


def test_landing_the_same_days_again_adds_nothing(retail: Example) -> None:
    retail.script("land").land(retail.landing.parent / "data", retail.landing)
    again = retail.run()
    assert {table.status for table in again.tables} == {"up to date"}


@pytest.mark.realdata
def test_december_2010(real_data: Path, tmp_path: Path) -> None:
    retail = Example("online_retail", tmp_path)
    assert retail.script("land").land(real_data / "online_retail", retail.landing) == 21
    report = retail.run()
    built(report)
    sales = counts(report, "silver.sales", "online_retail")
    assert (sales.read, sales.accepted, sales.quarantined) == (42_481, 42_481, 0)
    whole = (42_481, 2_025, 948, Decimal("748957.0200"))
    shape = "count(*), count(distinct transaction_id), count(distinct customer_id)"
    assert retail.ask(f"select {shape}, sum(quantity * unit_price) from silver.sales") == [whole]
    assert retail.ask(f"select {shape}, sum(net_amount) from gold.fct_sales") == [whole]
    for table in ("agg_sales_daily", "agg_product_daily"):
        assert retail.ask(f"select sum(net_amount) from gold.{table}") == [(whole[3],)]
    # Cancellations are returns; stock that is written off and has no price is none.
    assert retail.ask(
        "select count(*), count(distinct transaction_id), sum(net_amount), count(*) filter (is_return)"
        " from gold.fct_sales where transaction_id like 'C%'"
    ) == [(728, 326, Decimal("-74789.1200"), 728)]
    assert retail.ask("select count(*) filter (is_return), count(*) filter (unit_price = 0) from gold.fct_sales") == [
        (728, 273)
    ]
    assert retail.ask("select count(*), count(distinct customer_id) from gold.dim_customer") == [(950, 949)]
    assert retail.ask("select min(sold_at), max(sold_at) from silver.sales")[0][0] == datetime(2010, 12, 1, 8, 26)
    assert [h.title for h in retail.headlines() if h.problem or not h.rows] == []
