"""Silver clicks from landed bytes: clocks, names, amounts and batches of the clickstream, event by event."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.retail.feeds import Feeds


@pytest.fixture
def feeds(tmp_path: Path) -> Feeds:
    # One bad row in each file is the point of these tests.
    return Feeds(tmp_path)


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


#: Names as they are written, and as they are known.
WRITTEN = {
    "order completed": "Order Completed",
    " Order Completed ": "Order Completed",
    "order_completed": "Order Completed",
    "PURCHASE": "Order Completed",
    "Add to cart": "Product Added",
    "Order Canceled": "Order Cancelled",
    " Size Guide Opened ": "Size Guide Opened",
}


def test_an_event_is_known_however_its_name_is_written(feeds: Feeds) -> None:
    events = [
        event(f"{number}", type="track", event=written, properties={"order_id": "o", "revenue": 5})
        for number, written in enumerate(WRITTEN)
    ]
    known = [(name, "5.0000" if name == "Order Completed" else None) for name in WRITTEN.values()]
    assert clicks(feeds, "event_name, revenue_amount", *events) == known


def test_an_order_without_a_number_and_a_currency_that_is_none_are_told(feeds: Feeds) -> None:
    order = {"type": "track", "event": "Order Completed"}
    rows = [
        event("a", **order, properties={"revenue": 5, "currency": "eur "}),
        event("b", **order, properties={"revenue": 5, "order_id": "o", "currency": "Euro"}),
        event("c", **order, properties={"revenue": 5, "transaction_id": "p"}),
    ]
    feeds.land("clickstream", *map(json.dumps, rows))
    assert feeds.run("silver.clicks") == {"order_has_id": 1, "currency_known": 1}


def test_reports_of_one_order_that_contradict_each_other_are_told(feeds: Feeds) -> None:
    def order(number: str, **told: Any) -> dict[str, Any]:
        order_id = number[0]
        return event(number, type="track", event="Order Completed", properties={"order_id": order_id, **told})

    same = [order("a1", revenue=5, currency="EUR"), order("a2", revenue="5.00", currency="eur"), order("a3")]
    feeds.land("clickstream", *map(json.dumps, same))
    assert feeds.run("+gold.fct_order_reports") == {}
    renamed = [order("d1") | {"userId": "guest"}, order("d2") | {"userId": "member"}]  # who has another name by now
    feeds.land("clickstream", *map(json.dumps, renamed), name="b")
    assert feeds.run("+gold.fct_order_reports") == {}
    for name, amounts in (("c", [{"revenue": 5}, {"revenue": 6}]), ("e", [{"currency": "EUR"}, {"currency": "SEK"}])):
        feeds.land(
            "clickstream", *(json.dumps(order(f"{name}{n}", **told)) for n, told in enumerate(amounts)), name=name
        )
        assert feeds.run("+gold.fct_order_reports") == {"reports_agree": 1}
