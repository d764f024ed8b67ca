"""gold.fct_sessions: whose a visit is, what servers add to it, steps in their order, orders and carts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.retail.lab import Row, sessions
from tests.retail.rows import click, ordered, track


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


def visits_of(story: str) -> list[tuple[str | None, str, int]]:
    """(customer, start, events) of visits of visitor v, from words like 10:00=ann; 12:00= names nobody."""
    words = [word.split("=") for word in story.split()]
    clicks = [
        click(f"e{n}", f"{'' if '-' in at else '2026-03-02 '}{at.replace('T', ' ')}:00", user_id=customer or None)
        for n, (at, customer) in enumerate(words)
    ]
    known = {(row["event_date"], row["user_id"]) for row in clicks if row["user_id"]}
    rows = tuple(seen(customer, day) for day, customer in known)
    return [(who, at[11:16], count) for who, at, count in sessions(SEEN, *clicks, fct_identities=rows)]


SEEN = "user_id, started_at, event_count"


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        # Who used the browser earlier, in a visit that is over, does not cut the one in which nobody is named yet.
        ("10:00=ann 12:00= 12:01= 12:03=bob 12:05=bob", [("ann", "10:00", 1), ("bob", "12:00", 4)]),
        ("10:00=ann 10:05= 12:00= 12:03=ann", [("ann", "10:00", 2), ("ann", "12:00", 2)]),
        (
            "10:00=ann 12:00= 12:03=bob 12:05= 12:06=ann",
            [("ann", "10:00", 1), ("bob", "12:00", 3), ("ann", "12:06", 1)],
        ),
        ("10:00=ann 11:00=bob 12:00= 12:03=cy", [("ann", "10:00", 1), ("bob", "11:00", 1), ("cy", "12:00", 2)]),
        # Somebody else in the same visit does.
        ("10:00= 10:01=ann 10:02= 10:03=bob 10:04=", [("ann", "10:00", 3), ("bob", "10:03", 2)]),
        ("10:00=ann 10:10=bob 10:20=ann", [("ann", "10:00", 1), ("bob", "10:10", 1), ("ann", "10:20", 1)]),
        ("10:00=ann 10:10=bob 10:20=cy", [("ann", "10:00", 1), ("bob", "10:10", 1), ("cy", "10:20", 1)]),
        # Before midnight and after it.
        ("2026-03-02T23:50=ann 2026-03-03T00:10=bob", [("ann", "23:50", 1), ("bob", "00:10", 1)]),
        ("2026-03-02T23:00=ann 2026-03-02T23:50= 2026-03-03T00:10=bob", [("ann", "23:00", 1), ("bob", "23:50", 2)]),
        ("2026-03-02T23:40=ann 2026-03-03T00:20= 2026-03-03T00:25=bob", [("ann", "23:40", 1), ("bob", "00:20", 2)]),
    ],
)
def test_who_is_named_ends_a_visit_only_where_somebody_else_was_named_in_it(
    story: str, expected: list[tuple[str | None, str, int]]
) -> None:
    assert visits_of(story) == expected


def test_a_sign_in_keeps_the_way_and_the_steps_of_its_visit() -> None:
    search = {"context_page_url": "https://shop.example/", "context_page_referrer": "https://www.bing.com/"}
    clicks = (
        click("a", "10:00:00", user_id="ann"),
        click("b", "12:00:00", **search),
        track("c", "12:01:00", "Product Viewed"),
        track("d", "12:02:00", "Product Added"),
        click("e", "12:03:00", event_type="identify", user_id="bob"),
        track("f", "12:04:00", "Checkout Started", user_id="bob"),
        track("g", "12:05:00", "Order Completed", user_id="bob"),
    )
    orders = (ordered("g", "o", "12:05:00"),)
    found = sessions("user_id, channel, funnel_step, order_ids", *clicks, fct_identities=TWO, fct_orders=orders)
    assert found == [("ann", "direct", 0, None), ("bob", "organic_search", 4, "o")]


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
