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
