"""gold.fct_order_owners: an order is of the person whose visit it was told in, whoever signs in afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

import pytest

from tests.retail.lab import Row, build, packaged
from tests.retail.piecemeal import Gold
from tests.retail.rows import click, order, owner, session

WANTED = ("gold.fct_first_orders", "gold.mart_attribution", "gold.mart_channel_performance", "gold.fct_sessions")
SEARCHES = ("google", "bing")


@cache
def tables() -> tuple[str, ...]:
    """What tells of orders, and the gold tables it is made of, in the order in which they are built."""
    gold = {name: table for name, table in packaged().tables.items() if name.startswith("gold.")}
    wanted = set(WANTED)
    for name in reversed(gold):
        if name in wanted:
            wanted |= set(gold[name].inputs)
    return tuple(name for name in gold if name in wanted)


def event(browser: str, word: str, names: dict[str, str]) -> Row:
    """An event of a browser from `day/time:what:customer`: a page found by a search, a sign-in (in), or an order.

    `names` are the customers whom orders name. Customers and orders are those of the browser alone.
    """
    day, rest = word.split("/")
    hour, minute, what, customer = (*rest.split(":"), "")[:4]
    at = str(datetime(2026, 3, 29, int(hour), int(minute)) + timedelta(days=int(day)))
    ids = {"anonymous_id": browser, "visitor_id": browser}
    if what in SEARCHES:
        found = {"context_page_url": "https://shop.example/", "context_page_referrer": f"https://www.{what}.com/"}
        return click(f"{browser} {word}", at, **ids, **found)
    if what == "in":
        return click(f"{browser} {word}", at, event_type="identify", **ids, user_id=f"{browser} {customer}")
    told = {"event_type": "track", "event_name": "Order Completed", "order_id": f"{browser} {what}", **ids}
    return click(
        f"{browser} {word}", at, currency="EUR", revenue_amount="30", user_id=names.get(told["order_id"]), **told
    )


ANN = "0/10:00:google 0/10:01:in:ann 0/10:05:A1"
STORIES = [
    # The next sign-in takes the visits in which nobody was named, not what came after ann's last event in hers.
    ([ANN, "12/12:00:in:bob"], {"A1": "ann"}),
    ([ANN, "1/12:00:bing 1/12:01:in:bob 1/12:05:B1", "4/10:00:in:ann"], {"A1": "ann", "B1": "bob"}),
    ([ANN, "0/15:00:bing 0/15:05:B1", "9/12:00:in:bob"], {"A1": "ann", "B1": "bob"}),
    # Three people, in one sitting and on three days.
    (
        [ANN, "0/10:10:in:bob 0/10:11:bing 0/10:12:B1", "0/10:20:in:cy 0/10:21:google 0/10:22:C1"],
        {"A1": "ann", "B1": "bob", "C1": "cy"},
    ),
    (
        [ANN, "1/10:00:bing 1/10:01:in:bob 1/10:05:B1", "2/10:00:google 2/10:01:in:cy 2/10:05:C1"],
        {"A1": "ann", "B1": "bob", "C1": "cy"},
    ),
    # A visit before midnight and after it.
    (["0/23:50:google 0/23:55:in:ann 1/00:05:A1", "1/00:20:in:bob"], {"A1": "ann"}),
    (["0/23:50:google 0/23:55:in:ann 1/00:05:A1", "1/09:00:in:bob"], {"A1": "ann"}),
    # Named after the order, in its visit; a visit in which nobody was ever named.
    (["0/10:00:google 0/10:05:A1 0/10:06:in:ann", "0/18:00:in:bob"], {"A1": "ann"}),
    (["0/10:00:google 0/10:05:A1", "5/12:00:in:ann"], {"A1": "ann"}),
    (["0/10:00:google 0/10:05:A1", "40/12:00:in:ann"], {"A1": "nobody"}),
]


OWNERS = {
    f"v{number} {order_id}": f"visitor|v{number}" if name == "nobody" else f"v{number} {name}"
    for number, (_, owners) in enumerate(STORIES)
    for order_id, name in owners.items()
}


@pytest.mark.parametrize("is_named", [False, True], ids=["names_nobody", "names_customer"])
@pytest.mark.parametrize("portions", [(0, 1, 2), (2, 1, 0)], ids=["in_time", "backwards"])
def test_a_later_sign_in_takes_no_order_of_a_visit_that_is_over(portions: tuple[int, ...], is_named: bool) -> None:
    names = {order_id: name for order_id, name in OWNERS.items() if is_named and "|" not in name}
    gold = Gold(tables())
    for part in portions:
        stories = [(f"v{number}", story[part : part + 1]) for number, (story, _) in enumerate(STORIES)]
        words = [(browser, word) for browser, told in stories for each in told for word in each.split()]
        gold.add("silver.clicks", [event(browser, word, names) for browser, word in words])
    grown = gold.rows()

    def answer(query: str) -> dict[str, str]:
        return dict(gold.connection.execute(query).fetchall())

    assert answer("select order_id, person_id from gold_fct_order_owners") == OWNERS
    assert answer("select order_id, person_id from gold_fct_first_orders") == OWNERS
    last = answer("select order_id, channel from gold_mart_attribution where model = 'last' and credit = 1")
    assert last == dict.fromkeys(OWNERS, "organic_search")
    assert grown == gold.whole()


def owned(orders: list[Row], sessions: list[Row], visitors: list[Row]) -> list[tuple[str, ...]]:
    """Order, visit and person."""
    inputs = {"gold.fct_orders": orders, "gold.fct_sessions": sessions, "gold.dim_visitor": visitors}
    return build("gold.fct_order_owners", "order_id, session_id, person_id", inputs)


HANDED = [owner("v", "ann", "2026-03-01", "2026-03-03"), owner("v", "bob", "2026-03-03", "2026-03-30")]
VISIT = session("s", "2026-03-02 23:50:00", is_converted=True, first_event_id="a")
TOLD = {"visit_event_id": "b", "visit_event_at": "2026-03-03 00:05:00"}


def test_an_order_that_names_nobody_is_of_the_owner_of_its_visit() -> None:
    told = order("o", "2026-03-03 00:05:00", **TOLD)
    assert owned([told], [VISIT], HANDED) == [("o", "s", "ann")]
    assert owned([told], [{**VISIT, "user_id": "cy"}], HANDED) == [("o", "s", "cy")]
    assert owned([{**told, "user_id": "dan"}], [VISIT], HANDED) == [("o", "s", "dan")]
    assert owned([told], [VISIT], []) == [("o", "s", "visitor|v")]


def test_an_order_without_a_visit_is_of_whom_the_browser_was_then() -> None:
    assert owned([order("o", "2026-03-03 00:05:00")], [VISIT], HANDED) == [("o", None, "bob")]


def test_another_name_of_the_owner_of_the_visit_is_one_person() -> None:
    named = owner("cy", "eve", "1970-01-01", "9999-12-31", "customer")
    found = owned([order("o", "2026-03-03 00:05:00", **TOLD)], [{**VISIT, "user_id": "cy"}], [named])
    assert found == [("o", "s", "eve")]
