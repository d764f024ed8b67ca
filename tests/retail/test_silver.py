"""Silver from landed bytes: sales, rates and what changes slowly, through the platform, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.retail.feeds import CUSTOMERS, PRODUCTS, SALES, STORES, Feeds
from tests.retail.lab import packaged


@pytest.fixture
def feeds(tmp_path: Path) -> Feeds:
    # One bad row in each file is the point of these tests.
    return Feeds(tmp_path)


def good_sales() -> list[str]:
    """Enough good lines that a few bad ones do not block the load."""
    return [f"g{n},1,c,s,p,2026-03-02T10:00:00Z,1,1.00,0,card,EUR,store" for n in range(40)]


def test_a_line_of_sales_is_trimmed_and_typed(feeds: Feeds) -> None:
    feeds.land("sales", SALES, " t1 ,1, ,s, p ,2026-03-02T23:30:00-01:00,-2,9.99,,Card,eur,WEB")
    feeds.run("silver.sales")
    assert feeds.ask(
        "transaction_id, line_number, sold_date, sold_at, customer_id, product_id, quantity, unit_price,"
        " discount_amount, currency, payment_type, channel",
        "silver.sales",
        "all",
    ) == [
        (
            "t1",
            "1",
            "2026-03-03",
            "2026-03-03 00:30:00",
            None,
            "p",
            "-2.0000",
            "9.990000",
            "0.000000",
            "EUR",
            "card",
            "web",
        ),
    ]


def test_bad_lines_of_sales_are_quarantined_with_every_reason(feeds: Feeds) -> None:
    feeds.land(
        "sales",
        SALES,
        *good_sales(),
        "zero,1,c,s,p,2026-03-02T10:00:00Z,0,1,0,card,EUR,store",
        "both,1,c,s,p,2026-03-02T10:00:00Z,0,-1,0,card,XXX,kiosk",
        "past,1,c,s,p,1999-12-31T23:59:59Z,1,1,0,card,EUR,store",
        "future,1,c,s,p,2100-01-01T00:00:00Z,1,1,0,card,EUR,store",
        "when,1,c,s,p,yesterday,1,1,0,card,EUR,store",
        "price,1,c,s,p,2026-03-02T10:00:00Z,1,NaN,0,card,EUR,store",
        "where,1,c, ,p,2026-03-02T10:00:00Z,1,1,0,card,EUR,store",
    )
    feeds.run("silver.sales")
    reasons = feeds.reasons()
    assert {key: rules for key, rules in reasons.items() if key.split("/")[0] not in ("when", "price", "where")} == {
        "zero/1": ["quantity_not_zero"],
        "both/1": ["channel_known", "currency_known", "quantity_not_zero", "unit_price_not_negative"],
        "past/1": ["sold_at_plausible"],
        "future/1": ["landed_after_sold", "sold_at_plausible"],
    }
    assert set(reasons) >= {"when/1", "price/1", "where/1"}
    assert len(feeds.ask("transaction_id", "silver.sales", "all")) == 40


def test_a_corrected_line_takes_the_place_of_the_one_before(feeds: Feeds) -> None:
    feeds.land("sales", SALES, "t1,1,c,s,p,2026-03-02T10:00:00Z,1,5,0,card,EUR,store", name="a")
    feeds.land("sales", SALES, "t1,1,c,s,p,2026-03-01T10:00:00Z,2,5,0,card,EUR,store", name="b")
    feeds.run("silver.sales")
    assert feeds.ask("sold_date, quantity", "silver.sales", "all") == [("2026-03-01", "2.0000")]


MORE = f"{SALES},unit,tax_amount,price_includes_tax,line_type"


def test_quantities_have_units_and_lines_have_kinds_where_the_feed_says_so(feeds: Feeds) -> None:
    feeds.land("sales", SALES, "t1,1,c,s,p,2026-03-02T10:00:00Z,3.0,0.00375,0,card,EUR,store")
    feeds.run("silver.sales")
    feeds.land(
        "sales",
        MORE,
        "t2,1,c,s,p,2026-03-02T10:00:00Z,1.375,8.00,0,card,EUR,store, KGM,1.54,true,Sale",
        "t2,2,c,s,p,2026-03-02T10:00:00Z,-2,8.00,0,card,EUR,store,PCS,,,Write-off",
        "t2,3,c,s,p,2026-03-02T10:00:00Z,1,4.95,0,card,EUR,store,,,,shipping",
        name="b",
    )
    feeds.run("silver.sales")
    columns = "transaction_id, quantity, unit, unit_price, tax_amount, price_includes_tax, line_type"
    assert feeds.ask(columns, "silver.sales", "transaction_id, line_number") == [
        ("t1", "3.0000", None, "0.003750", None, None, None),
        ("t2", "1.3750", "kg", "8.000000", "1.540000", "true", "sale"),
        ("t2", "-2.0000", "piece", "8.000000", None, None, "write_off"),
        ("t2", "1.0000", None, "4.950000", None, None, "shipping"),
    ]


def test_lines_that_contradict_themselves_or_lose_digits_are_quarantined(feeds: Feeds) -> None:
    def row(name: str, quantity: str = "1", price: str = "1", more: str = ",,,", discount: str = "0") -> str:
        return f"{name},1,c,s,p,2026-03-02T10:00:00Z,{quantity},{price},{discount},card,EUR,store,{more}"

    good = [row(f"g{number}") for number in range(40)]
    bad = {
        "price": (row("price", price="0.0000001"), "type"),
        "quantity": (row("quantity", "0.00001"), "type"),
        "discount": (row("discount", discount="0.1234567"), "type"),
        "tax": (row("tax", more=",1.00000001,,"), "type"),
        "huge": (row("huge", "1000000", "10000000"), "amount_in_range"),
        "kind": (row("kind", more=",,,gift"), "line_type_known"),
        "sale": (row("sale", "-1", more=",,,sale"), "line_type_fits_quantity"),
        "return": (row("return", "1", more=",,,return"), "line_type_fits_quantity"),
    }
    fine = [row("digits", "1.50000000", "0.00000100"), row("void", "-1", more=",,,void"), row("power", "1e2", "5e-6")]
    feeds.land("sales", MORE, *good, *fine, *(line for line, _ in bad.values()))
    feeds.run("silver.sales")
    assert feeds.reasons() == {f"{name}/1": [rule] for name, (_, rule) in bad.items()}
    assert len(feeds.ask("transaction_id", "silver.sales", "all")) == 43


def test_a_sale_is_no_later_than_the_day_its_file_landed_for(feeds: Feeds) -> None:
    days = {
        "before": "2026-03-01",
        "same": "2026-03-02",
        "east": "2026-03-03",
        "typo": "2062-03-02",
        "late": "2026-03-04",
    }
    good = [f"g{number},1,c,s,p,2026-03-02T10:00:00Z,1,1,0,card,EUR,store" for number in range(40)]
    lines = [f"{name},1,c,s,p,{day}T23:59:59Z,1,1,0,card,EUR,store" for name, day in days.items()]
    feeds.land("sales", SALES, *good, *lines)
    feeds.run("silver.sales")
    assert feeds.reasons() == {f"{name}/1": ["landed_after_sold"] for name in ("typo", "late")}


def test_amounts_with_the_sign_of_no_line_are_told(feeds: Feeds) -> None:
    def row(name: str, quantity: str, discount: str = "0", tax: str = "", kind: str = "") -> str:
        return f"{name},1,c,s,p,2026-03-02T10:00:00Z,{quantity},10,{discount},card,EUR,store,,{tax},,{kind}"

    rows = [
        *(
            row("g1", "1", "1", "2"),
            row("g2", "-1", "-1", "-2"),
            row("g3", "-1", "0", "0"),
            row("g4", "-1", kind="void"),
        ),
        *(row("d1", "-1", "1"), row("d2", "1", "-1"), row("t1", "1", "0", "-2"), row("v1", "1", kind="write_off")),
    ]
    feeds.land("sales", MORE, *rows)
    assert feeds.run("silver.sales") == {
        "discount_has_sign_of_line": 2,
        "tax_has_sign_of_line": 1,
        "void_is_negative": 1,
    }


def test_rates_are_checked_and_the_last_delivery_of_a_day_holds(feeds: Feeds) -> None:
    head = "rate_date,currency,reporting_currency,rate"
    good = [f"2026-01-{number:02},sek ,EUR,0.0{number:02}" for number in range(1, 29)]
    bad = ["2026-02-01,SEK,EUR,0", "2026-02-02,SEK,EUR,0.12345678901", "2026-02-03,SEK,SEK,1", "2026-02-04,XXX,EUR,1"]
    feeds.land("exchange_rates", head, *good, *bad)
    feeds.land("exchange_rates", head, "2026-01-01,SEK,EUR,0.5", name="b")
    feeds.run("silver.exchange_rates")
    found = feeds.ask("rate_date, currency, rate", "silver.exchange_rates", "rate_date")
    assert (len(found), found[0]) == (28, ("2026-01-01", "SEK", "0.5000000000"))
    assert sorted(feeds.reasons().values()) == [
        ["currencies_differ"],
        ["currencies_known"],
        ["rate_positive"],
        ["type"],
    ]


def test_money_may_be_in_any_currency_that_old_data_are_in(feeds: Feeds) -> None:
    lists = packaged().references["reference.currencies"]
    codes = [str(row[0]) for row in lists.rows]
    assert {"EUR", "VED", "HRK", "ANG", "DEM"} <= set(codes)
    feeds.land("sales", SALES, *(f"{code},1,c,s,p,2001-03-02T10:00:00Z,1,5,0,card,{code},store" for code in codes))
    feeds.land("exchange_rates", "rate_date,currency,reporting_currency,rate", "2022-12-30,HRK,EUR,0.1327")
    head = "cost_date,channel,campaign_source,campaign_name,cost,currency,clicks,impressions"
    feeds.land("marketing_costs", head, "2022-12-30,email,,,10,HRK,,")
    for table in ("silver.sales", "silver.exchange_rates", "silver.marketing_costs"):
        feeds.run(table)
    assert feeds.reasons() == {}


def test_a_store_with_a_zone_that_is_none_stays_and_one_with_half_an_hour_goes(feeds: Feeds) -> None:
    days = "2015-01-01,2026-01-01T00:00:00Z"
    good = [f"g{n},G,,,DE,Europe/Berlin,city,{days},4" for n in range(20)]
    bad = [
        f"typo,T,,,DE,Europe/Belrin,city,{days},",
        f"none,N,,,DE, ,city,{days}, 23 ",
        f"half,H,,,DE,Europe/Berlin,city,{days},5.5",
        f"late,L,,,DE,Europe/Berlin,city,{days},24",
        f"early,E,,,DE,Europe/Berlin,city,{days},-1",
    ]
    feeds.land("stores", f"{STORES},day_start_hour", *good, *bad)
    assert feeds.run("silver.stores") == {"timezone_known": 1}
    found = feeds.ask("store_id, timezone, day_start_hour", "silver.stores", "store_id desc")
    assert found[:2] == [("typo", "Europe/Belrin", None), ("none", None, "23")]
    assert {row[2] for row in found[2:]} == {"4"}
    reasons = feeds.reasons()
    assert len(reasons) == 3
    assert sum("day_start_hour_in_day" in rules for rules in reasons.values()) == 2


def test_stores_need_no_column_but_those_that_name_them(feeds: Feeds) -> None:
    feeds.land("stores", "store_id,name,updated_at", "s,S,2026-01-01T00:00:00Z")
    feeds.run("silver.stores")
    assert feeds.ask("store_id, timezone, day_start_hour", "silver.stores", "all") == [("s", None, None)]


def test_histories_are_right_whatever_order_the_changes_landed_in(feeds: Feeds) -> None:
    row = "p1,Tea,{0},Green,Leaf,{1},eur,true,{2}"
    feeds.land("products", PRODUCTS, row.format("drinks", "2", "2026-03-03T00:00:00Z"))
    feeds.run("silver.products")
    feeds.land("products", PRODUCTS, row.format("drinks", "1", "2026-03-01T00:00:00Z"), name="b")
    feeds.run("silver.products")
    feeds.land("products", PRODUCTS, row.format(" ", "1.5", "2026-03-02T00:00:00Z"), name="c")
    feeds.run("silver.products")
    assert feeds.ask("price, category, valid_from, valid_to, is_current", "silver.products", "valid_from") == [
        ("1.000000", "drinks", "2026-03-01 00:00:00", "2026-03-02 00:00:00", "false"),
        ("1.500000", None, "2026-03-02 00:00:00", "2026-03-03 00:00:00", "false"),
        ("2.000000", "drinks", "2026-03-03 00:00:00", None, "true"),
    ]


def test_reference_rows_are_checked(feeds: Feeds) -> None:
    ids = [f"c{n}" for n in range(40)]
    feeds.land(
        "customers",
        CUSTOMERS,
        *(f"{key},Ann,Li, A@B.example ,1,Bonn,NW,de,1990-01-01,Gold,2026-03-01" for key in ids),
        "old,Ann,Li,a@b.example,1,Bonn,NW,de,1890-01-01,gold,2026-03-01",
        " ,Ann,Li,a@b.example,1,Bonn,NW,de,1990-01-01,gold,2026-03-01",
    )
    feeds.run("silver.customers")
    assert feeds.ask("customer_id, email, country, loyalty_tier", "silver.customers", "customer_id")[0] == (
        "c0",
        "a@b.example",
        "DE",
        "gold",
    )
    assert len(feeds.ask("customer_id", "silver.customers", "all")) == 40
    assert len(feeds.reasons()) == 2
    feeds.land("stores", STORES, "s1,Main, Bonn,NW,de,Europe/Berlin,City,2001-01-01,2026-03-01")
    feeds.run("silver.stores")
    assert feeds.ask("city, country, format, opened_date", "silver.stores", "all") == [
        ("Bonn", "DE", "city", "2001-01-01")
    ]
