"""Silver from landed bytes: the packaged feeds through the platform, row by row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from marketpulse import flow
from marketpulse.run.context import open_context
from marketpulse.settings import Settings
from tests.retail.lab import packaged

SALES = (
    "transaction_id,line_number,customer_id,store_id,product_id,sold_at,quantity,unit_price,discount,payment_type,"
    "currency,channel"
)
PRODUCTS = "product_id,name,category,subcategory,brand,price,currency,is_active,updated_at"
CUSTOMERS = "customer_id,first_name,last_name,email,phone,city,region,country,birth_date,loyalty_tier,updated_at"
STORES = "store_id,name,city,region,country,timezone,format,opened_date,updated_at"


class Feeds:
    """A landing zone and a warehouse for the silver tables of the packaged project."""

    def __init__(self, root: Path) -> None:
        self.settings = Settings(root / "landing", root / "warehouse", memory_mb=512)
        (root / "landing").mkdir()

    def land(self, feed: str, *lines: str, name: str = "a") -> None:
        """Land one file of a feed."""
        target = self.settings.landing / feed / "ingest_date=2026-03-02" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def run(self, table: str) -> dict[str, int]:
        """Bring one silver table up to date; how many rows each rule warns of."""
        with open_context(self.settings, packaged()) as context:
            report = flow.run(context, flow.Options([table]))
        assert report.ok, [entry.message for entry in report.tables]
        counts = [counts for entry in report.tables for counts in entry.feeds]
        return {rule: number for each in counts for rule, number in each.warnings.items()}

    def ask(self, columns: str, table: str, order: str) -> list[tuple[Any, ...]]:
        """Columns of a table as text."""
        with open_context(self.settings, packaged()) as context:
            found = context.lake.find(table)
            if found is None:
                return []
            asked = context.engine.bind("asked", found.types, [file.path for file in found.files()])
            texts = ", ".join(f"cast({column.strip()} as varchar)" for column in columns.split(","))
            return context.engine.rows(f"select {texts} from {asked} order by {order}")

    def reasons(self) -> dict[str, list[str]]:
        """Rules that each quarantined row broke, by its key."""
        rows = self.ask("record_key, errors", "silver.quarantine", "source_file, source_row")
        return {key: sorted(error["rule"] for error in json.loads(errors)) for key, errors in rows}


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
        "future/1": ["sold_at_plausible"],
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


def event(message_id: str, received: str = "2026-03-02T10:00:05Z", **more: Any) -> dict[str, Any]:
    return {"messageId": message_id, "type": "page", "anonymousId": "v", "receivedAt": received, **more}


def clicks(feeds: Feeds, columns: str, *events: dict[str, Any]) -> list[tuple[Any, ...]]:
    feeds.land("clickstream", *(json.dumps(item) for item in events))
    feeds.run("silver.clicks")
    return feeds.ask(columns, "silver.clicks", "event_id")


def test_the_clock_of_the_device_is_corrected(feeds: Feeds) -> None:
    crooked = {"originalTimestamp": "2026-03-02T02:59:58.5Z", "sentAt": "2026-03-02T03:00:00Z"}
    found = clicks(
        feeds,
        "event_id, event_date, event_at",
        event("a", "2026-03-02T00:00:01Z", **crooked),
        event("b", "2026-03-02T00:00:01Z", sentAt="2026-03-02T03:00:00Z"),
        event("c", "2026-03-02T00:00:01Z", timestamp="2026-03-02T02:59:59Z", sentAt="2026-03-02T03:00:00Z"),
    )
    assert found == [
        ("a", "2026-03-01", "2026-03-01 23:59:59.5"),
        ("b", "2026-03-02", "2026-03-02 00:00:01"),
        ("c", "2026-03-02", "2026-03-02 00:00:00"),
    ]


def test_events_of_a_batch_take_from_it_what_they_do_not_say(feeds: Feeds) -> None:
    batch = {
        "batch": [
            event("a", originalTimestamp="2026-03-02T10:00:00Z", context={"locale": "de-DE", "page": {"path": "/a"}}),
            event("b", sentAt="2026-03-02T10:00:04Z", originalTimestamp="2026-03-02T10:00:00Z"),
            {**event("c"), "receivedAt": None},
        ],
        "sentAt": "2026-03-02T10:00:02Z",
        "context": {"locale": "en-US", "device": {"type": "Mobile"}, "library": {"name": "analytics.js"}},
    }
    found = clicks(
        feeds, "event_id, event_at, context_locale, context_device_type, context_page_path, context_library_name", batch
    )
    assert found == [
        ("a", "2026-03-02 10:00:03", "de-DE", "mobile", "/a", "analytics.js"),
        ("b", "2026-03-02 10:00:01", "en-US", "mobile", None, "analytics.js"),
        ("c", "2026-03-02 10:00:02", "en-US", "mobile", None, "analytics.js"),
    ]


def test_google_names_are_translated_and_commerce_fields_taken_out(feeds: Feeds) -> None:
    def told(message_id: str, name: str, **properties: Any) -> dict[str, Any]:
        return {**event(message_id), "type": "track", "event": name, "properties": properties}

    found = clicks(
        feeds,
        "event_id, event_name, product_id, quantity, price, order_id, revenue_amount, currency",
        told("a", "add_to_cart", product_id="p", quantity=2, price=9.5, currency="eur"),
        told("b", "purchase", transaction_id="o", value=19.0),
        told("c", "Order Completed", order_id="o2", revenue=5, total=6),
        told("d", "Order Refunded", order_id="o2", total=6),
        told("e", "Newsletter Signed Up"),
    )
    assert found == [
        ("a", "Product Added", "p", "2.0000", "9.500000", None, None, "EUR"),
        ("b", "Order Completed", None, None, None, "o", "19.0000", None),
        ("c", "Order Completed", None, None, None, "o2", "5.0000", None),
        ("d", "Order Refunded", None, None, None, "o2", None, None),
        ("e", "Newsletter Signed Up", None, None, None, None, None, None),
    ]


def test_the_noise_of_doubles_is_rounded_and_digits_are_refused(feeds: Feeds) -> None:
    def told(message_id: str, price: Any, revenue: Any = 1) -> dict[str, Any]:
        properties = {"price": price, "total": revenue, "order_id": message_id}
        return {**event(message_id), "type": "track", "event": "Order Completed", "properties": properties}

    found = clicks(
        feeds,
        "event_id, price, revenue_amount",
        told("a", 59.970000000000006, 0.1 + 0.2),
        told("b", 0.00375, 19.989999999999998),
        told("c", 1.12345678),
    )
    assert found == [("a", "59.970000", "0.3000"), ("b", "0.003750", "19.9900")]
    assert feeds.reasons() == {"c": ["type"]}


def test_a_refund_of_products_is_their_prices_times_quantities_exactly(feeds: Feeds) -> None:
    def told(message_id: str, *products: tuple[Any, Any] | None) -> dict[str, Any]:
        listed = [each and dict(zip(("price", "quantity"), each, strict=True)) for each in products]
        properties = {"order_id": message_id, "products": listed}
        return {**event(message_id), "type": "track", "event": "Order Refunded", "properties": properties}

    good = {
        "screws": (told("screws", (0.00375, 100_000)), "375.0000"),
        "powder": (told("powder", ("1000", 0.0025), ("1e3", None), ("2.5", "")), "1005.0000"),
        "noise": (told("noise", (0.1 + 0.2, 3), (5, 0.1 + 0.2)), "2.4000"),
        "net": (told("net", (19.99 / 1.19, 1000)), "16798.3193"),  # all digits of the price, rounded once
        "small": (told("small", ("1e-05", 100_000)), "1.0000"),
        "unpriced": (told("unpriced", (None, 2), (1, 1)), None),
        "empty": (told("empty"), None),
        "nothing": (told("nothing", None), None),
    }
    bad = [
        told("comma", (10, "1,5")),
        told("word", ("free", 1), (1, 1)),
        told("fine", (0.00375, 1)),
        told("finer", (0.000000375, 1_000_000_000)),
        told("third", (3, 1 / 3)),
        told("huge", (999_999_999_999, 9_999_999_999)),
    ]
    plain = [event(f"g{number}") for number in range(40)]
    found = clicks(feeds, "event_id, refund_amount", *plain, *(each for each, _ in good.values()), *bad)
    assert {key: amount for key, amount in found if key in good} == {key: amount for key, (_, amount) in good.items()}
    assert feeds.reasons() == {each["messageId"]: ["type"] for each in bad}


def test_properties_are_kept_whole(feeds: Feeds) -> None:
    found = clicks(feeds, "properties", event("a", properties={"new": {"deep": [1, "x"]}}))
    assert [json.loads(row[0]) for row in found] == [{"new": {"deep": [1, "x"]}}]


def test_the_first_delivery_of_an_event_counts(feeds: Feeds) -> None:
    again = event("a", "2026-03-02T10:00:04Z", userId="first")
    assert clicks(feeds, "user_id, visitor_id", event("a", userId="second"), again) == [("first", "v")]


def test_bad_events_are_quarantined(feeds: Feeds) -> None:
    good = [event(f"g{n}") for n in range(40)]
    nobody = {**event("nobody"), "anonymousId": " "}
    kind = {**event("kind"), "type": "hello"}
    nameless = {**event("nameless"), "type": "track"}
    late = {"originalTimestamp": "2026-03-04T10:00:00Z", "sentAt": "2026-03-02T10:00:00Z"}
    early = {"originalTimestamp": "1990-03-04T10:00:00Z", "sentAt": "2026-03-02T10:00:00Z"}
    someone = {**event("someone"), "anonymousId": None, "userId": "c"}
    found = clicks(
        feeds,
        "event_id, visitor_id",
        *good,
        nobody,
        kind,
        nameless,
        event("late", **late),
        event("early", **early),
        someone,
    )
    assert len(found) == 41
    assert found[-1] == ("someone", "c")
    assert feeds.reasons() == {
        "nobody": ["required"],
        "kind": ["event_type_known"],
        "nameless": ["track_has_name"],
        "late": ["event_at_plausible"],
        "early": ["event_at_plausible"],
    }


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
