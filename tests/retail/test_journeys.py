"""Funnel, carts and attribution: how visits become orders, worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.retail.lab import Row, build, rows_of, touched
from tests.retail.rows import order, owner, session

CUSTOMER = owner("v", "c", "2026-02-01", "2026-09-01")


def test_a_visit_counts_for_a_step_after_all_steps_before() -> None:
    at = "2026-03-02 10:00:00"
    sessions = [
        session("1", at),
        session("2", at, funnel_step=1),
        session("3", at, funnel_step=2),
        session("4", at, funnel_step=3, has_checkout=True),
        session("5", at, funnel_step=4, has_checkout=True, is_converted=True),
        session("6", at, funnel_step=0, add_count=1, is_converted=True),  # ordered without a checkout
        session("7", at, funnel_step=4, has_checkout=True, is_converted=True, is_bot=True),
        session("8", at, funnel_step=3, has_checkout=True, is_converted=True),  # ordered before it
        session("9", at, device_type="mobile", funnel_step=2),
    ]
    found = build("gold.agg_funnel_daily", "*", {"gold.fct_sessions": sessions})
    assert found == [
        ("2026-03-02", "direct", "desktop", 7, 5, 4, 3, 1, 3, 1, 5 / 7, 4 / 5, 3 / 4, 1 / 3, 1 / 7),
        ("2026-03-02", "direct", "mobile", 1, 1, 1, 0, 0, 0, 0, 1.0, 1.0, 0.0, None, 0.0),
    ]


def credits_of(*sessions: Row, orders: tuple[Row, ...], visitors: tuple[Row, ...] = ()) -> dict[str, list[Any]]:
    """(session, credit, amount) in the order of the touches, by model."""
    columns = "model, session_id, credit, credit_amount"
    touches = rows_of("gold.fct_touches", {"gold.fct_sessions": sessions})
    known = {"gold.fct_orders": orders, "gold.dim_visitor": visitors}
    owners = rows_of("gold.fct_order_owners", {**known, "gold.fct_sessions": sessions})
    inputs = {**known, "gold.fct_touches": touches, "gold.fct_order_owners": owners}
    found: dict[str, list[Any]] = {}
    for model, session_id, credit, amount in build("gold.mart_attribution", columns, inputs):
        found.setdefault(model, []).append((session_id, f"{credit:f}", f"{amount:f}"))
    return found


def test_five_models_share_an_order_among_its_visits() -> None:
    visits = (
        session("a", "2026-03-01 10:00:00"),
        session("b", "2026-03-08 10:00:00"),
        session("c", "2026-03-15 10:00:00"),
    )
    assert credits_of(*visits, orders=(order("o", "2026-03-15 10:00:00", "70"),)) == {
        "first": [
            ("a", "1.0000000000", "70.0000"),
            ("b", "0.0000000000", "0.0000"),
            ("c", "0.0000000000", "0.0000"),
        ],
        "last": [
            ("a", "0.0000000000", "0.0000"),
            ("b", "0.0000000000", "0.0000"),
            ("c", "1.0000000000", "70.0000"),
        ],
        "linear": [
            ("a", "0.3333333333", "23.3333"),
            ("b", "0.3333333333", "23.3333"),
            ("c", "0.3333333334", "23.3334"),
        ],
        "position": [
            ("a", "0.4000000000", "28.0000"),
            ("b", "0.2000000000", "14.0000"),
            ("c", "0.4000000000", "28.0000"),
        ],
        # 14, 7 and 0 days before: 1/4, 1/2 and 1.
        "time_decay": [
            ("a", "0.1428571429", "10.0000"),
            ("b", "0.2857142857", "20.0000"),
            ("c", "0.5714285714", "40.0000"),
        ],
    }


def test_the_credits_of_every_model_sum_to_the_order_exactly() -> None:
    visits = tuple(session(f"s{n:02}", f"2026-03-02 {n:02}:07:00") for n in range(17))
    for revenue in ("100.01", "0.0001", "0", "99999999.9999"):
        found = credits_of(*visits, orders=(order("o", "2026-03-05 11:00:00", revenue),))
        assert len(found) == 5
        for touches in found.values():
            assert sum(Decimal(credit) for _, credit, _ in touches) == 1
            assert sum(Decimal(amount) for _, _, amount in touches) == Decimal(revenue)


def test_two_visits_share_by_position_in_halves() -> None:
    visits = (session("a", "2026-03-01 10:00:00"), session("b", "2026-03-02 10:00:00"))
    found = credits_of(*visits, orders=(order("o", "2026-03-02 10:30:00"),))["position"]
    assert found == [("a", "0.5000000000", "50.0000"), ("b", "0.5000000000", "50.0000")]


def test_visits_count_for_30_days_up_to_the_order_and_bots_never() -> None:
    visits = (
        session("too early", "2026-02-28 23:59:59"),
        session("first", "2026-03-01 00:00:00"),
        session("bot", "2026-03-02 00:00:00", is_bot=True),
        session("other", "2026-03-02 00:00:00", visitor_id="w"),
        session("too late", "2026-03-31 10:00:01"),
    )
    found = credits_of(*visits, orders=(order("o", "2026-03-31 10:00:00"),))
    assert [touch[0] for touch in found["linear"]] == ["first"]


def test_an_order_without_a_visit_is_direct() -> None:
    inputs = {"gold.fct_orders": [order("o", "2026-03-31 10:00:00")]}
    inputs["gold.fct_order_owners"] = rows_of("gold.fct_order_owners", inputs)
    found = build("gold.mart_attribution", "session_id, channel, touched_at, credit, credit_amount", inputs)
    assert found == [(None, "direct", "2026-03-31 10:00:00", 1, 100)] * 5


def test_visits_on_another_browser_count_once_that_is_known_to_be_the_customers() -> None:
    visits = (
        session("phone", "2026-03-01 10:00:00", visitor_id="w"),
        session("desk", "2026-03-02 10:00:00", visitor_id="x", user_id="c"),
        session("c", "2026-03-02 11:00:00", visitor_id="c"),  # a browser that is called as the customer is
    )
    bought = order("o", "2026-03-03 10:00:00", visitor_id="x", user_id="c")
    phone = owner("w", "c", "2026-02-01", "2026-04-01")
    assert [touch[0] for touch in credits_of(*visits, orders=(bought,))["linear"]] == ["desk"]
    assert [touch[0] for touch in credits_of(*visits, orders=(bought,), visitors=(phone,))["linear"]] == [
        "phone",
        "desk",
    ]


CARTS = "session_id, customer_id, last_step, is_abandoned, is_recovered"


def test_a_cart_is_recovered_by_an_order_of_the_same_person_within_seven_days() -> None:
    cart = {"add_count": 1}
    sessions = [
        session("1 added", "2026-03-02 10:00:00", **cart),
        session("2 checkout", "2026-03-02 11:00:00", **cart, has_checkout=True, visitor_id="w", user_id="c"),
        session("3 too early", "2026-03-01 09:59:59", **cart),
        session("4 ordered", "2026-03-08 10:00:00", **cart, visitor_id="x", user_id="c", is_converted=True),
        session("5 other", "2026-03-02 10:00:00", **cart, visitor_id="c"),
        session("6 bot", "2026-03-02 10:00:00", **cart, is_bot=True),
        session("7 no cart", "2026-03-02 10:00:00"),
    ]
    found = build("gold.mart_cart_abandonment", CARTS, {"gold.fct_sessions": sessions, "gold.dim_visitor": [CUSTOMER]})
    assert found == [
        ("1 added", "c", "added", True, True),
        ("2 checkout", "c", "checkout", True, True),
        ("3 too early", "c", "added", True, False),
        ("4 ordered", "c", "ordered", False, False),
        ("5 other", None, "added", True, False),
    ]


def test_a_cart_keeps_its_currency_and_one_of_several_has_no_amount() -> None:
    visits = [
        session("1", "2026-03-02 10:00:00", add_count=1, cart_amount="5", cart_currency="SEK"),
        session("2", "2026-03-02 11:00:00", add_count=2, cart_amount=None),
    ]
    found = build("gold.mart_cart_abandonment", "cart_amount, cart_currency", {"gold.fct_sessions": visits})
    assert found == [(5, "SEK"), (None, None)]


# Who a browser is: which days must be built again?

NEWER = {**CUSTOMER, "identified_at": "2026-03-09 00:00:00", "valid_to": "2026-10-01 00:00:00"}
ORDERS = [
    order("1", "2026-03-05 10:00:00", visitor_id="x", user_id="c"),
    order("2", "2026-03-20 10:00:00", visitor_id="x", user_id="c"),
    order("3", "2026-05-01 10:00:00", visitor_id="x", user_id="c"),
    order("4", "2026-03-21 10:00:00", visitor_id="x", user_id="d"),
    order("5", "2026-06-01 10:00:00"),
]
VISITS = [
    session("1", "2026-03-10 10:00:00", add_count=1),
    session("2", "2026-03-12 10:00:00", is_converted=True),
    session("3", "2026-04-30 10:00:00", user_id="c", add_count=1, is_converted=True),
    session("4", "2026-03-05 10:00:00", visitor_id="x", user_id="c", add_count=1),
    session("5", "2026-03-04 10:00:00", visitor_id="x", user_id="c", add_count=1),
    session("6", "2026-03-11 10:00:00", visitor_id="x", user_id="d", add_count=1),
]


def moved(table: str, before: list[Row], after: list[Row]) -> list[Any]:
    touches = rows_of("gold.fct_touches", {"gold.fct_sessions": VISITS})
    inputs = {"gold.fct_orders": ORDERS, "gold.fct_sessions": VISITS}
    owners = rows_of("gold.fct_order_owners", {**inputs, "gold.dim_visitor": after})
    inputs |= {"gold.fct_touches": touches, "gold.fct_order_owners": owners}
    return touched(f"gold.{table}", "gold.dim_visitor", before, after, inputs)


def test_seeing_a_known_browser_again_touches_nothing() -> None:
    assert moved("mart_attribution", [CUSTOMER], [NEWER]) == []
    assert moved("fct_order_owners", [CUSTOMER], [NEWER]) == []
    assert moved("mart_cart_abandonment", [CUSTOMER], [NEWER]) == []


def test_a_browser_identified_touches_orders_that_its_visits_may_have_led_to() -> None:
    # Its anonymous visits of 10 and 12 March: order 2. Its own anonymous order: 5.
    for before, after in (([], [CUSTOMER]), ([CUSTOMER], [])):
        assert "2026-03-20" in moved("mart_attribution", before, after)
        assert moved("fct_order_owners", before, after) == ["2026-06-01"]
    assert moved("mart_attribution", [], [CUSTOMER]) == ["2026-03-20"]


def test_what_is_taken_back_touches_all_orders_of_whoever_it_was() -> None:
    # Its visits may be gone with it: where they were cannot be asked any more.
    assert moved("mart_attribution", [CUSTOMER], []) == ["2026-03-05", "2026-03-20", "2026-05-01"]


def test_a_browser_that_changes_hands_touches_the_orders_of_both() -> None:
    other = {**CUSTOMER, "customer_id": "d"}
    assert moved("mart_attribution", [CUSTOMER], [other]) == ["2026-03-05", "2026-03-20", "2026-03-21", "2026-05-01"]
    assert moved("fct_order_owners", [CUSTOMER], [other]) == ["2026-06-01"]


def test_the_part_of_a_time_that_changes_hands_touches_its_days_alone() -> None:
    before = [CUSTOMER]
    after = [owner("v", "c", "2026-02-01", "2026-03-11"), owner("v", "d", "2026-03-11", "2026-09-01")]
    assert moved("mart_attribution", before, after) == ["2026-03-20", "2026-03-21"]
    assert moved("fct_order_owners", before, after) == ["2026-06-01"]
    assert moved("mart_cart_abandonment", before, after) == ["2026-03-05", "2026-03-10", "2026-03-11"]


def test_another_name_of_a_customer_moves_what_both_did() -> None:
    named = [owner("c", "d", "1970-01-01", "9999-12-31", "customer")]
    assert moved("mart_attribution", [], named) == ["2026-03-05", "2026-03-20", "2026-03-21", "2026-05-01"]
    assert moved("fct_order_owners", [], named) == ["2026-03-05", "2026-03-20", "2026-05-01"]
    assert moved("mart_cart_abandonment", [], named) == ["2026-03-04", "2026-03-05", "2026-04-30"]


def test_a_visit_is_whose_the_browser_was_at_that_time() -> None:
    tablet = (owner("v", "ann", "2026-03-01", "2026-03-04"), owner("v", "bob", "2026-03-04", "2026-04-30"))
    visits = (
        session("a", "2026-03-02 10:00:00"),
        session("b", "2026-03-03 10:00:00", user_id="ann"),
        session("c", "2026-03-19 10:00:00"),
        session("d", "2026-03-20 10:00:00", user_id="bob"),
    )
    hers = credits_of(*visits, orders=(order("o", "2026-03-03 10:00:00", user_id="ann"),), visitors=tablet)
    his = credits_of(*visits, orders=(order("o", "2026-03-20 10:00:00", user_id="bob"),), visitors=tablet)
    assert [touch[0] for touch in hers["linear"]] == ["a", "b"]
    assert [touch[0] for touch in his["linear"]] == ["c", "d"]


def test_a_browser_identified_touches_its_carts_and_those_its_orders_recover() -> None:
    # Its own anonymous cart of 10 March; its order of 12 March recovers the cart of the 5th, not of the 4th.
    assert moved("mart_cart_abandonment", [], [CUSTOMER]) == ["2026-03-05", "2026-03-10"]
    other = {**CUSTOMER, "customer_id": "d"}
    assert moved("mart_cart_abandonment", [CUSTOMER], [other]) == ["2026-03-05", "2026-03-10", "2026-03-11"]
