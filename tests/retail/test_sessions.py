"""gold.fct_sessions: where a visit begins and ends, and what it says."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.retail.lab import Row, build, rows_of
from tests.retail.rows import click, order, track

SPAN = "session_date, started_at, ended_at, event_count"


def sessions(columns: str, *clicks: Row, **others: tuple[Row, ...]) -> list[tuple[Any, ...]]:
    """Sessions in the order they started, of one moment by visitor; other inputs of gold by their names."""
    names = f"started_at, visitor_id, {columns}"
    arrivals = rows_of("gold.fct_arrivals", {"silver.clicks": clicks})
    inputs = {"silver.clicks": clicks, "gold.fct_arrivals": arrivals}
    rows = build("gold.fct_sessions", names, inputs | {f"gold.{name}": rows for name, rows in others.items()})
    return [row[2:] for row in sorted(rows, key=lambda row: row[:2])]


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


@pytest.mark.parametrize("day", ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"])
def test_three_days_of_clicks_are_enough_for_the_sessions_of_the_middle_one(day: str) -> None:
    clicks = every(30, "2026-03-01 00:10", "2026-03-03 12:00") + every(29, "2026-03-03 13:00", "2026-03-06 02:00")
    middle = datetime.fromisoformat(day)
    near = {f"{middle + timedelta(days=days):%Y-%m-%d}" for days in (-1, 0, 1)}
    columns = f"session_id, {SPAN}"
    whole = [row for row in sessions(columns, *clicks) if row[1] == day]
    assert [row for row in sessions(columns, *(c for c in clicks if c["event_date"] in near)) if row[1] == day] == whole


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


def ordered(event_id: str, order_id: str, at: str, revenue: str | None = "100", **more: Any) -> Row:
    """An order that an event of a visit told."""
    at = f"2026-03-02 {at}"
    return order(order_id, at, revenue, visit_event_id=event_id, visit_event_at=at, **more)


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


@pytest.mark.parametrize("day", ["2026-03-02", "2026-03-03", "2026-03-04"])
@pytest.mark.parametrize("hour", ["00:40", "01:10", "12:00", "23:59"])
def test_three_days_are_enough_with_payments_too(day: str, hour: str) -> None:
    clicks = [
        {**c, **page("/thanks", BANK)} if c["event_at"][11:16] == hour or number % 7 == 0 else c
        for number, c in enumerate(every(43, "2026-03-01 00:10", "2026-03-05 12:00"))
    ]
    middle = datetime.fromisoformat(day)
    near = {f"{middle + timedelta(days=days):%Y-%m-%d}" for days in (-1, 0, 1)}
    whole = [row for row in sessions(f"session_id, {SPAN}", *clicks) if row[1] == day]
    part = sessions(f"session_id, {SPAN}", *(c for c in clicks if c["event_date"] in near))
    assert [row for row in part if row[1] == day] == whole


def test_device_of_the_first_event_or_unknown() -> None:
    found = sessions(
        "device_type",
        click("a", "10:00:00", context_device_type="tablet"),
        click("b", "10:01:00"),
        click("c", "12:00:00"),
    )
    assert found == [("tablet",), ("unknown",)]


PEOPLE = [
    "Mozilla/5.0 (Linux; Android 10; CUBOT_X30 Build/QP1A) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 9; CUBOT KING KONG 3) AppleWebKit/537.36 Chrome/99.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 [FBAN/FBIOS;FBAV/470.0;FBBV/1]",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 Instagram 340.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 [Pinterest/iOS]",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) GSA/320.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 13; KFTRWI) AppleWebKit/537.36 Silk/120.4 like Chrome/120.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; SM-G991B) Chrome/122.0 YaBrowser/24.4 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 12; Redmi Note 11) SamsungBrowser/24.0 Chrome/117.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 OPR/115.0",
    "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 coc_coc_browser/120.0 Chrome/114.0 Safari/537.36",
    "Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UD1A)",
    "okhttp/4.12.0",
    "ShopApp/5.2 CFNetwork/1490 Darwin/23.1.0",
]
ROBOTS = {
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": "bot",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0)": "ahrefsbot",
    "Mozilla/5.0 (compatible; bingbot/2.0)": "bingbot",
    "Mozilla/5.0 (compatible; Baiduspider/2.0)": "baiduspider",
    "Mozilla/5.0 (compatible; SomethingNewCrawler/0.1)": "somethingnewcrawler",
    "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (compatible; Bytespider)": "bytespider",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36": "headlesschrome",
    "Mozilla/5.0 (Linux; Android 11) Chrome/119.0 Mobile Safari/537.36 Chrome-Lighthouse": "chrome lighthouse",
    "python-requests/2.32.3": "python requests",
    "Python/3.11 aiohttp/3.9.5": "aiohttp",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)": "facebookexternalhit",
    "meta-externalagent/1.1": "meta externalagent",
    "curl/8.5.0": "curl",
    "Wget/1.21.4": "wget",
    "Go-http-client/2.0": "go http client",
    "Scrapy/2.11 (+https://scrapy.org)": "scrapy",
    "axios/1.7.2": "axios",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ChatGPT-User/1.0)": "chatgpt user",
    "Mozilla/5.0 (compatible; Yahoo! Slurp)": "slurp",
    "Apache-HttpClient/4.5 (Java/17)": "apache httpclient",
    "WhatsApp/2.23.20 N": "whatsapp",
}


def test_a_user_agent_is_a_robots_by_whole_words_and_the_word_is_kept() -> None:
    agents = [*PEOPLE, *ROBOTS]
    clicks = [
        click(f"e{n:02}", f"10:{n:02}:00", visitor_id=f"v{n:02}", context_user_agent=agent)
        for n, agent in enumerate(agents)
    ]
    found = dict(zip(agents, sessions("is_bot, bot_rule", *clicks), strict=True))
    assert {agent: found[agent] for agent in PEOPLE} == dict.fromkeys(PEOPLE, (False, None))
    assert {agent: found[agent] for agent in ROBOTS} == {agent: (True, rule) for agent, rule in ROBOTS.items()}


def test_a_visit_of_more_events_than_the_setting_says_is_a_bots() -> None:
    busy = [click(f"e{second:03}", f"10:00:00.{second:03}") for second in range(501)]
    assert sessions("is_bot, bot_rule, event_count", *busy) == [(True, "event_count", 501)]
    assert sessions("is_bot, bot_rule, event_count", *busy[1:]) == [(False, None, 500)]


# Another customer, what servers say, and the steps in their order.


def seen(customer: str, day: str = "2026-03-02", **more: Any) -> Row:
    """A row of gold.fct_identities: visitor v named a customer on a day."""
    return {"event_date": day, "anonymous_id": "v", "user_id": customer, **more}


TWO = (seen("ann"), seen("bob", stretch_number=2))


def test_another_customer_ends_a_visit_and_nobody_does_not() -> None:
    clicks = (
        click("a", "10:00:00"),
        click("b", "10:01:00", user_id="ann"),
        click("c", "10:02:00"),
        click("d", "10:03:00", user_id="bob"),
        click("e", "10:04:00", user_id="bob"),
    )
    found = sessions("user_id, started_at, ended_at, event_count", *clicks, fct_identities=TWO)
    assert found == [
        ("ann", "2026-03-02 10:00:00", "2026-03-02 10:02:00", 3),
        ("bob", "2026-03-02 10:03:00", "2026-03-02 10:04:00", 2),
    ]


def test_another_name_of_the_same_customer_goes_on() -> None:
    clicks = (click("a", "10:00:00", user_id="ann"), click("b", "10:01:00", user_id="bob"))
    name = {"user_id": "ann", "customer_id": "bob"}
    assert sessions("user_id, event_count", *clicks, fct_identities=TWO, dim_alias=(name,)) == [("bob", 2)]


def test_an_order_at_the_moment_of_the_change_is_of_the_visit_that_told_it() -> None:
    clicks = (
        click("a", "10:00:00", user_id="ann"),
        track("b", "10:01:00", "Order Completed", user_id="ann"),
        click("c", "10:01:00", user_id="bob"),
    )
    orders = (ordered("b", "o", "10:01:00"),)
    found = sessions("user_id, order_ids", *clicks, fct_identities=TWO, fct_orders=orders)
    assert found == [("ann", "o"), ("bob", None)]


def server(event_id: str, at: str, name: str, **more: Any) -> Row:
    """A row of gold.fct_server_events: a server's event of visitor v's open visit."""
    plain = {"event_id": event_id, "event_at": f"2026-03-02 {at}", "event_date": "2026-03-02", "visitor_id": "v"}
    return {**plain, "event_name": name, "user_id": "c", **more}


def test_a_servers_events_count_in_the_visit_and_do_not_prolong_it() -> None:
    clicks = (
        click("a", "10:00:00"),
        track("b", "10:05:00", "Product Viewed"),
        track("x", "10:06:00", "Product Viewed", anonymous_id=None, user_id="c", visitor_id="c"),
        click("d", "10:40:00"),
    )
    told = (
        server("x", "10:06:00", "Product Viewed"),
        server("y", "10:07:00", "Product Added", price="5", quantity=2),
        server("z", "10:30:00", "Order Completed"),
    )
    found = sessions(
        "started_at, ended_at, event_count, product_view_count, add_count, cart_amount, order_ids",
        *clicks,
        fct_server_events=told,
        fct_orders=(ordered("z", "o", "10:30:00"),),
    )
    assert found == [
        ("2026-03-02 10:00:00", "2026-03-02 10:05:00", 5, 2, 1, 10, "o"),
        ("2026-03-02 10:40:00", "2026-03-02 10:40:00", 1, 0, 0, 0, None),
    ]


def test_an_event_without_a_browser_makes_a_visit_only_as_a_view_of_a_page() -> None:
    known = {"visitor_id": "c", "anonymous_id": None, "user_id": "c"}
    sent = (track("a", "10:00:00", "Order Completed", **known), click("b", "12:00:00", **known))
    assert sessions("visitor_id, started_at", *sent) == [("c", "2026-03-02 12:00:00")]


STEPS = {"v": "Product Viewed", "a": "Product Added", "c": "Checkout Started", "o": "Order Completed"}


@pytest.mark.parametrize(
    ("steps", "taken"),
    [
        ("", 0),
        ("v", 1),
        ("vaco", 4),
        ("ovac", 3),  # orders first
        ("avco", 1),  # added from a list, viewed afterwards
        ("avaco", 4),
        ("cvao", 2),
        ("cvaco", 4),
        ("vaoc", 3),
        ("vo", 1),
        ("aco", 0),
        ("vvaacco", 4),
    ],
)
def test_a_step_counts_after_all_steps_before_it(steps: str, taken: int) -> None:
    clicks = [track(f"e{n}", f"10:{n:02}:00", STEPS[step]) for n, step in enumerate(steps)]
    orders = tuple(ordered(f"e{n}", f"o{n}", f"10:{n:02}:00") for n, step in enumerate(steps) if step == "o")
    assert sessions("funnel_step", click("first", "09:59:00"), *clicks, fct_orders=orders) == [(taken,)]


def test_steps_of_one_moment_count_in_their_order() -> None:
    clicks = [track(step, "10:00:00", STEPS[step]) for step in "cavo"]
    orders = (ordered("o", "o1", "10:00:00"),)
    assert sessions("funnel_step", *clicks, fct_orders=orders) == [(4,)]


def test_a_page_of_thanks_that_is_opened_again_is_no_step() -> None:
    again = [track(step, "10:00:00", STEPS[step]) for step in "vaco"]
    assert sessions("funnel_step, order_count", *again) == [(3, 0)]


def test_revenues_of_several_currencies_or_unknown_ones_are_no_sum() -> None:
    clicks = [track(step, "10:00:00", "Order Completed") for step in "ab"]
    for other in ({"currency": "SEK"}, {"revenue": None}, {"currency": None}):
        orders = (ordered("a", "1", "10:00:00"), ordered("b", "2", "10:00:00", **other))
        assert sessions("order_count, revenue_amount", *clicks, fct_orders=orders) == [(2, None)]


def put(event_id: str, price: str | None, currency: str | None, name: str = "Product Added") -> Row:
    """Something is put into the cart, or taken out."""
    return track(event_id, "10:00:00", name, price=price, currency=currency)


@pytest.mark.parametrize(
    ("clicks", "cart"),
    [
        ([], (0, None)),
        ([put("a", "5", "EUR"), put("b", "7", "EUR")], (12, "EUR")),
        ([put("a", "5", "EUR"), put("b", "5", "EUR", "Product Removed")], (0, "EUR")),
        ([put("a", "5", None), put("b", "7", None)], (12, None)),
        ([put("a", "5", "EUR"), put("b", "7", "SEK")], (None, None)),
        ([put("a", "5", "EUR"), put("b", "5", "SEK", "Product Removed")], (None, None)),
        ([put("a", "5", "EUR"), put("b", "7", None)], (None, None)),
        ([put("a", "5", "EUR"), put("b", None, "SEK")], (5, "EUR")),  # nothing is added up of it
        ([put("a", "5", "EUR"), put("b", "7", "SEK", "Product Viewed")], (5, "EUR")),
    ],
)
def test_a_cart_is_of_one_currency(clicks: list[Row], cart: tuple[float | None, str | None]) -> None:
    other = track("z", "12:00:00", "Product Added", price="9", currency="SEK")
    found = sessions("cart_amount, cart_currency", click("0", "10:00:00"), *clicks, other)
    assert found == [cart, (9, "SEK")]


@pytest.mark.parametrize(
    ("told", "cart"), [("EUR", (15, "EUR")), ("SEK", (None, None)), (None, (None, None)), ("both", (None, None))]
)
def test_what_a_server_adds_to_a_cart_is_of_its_currency(
    told: str | None, cart: tuple[float | None, str | None]
) -> None:
    events = [
        server("y", "10:07:00", "Product Added", price="5", quantity=2, currency="EUR" if told == "both" else told)
    ]
    if told == "both":
        events.append(server("x", "10:08:00", "Product Added", price="1", quantity=1, currency="SEK"))
    found = sessions("cart_amount, cart_currency", put("a", "5", "EUR"), fct_server_events=tuple(events))
    assert found == [cart]
    alone = sessions("cart_amount, cart_currency", click("a", "10:00:00"), fct_server_events=tuple(events))
    assert alone == [(None, None) if told == "both" else (10, told)]
