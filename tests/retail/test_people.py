"""gold.dim_alias, gold.fct_identities, gold.dim_visitor, gold.fct_server_events: who it was, and when."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from tests.retail.lab import Row, build
from tests.retail.rows import click, track


def alias(number: int, previous: str, name: str) -> Row:
    at = f"2026-03-02 10:00:{number:02}"
    ids = {"event_id": f"a{number}", "event_at": at, "event_date": at[:10]}
    return {**ids, "previous_id": previous, "user_id": name}


def names(*aliases: Row, columns: str = "user_id, customer_id") -> list[tuple[Any, ...]]:
    return build("gold.dim_alias", columns, {"gold.fct_aliases": aliases})


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("AB", {"A": "B"}),
        ("AB BC", {"A": "C", "B": "C"}),
        ("BC AB", {"A": "C", "B": "C"}),  # the later name was given first
        ("AB AC", {"A": "C"}),  # the latest counts
        ("AB CB", {"A": "B", "C": "B"}),
        ("AB BA", {"B": "A"}),  # back again
        ("BA AB", {"A": "B"}),
        ("AB BC CA", {"B": "A", "C": "A"}),
        ("BC CA AB", {"A": "B", "C": "B"}),
        ("XA AB BC CA", {"X": "A", "B": "A", "C": "A"}),
        ("AB BC CD DE EF FG GH HI", dict.fromkeys("ABCDEFGH", "I")),
        ("AB BC CD DE EF FG GH HA", dict.fromkeys("BCDEFGH", "A")),
    ],
)
def test_aliases_are_followed_to_the_last_name(said: str, expected: dict[str, str]) -> None:
    pairs = [alias(number, *pair) for number, pair in enumerate(said.split())]
    assert dict(names(*pairs)) == expected
    assert dict(names(*reversed(pairs))) == expected


def test_a_chain_that_is_too_long_ends_and_says_so() -> None:
    pairs = [alias(number, chr(65 + number), chr(66 + number)) for number in range(10)]
    found = names(*pairs, columns="user_id, customer_id, is_cut")
    assert found[:3] == [("A", "I", True), ("B", "J", True), ("C", "K", False)]


def sightings(*clicks: Row) -> list[tuple[Any, ...]]:
    columns = "anonymous_id, stretch_number, user_id, first_event_at, last_event_at, event_count"
    return build("gold.fct_identities", columns, {"silver.clicks": clicks})


def test_identities_are_stretches_of_events_that_name_one_customer() -> None:
    known = {"user_id": "c"}
    found = sightings(
        click("a", "10:00:00", **known),
        click("b", "11:00:00", **known),
        click("c", "11:30:00"),
        click("e", "11:00:00", anonymous_id=None, user_id="c"),
        click("f", "2026-03-03 11:00:00", **known),
        click("g", "10:00:00", anonymous_id="w", user_id="c"),
        click("h", "10:01:00", anonymous_id="w", user_id="d"),
        click("i", "10:02:00", anonymous_id="w", user_id="c"),
    )
    day = "2026-03-02"
    assert found == [
        ("v", 1, "c", f"{day} 10:00:00", f"{day} 11:00:00", 2),
        ("w", 1, "c", f"{day} 10:00:00", f"{day} 10:00:00", 1),
        ("w", 2, "d", f"{day} 10:01:00", f"{day} 10:01:00", 1),
        ("w", 3, "c", f"{day} 10:02:00", f"{day} 10:02:00", 1),
        ("v", 1, "c", "2026-03-03 11:00:00", "2026-03-03 11:00:00", 1),
    ]


def test_an_alias_of_a_browser_names_its_customer() -> None:
    said = {"event_type": "alias", "anonymous_id": None, "user_id": "c", "previous_id": "w"}
    found = sightings(click("a", "10:00:00", **said), click("b", "10:00:00", **{**said, "previous_id": "c"}))
    assert [row[:3] for row in found] == [("w", 1, "c")]


def times(*stretches: tuple[str, str, str], aliases: tuple[Row, ...] = ()) -> list[tuple[Any, ...]]:
    """Whose visitor v was when: (customer, from, to, moved until), from (customer, first, last day it was named)."""
    rows = [
        {
            "event_date": first,
            "anonymous_id": "v",
            "stretch_number": number,
            "user_id": customer,
            "first_event_at": f"{first} 12:00:00",
            "last_event_at": f"{last} 12:00:00",
        }
        for number, (customer, first, last) in enumerate(stretches)
    ]
    columns = "customer_id, valid_from, valid_to, moved_until"
    found = build("gold.dim_visitor", columns, {"gold.fct_identities": rows, "gold.dim_alias": aliases})
    return [tuple(value and value.removesuffix(" 12:00:00") for value in row) for row in found]


def test_an_identification_owns_thirty_days_before_and_after_it() -> None:
    assert times(("ann", "2026-03-31", "2026-04-02")) == [("ann", "2026-03-01", "2026-05-02", None)]


def test_it_owns_what_lies_before_it_back_to_the_one_of_another() -> None:
    ann, bob = ("ann", "2026-03-03", "2026-03-03"), ("bob", "2026-03-20", "2026-03-20")
    expected = [
        ("ann", "2026-02-01", "2026-03-03", None),
        ("bob", "2026-03-03", "2026-04-19", "2026-03-20"),
    ]
    for stretches in permutations((ann, bob)):
        assert times(*stretches) == expected


def test_what_lies_further_back_than_the_window_stays_as_it_was() -> None:
    assert times(("ann", "2026-03-03", "2026-03-03"), ("bob", "2026-04-20", "2026-04-20")) == [
        ("ann", "2026-02-01", "2026-03-21", None),
        ("bob", "2026-03-21", "2026-05-20", "2026-04-02"),
    ]
    # Nobody was named for so long that the time between is nobody's.
    assert [row[:3] for row in times(("ann", "2026-03-03", "2026-03-03"), ("bob", "2026-06-20", "2026-06-20"))] == [
        ("ann", "2026-02-01", "2026-04-02"),
        ("bob", "2026-05-21", "2026-07-20"),
    ]


def test_the_same_customer_again_is_one_time_as_far_as_both_reach() -> None:
    assert times(("ann", "2026-03-01", "2026-03-01"), ("ann", "2026-04-30", "2026-04-30")) == [
        ("ann", "2026-01-30", "2026-05-30", None)
    ]
    assert len(times(("ann", "2026-03-01", "2026-03-01"), ("ann", "2026-05-01", "2026-05-01"))) == 2


def test_a_customer_who_comes_back_owns_the_time_before_again() -> None:
    found = times(
        ("ann", "2026-03-01", "2026-03-01"), ("bob", "2026-03-05", "2026-03-05"), ("ann", "2026-03-09", "2026-03-09")
    )
    assert [row[:2] for row in found] == [("ann", "2026-01-30"), ("bob", "2026-03-01"), ("ann", "2026-03-05")]


def test_three_customers_of_one_moment_leave_no_time_that_is_twice() -> None:
    day = "2026-03-02"
    assert [row[0] for row in times(("ann", day, day), ("bob", day, day), ("cy", day, day))] == ["ann", "cy"]


def test_another_name_of_a_customer_is_one_person() -> None:
    named = ({"user_id": "ann", "customer_id": "bob"},)
    found = times(("ann", "2026-03-03", "2026-03-03"), ("bob", "2026-03-20", "2026-03-20"), aliases=named)
    assert found == [
        ("bob", "2026-02-01", "2026-04-19", None),
        ("bob", "1970-01-01 00:00:00", "9999-12-31 00:00:00", None),
    ]


# Events of servers.

SENT = {"anonymous_id": None, "user_id": "c", "visitor_id": "c"}


def joined(*clicks: Row, **others: tuple[Row, ...]) -> list[tuple[str, str]]:
    """Events of servers and the visitors whose visits they belong to."""
    seen = [
        {"event_date": c["event_date"], "anonymous_id": c["anonymous_id"], "user_id": c["user_id"]}
        for c in clicks
        if c.get("user_id") and c["anonymous_id"]
    ]
    inputs = {"silver.clicks": clicks, "gold.fct_identities": seen, **{f"gold.{k}": v for k, v in others.items()}}
    return build("gold.fct_server_events", "event_id, visitor_id", inputs)


def sent(at: str, **more: Any) -> Row:
    return track("s", at, "Order Completed", **{**SENT, **more})


def test_a_servers_event_belongs_to_the_open_visit_of_its_customer() -> None:
    known = click("a", "10:00:00", user_id="c")
    assert joined(known, sent("10:30:00")) == [("s", "v")]
    assert joined(known, sent("10:30:01")) == []  # no longer open
    assert joined(known, sent("09:59:59")) == []  # not yet open
    assert joined(click("a", "10:00:00"), sent("10:01:00")) == []  # nobody's
    assert joined(click("a", "10:00:00", user_id="d"), sent("10:01:00")) == []  # another's


def test_whose_the_visit_is_may_be_said_before_or_afterwards_but_by_nobody_else_meanwhile() -> None:
    start, late = click("a", "10:00:00"), click("b", "10:20:00", user_id="c")
    assert joined(start, sent("10:01:00"), late) == [("s", "v")]
    assert joined(start, sent("10:01:00"), click("b", "10:31:00", user_id="c")) == []  # a visit of its own
    other = click("d", "10:00:30", user_id="d")
    assert joined(start, other, sent("10:01:00"), late) == []
    signed_in = click("e", "09:00:00", user_id="c"), click("f", "09:29:00"), click("g", "09:55:00")
    assert joined(*signed_in, sent("10:01:00")) == [("s", "v")]


def test_of_two_open_visits_it_is_the_one_used_last() -> None:
    desk, phone = click("a", "10:00:00", user_id="c"), click("b", "10:01:00", user_id="c", anonymous_id="w")
    phone["visitor_id"] = "w"
    assert joined(desk, phone, sent("10:02:00")) == [("s", "w")]
    assert joined(desk, phone, click("c", "10:01:30"), sent("10:02:00")) == [("s", "v")]


def test_other_names_of_the_customer_and_clients_without_a_browsers_id_have_visits_too() -> None:
    name = ({"user_id": "old", "customer_id": "c"},)
    assert joined(click("a", "10:00:00", user_id="old"), sent("10:01:00"), dim_alias=name) == [("s", "v")]
    page = click("p", "10:00:00", **{**SENT, "user_id": "old", "visitor_id": "old"})
    assert joined(page, sent("10:01:00"), dim_alias=name) == [("s", "old")]
    assert joined(click("p", "10:00:00", **SENT), sent("10:01:00")) == [("s", "c")]


def test_views_of_pages_belong_to_no_other_visit() -> None:
    assert joined(click("a", "10:00:00", user_id="c"), click("p", "10:01:00", **SENT)) == []
