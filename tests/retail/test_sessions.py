"""gold.fct_sessions: where a visit begins and ends, and what it says."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.retail.lab import Row, sessions
from tests.retail.rows import click, ordered, track

SPAN = "session_date, started_at, ended_at, event_count"


def test_a_pause_of_exactly_30_minutes_goes_on_and_a_moment_more_begins_anew() -> None:
    assert sessions(
        SPAN, click("a", "10:00:00"), click("b", "10:30:00"), click("c", "11:00:00.000001"), click("d", "11:10:00")
    ) == [
        ("2026-03-02", "2026-03-02 10:00:00", "2026-03-02 10:30:00", 2),
        ("2026-03-02", "2026-03-02 11:00:00.000001", "2026-03-02 11:10:00", 2),
    ]


def test_a_visit_across_midnight_is_one_and_belongs_to_the_day_it_began() -> None:
    assert sessions(SPAN, click("a", "23:50:00"), click("b", "2026-03-03 00:20:00")) == [
        ("2026-03-02", "2026-03-02 23:50:00", "2026-03-03 00:20:00", 2)
    ]


def test_visitors_do_not_mix() -> None:
    other = {"visitor_id": "w", "anonymous_id": "w"}
    found = sessions("visitor_id, event_count", click("a", "10:00:00"), click("b", "10:01:00", **other))
    assert found == [("v", 1), ("w", 1)]


def test_the_id_comes_from_the_visitor_the_start_and_the_first_event() -> None:
    micros = int(datetime(2026, 3, 2, 10, tzinfo=UTC).timestamp()) * 1_000_000
    expected = hashlib.md5(f"v|{micros}|a".encode(), usedforsecurity=False).hexdigest()
    assert sessions("session_id", click("b", "10:00:00"), click("a", "10:00:00"), click("c", "10:05:00")) == [
        (expected,)
    ]


def every(minutes: int, start: str, end: str) -> list[Row]:
    """Clicks without a pause from `start` up to before `end`."""
    at, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    found = []
    while at < last:
        found.append(click(f"e{at:%d%H%M}", f"{at:%Y-%m-%d %H:%M:%S}"))
        at += timedelta(minutes=minutes)
    return found


def test_a_visitor_who_never_pauses_starts_anew_after_each_whole_day_without_a_pause() -> None:
    found = sessions("started_at, event_count", *every(30, "2026-03-02 10:00", "2026-03-05 02:00"))
    assert found == [
        ("2026-03-02 10:00:00", 28 + 48),  # the rest of the first day, and the first whole one
        ("2026-03-04 00:00:00", 48),
        ("2026-03-05 00:00:00", 4),
    ]


def test_one_pause_in_a_day_lets_the_visit_go_on_past_the_next_midnight() -> None:
    clicks = [c for c in every(30, "2026-03-02 00:00", "2026-03-03 01:00") if c["event_id"] != "e021200"]
    assert sessions("started_at, ended_at", *clicks) == [
        ("2026-03-02 00:00:00", "2026-03-02 11:30:00"),
        ("2026-03-02 12:30:00", "2026-03-03 00:30:00"),
    ]


def test_a_day_whose_first_click_is_later_than_half_past_midnight_has_a_pause() -> None:
    clicks = every(30, "2026-03-02 00:31", "2026-03-03 01:00")
    assert sessions("started_at, ended_at", *clicks) == [("2026-03-02 00:31:00", "2026-03-03 00:31:00")]


def of_each_day_alone(days: list[str], clicks: list[Row]) -> None:
    """Sessions of a day come from its clicks and those of the days around it."""
    columns = f"session_id, {SPAN}"
    whole = sessions(columns, *clicks)
    assert {row[1] for row in whole} > {days[0]}
    for day in days:
        middle = datetime.fromisoformat(day)
        near = {f"{middle + timedelta(days=days):%Y-%m-%d}" for days in (-1, 0, 1)}
        part = sessions(columns, *(c for c in clicks if c["event_date"] in near))
        assert [row for row in part if row[1] == day] == [row for row in whole if row[1] == day], day


def test_three_days_of_clicks_are_enough_for_the_sessions_of_the_middle_one() -> None:
    clicks = every(30, "2026-03-01 00:10", "2026-03-03 12:00") + every(29, "2026-03-03 13:00", "2026-03-06 02:00")
    of_each_day_alone(["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"], clicks)


def test_pages_steps_and_the_cart_are_counted() -> None:
    found = sessions(
        "page_view_count, entry_page, exit_page, product_view_count, add_count, cart_amount, has_checkout,"
        " duration_seconds, is_bounce",
        click("a", "10:00:00", context_page_path="/"),
        track("b", "10:00:10", "Product Viewed", context_page_path="/p"),
        track("c", "10:00:20", "Product Added", price="10.5", quantity=2, context_page_path="/p"),
        track("d", "10:00:30", "Product Added", price="3", context_page_path="/p"),
        track("e", "10:00:40", "Product Removed", price="10.5", quantity=1, context_page_path="/cart"),
        track("f", "10:01:40.900", "Checkout Started", context_page_path="/checkout"),
    )
    assert found == [(1, "/", "/checkout", 1, 2, 13.5, True, 100, False)]


def test_a_visit_of_one_page_is_a_bounce() -> None:
    assert sessions("is_bounce, duration_seconds, is_converted, order_ids, revenue_amount", click("a", "10:00:00")) == [
        (True, 0, False, None, 0)
    ]


def test_orders_belong_to_the_visit_they_were_made_in() -> None:
    found = sessions(
        "order_count, order_ids, revenue_amount, is_converted",
        click("a", "10:00:00"),
        track("b", "10:10:00", "Order Completed"),
        track("c", "10:20:00", "Order Completed"),
        click("d", "12:00:00"),
        fct_orders=(ordered("b", "o2", "10:10:00", "7.5"), ordered("c", "o1", "10:20:00", "2.5")),
    )
    assert found == [(2, "o1,o2", 10, True), (0, None, 0, False)]


def test_the_last_user_named_in_the_visit_is_its_user() -> None:
    found = sessions(
        "user_id",
        click("a", "10:00:00", user_id="c9"),
        click("b", "10:01:00", user_id="c1"),
        click("c", "10:02:00"),
    )
    assert found == [("c1",)]


def test_the_first_event_that_says_it_tells_the_channel() -> None:
    found = sessions(
        "channel, campaign_source, campaign_medium, entry_page, device_type",
        {**click("a", "10:00:00"), "event_type": "identify"},  # in the same moment as the page, and before it
        click("b", "10:00:00", **page("/lamps"), **campaign("google", "cpc"), context_device_type="mobile"),
        click("c", "10:01:00", **page("/mail"), **campaign("crm", "email")),
    )
    assert found == [("paid_search", "google", "cpc", "/lamps", "mobile")]


def test_a_visit_of_which_no_event_says_where_it_came_from_is_direct() -> None:
    assert sessions("channel, arrival_event_id", click("a", "10:00:00", **page("/"))) == [("direct", None)]


def page(path: str, referrer: str | None = None) -> dict[str, Any]:
    """Context of a page of the shop."""
    address = {"context_page_url": f"https://shop.example{path}", "context_page_path": path}
    return {**address, "context_page_referrer": referrer}


def campaign(source: str, medium: str) -> dict[str, Any]:
    """Context of a campaign."""
    return {"context_campaign_source": source, "context_campaign_medium": medium}


BANK = "https://www.paypal.com/checkout"


@pytest.mark.parametrize(
    ("back_at", "referrer", "count"),
    [
        ("10:30:00", "https://www.google.com/", 1),
        ("10:30:01", "https://www.google.com/", 2),
        ("10:30:01", BANK, 1),
        ("12:00:00", BANK, 1),
        ("12:00:01", BANK, 2),
        ("12:00:00", "https://checkout.stripe.com/c/pay", 1),
        ("12:00:00", "https://paypal.com.evil.example/", 2),
    ],
)
def test_a_return_from_a_payment_page_continues_the_visit(back_at: str, referrer: str, count: int) -> None:
    left = click("a", "10:00:00", **page("/cart"), **campaign("google", "cpc"))
    found = sessions("channel", left, click("b", back_at, **page("/thanks", referrer)))
    assert len(found) == count
    assert found[0] == ("paid_search",)
    if "paypal.com/" in referrer:
        assert found[1:] == [("direct",)] * (count - 1)  # the payment service brings nobody


@pytest.mark.parametrize(("before", "count"), [("11:00:00", 1), ("10:59:00", 1), ("10:58:59", 2)])
def test_what_is_sent_in_the_minute_before_the_page_comes_back_with_it(before: str, count: int) -> None:
    left = click("a", "10:00:00", **page("/cart"), **campaign("google", "cpc"))
    sign = {**click("b", before, user_id="c"), "event_type": "identify"}
    assert len(sessions("channel", left, sign, click("c", "11:00:00", **page("/thanks", BANK)))) == count


def test_a_payment_across_midnight_stays_in_its_visit_and_two_days_bound_it_all_the_same() -> None:
    clicks = every(30, "2026-03-02 10:00", "2026-03-04 01:00")
    clicks = [c for c in clicks if not "2026-03-02 23:00:30" < c["event_at"] < "2026-03-03 00:45"]
    back = next(c for c in clicks if c["event_at"] > "2026-03-03")
    clicks[clicks.index(back)] = {**back, **page("/thanks", BANK)}
    assert sessions("started_at, ended_at", *clicks) == [
        ("2026-03-02 10:00:00", "2026-03-03 23:30:00"),
        ("2026-03-04 00:00:00", "2026-03-04 00:30:00"),
    ]


@pytest.mark.parametrize("hour", ["00:40", "01:10", "12:00", "23:59"])
def test_three_days_are_enough_with_payments_too(hour: str) -> None:
    clicks = [
        {**c, **page("/thanks", BANK)} if c["event_at"][11:16] == hour or number % 7 == 0 else c
        for number, c in enumerate(every(43, "2026-03-01 00:10", "2026-03-05 12:00"))
    ]
    of_each_day_alone(["2026-03-02", "2026-03-03", "2026-03-04"], clicks)


def test_device_of_the_first_event_or_unknown() -> None:
    found = sessions(
        "device_type",
        click("a", "10:00:00", context_device_type="tablet"),
        click("b", "10:01:00"),
        click("c", "12:00:00"),
    )
    assert found == [("tablet",), ("unknown",)]
