"""gold.fct_touches: a touch a visit, and one for each other campaign that it met."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.retail.lab import Row, rows_of
from tests.retail.rows import click
from tests.retail.test_sessions import campaign, page

NEWS, AD = campaign("crm", "email"), campaign("google", "cpc")


def visits(*clicks: Row, **others: list[Row]) -> dict[str, list[Row]]:
    """What touches are made of."""
    inputs: dict[str, list[Row]] = {"silver.clicks": list(clicks)}
    inputs["gold.fct_arrivals"] = rows_of("gold.fct_arrivals", inputs)
    inputs["gold.fct_sessions"] = rows_of("gold.fct_sessions", inputs | others)
    return {name: inputs[name] for name in ("gold.fct_arrivals", "gold.fct_sessions")}


def touches(*clicks: Row) -> list[tuple[Any, ...]]:
    """Number, time and channel of each touch of visitor v."""
    found = rows_of("gold.fct_touches", visits(*clicks))
    rows = [(row["touch_number"], row["touched_at"][11:], row["channel"], row["campaign_source"]) for row in found]
    return sorted(rows, key=lambda row: (row[1], row[0]))


def test_a_campaign_inside_of_a_visit_is_a_touch_of_its_own_and_the_same_again_is_not() -> None:
    found = touches(
        click("a", "10:00:00", **page("/")),
        click("b", "10:01:00", **page("/"), **AD),
        click("c", "10:02:00", **page("/"), **NEWS),
        click("d", "10:03:00", **page("/"), **AD),  # two tabs take turns
        click("e", "10:04:00", **page("/"), **NEWS),
        click("f", "10:05:00", **page("/"), **NEWS, context_campaign_name="spring"),
        click("g", "12:00:00", **page("/"), **NEWS),  # a visit of its own
    )
    assert found == [
        (1, "10:00:00", "paid_search", "google"),
        (2, "10:02:00", "email", "crm"),
        (3, "10:05:00", "email", "crm"),
        (1, "12:00:00", "email", "crm"),
    ]


def test_a_referrer_inside_of_a_visit_is_no_touch() -> None:
    search = "https://www.google.com/"
    found = touches(
        click("a", "10:00:00", **page("/?gclid=1", search)),
        click("b", "10:01:00", **page("/next", search)),  # a page that changes without loading
        click("c", "10:02:00", **page("/", "https://blog.example/")),
    )
    assert found == [(1, "10:00:00", "paid_search", None)]


def test_a_direct_visit_has_a_touch_and_a_bots_none() -> None:
    crawler = {"context_user_agent": "curl/8.5.0", "visitor_id": "w"}
    assert touches(click("a", "10:00:00", **page("/")), click("b", "10:00:00", **page("/"), **AD, **crawler)) == [
        (1, "10:00:00", "direct", None)
    ]


@pytest.mark.parametrize("places", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)])
def test_an_event_is_a_touch_of_its_own_visit_where_one_ends_as_another_begins(
    places: Sequence[int],
) -> None:
    """Whatever the order of the ids at that moment, and whether the other visit's day is looked at or not."""
    moment = "2026-03-03 00:00:00"
    who = [("ann", {}), ("bob", campaign("bing", "cpc")), ("bob", AD), ("ann", campaign("tv", "cpm"))]
    at_once = [click(f"e{n}", moment, user_id=who[n][0], **page("/"), **who[n][1]) for n in places]
    at_once = [{**each, "event_id": f"b{n}"} for n, each in enumerate(at_once)]
    told = [{"anonymous_id": "v", "user_id": user, "event_date": "2026-03-03"} for user in ("ann", "bob")]
    first = click("a", "2026-03-02 23:50:00", user_id="ann", **page("/"), **NEWS)
    inputs = visits(first, *at_once, **{"gold.fct_identities": told})
    found = rows_of("gold.fct_touches", inputs)
    alone = [
        row
        for visit in inputs["gold.fct_sessions"]
        for row in rows_of("gold.fct_touches", {**inputs, "gold.fct_sessions": [visit]})
    ]
    assert len({visit["user_id"] for visit in inputs["gold.fct_sessions"]}) == 2
    assert sorted(alone, key=repr) == sorted(found, key=repr)
    whose = {"crm": "ann", "bing": "bob", "google": "bob", "tv": "ann"}
    assert {row["campaign_source"]: row["user_id"] for row in found if row["campaign_source"]} == whose
    assert sum(row["campaign_source"] is not None for row in found) == len(whose)
