"""A simulated shop: what its clients post is what the door takes, and what gold counts."""

from __future__ import annotations

import json
from collections import Counter
from random import Random

import pytest

from marketpulse.door.request import Request
from marketpulse.door.routes import find
from marketpulse.errors import UsageError
from marketpulse_retail.simulate import posting
from marketpulse_retail.simulate.clients import CLIENTS, segment_server
from marketpulse_retail.simulate.posting import Door, open_shop
from marketpulse_retail.simulate.visitors import visit

STEPS = ("Product List Viewed", "Product Viewed", "Product Added", "Cart Viewed", "Checkout Started", "Order Completed")


def test_fewer_do_each_next_step_and_an_order_adds_up() -> None:
    chance = Random(7)
    visits = [list(visit(chance)) for _ in range(2_000)]
    reached = Counter(name for events in visits for name in {event.name for event in events})
    assert [reached[name] for name in STEPS] == sorted((reached[name] for name in STEPS), reverse=True)
    assert reached["Order Completed"] > 100
    for event in (event for events in visits for event in events if event.name == "Order Completed"):
        sold = sum(round(item["price"] * item["quantity"], 2) for item in event.properties["products"])
        assert event.properties["revenue"] == pytest.approx(sold)
        assert event.properties["total"] == pytest.approx(sold + event.properties["shipping"])


@pytest.mark.parametrize("client", CLIENTS)
def test_what_clients_post_is_for_a_path_of_the_door_and_each_event_has_an_id_of_its_own(client) -> None:
    events = [event for _ in range(20) for event in visit(Random(1))]
    ids = []
    for post in client(events, "wk"):
        route = find("POST", post.path)
        assert route is not None
        assert route.post is not None
        assert route.dialect == "segment"
        headers = {name.encode(): value.encode() for name, value in post.headers.items()}
        request = Request("POST", post.path, b"", headers, "203.0.113.7", body=post.body, value=json.loads(post.body))
        ids += [event["messageId"] for event in route.post(request).events]
    assert len(ids) == len(set(ids)) == len(events)


def test_what_is_not_kept_is_posted_again_and_a_refusal_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(0, ""), (503, "not now")] + [(200, "")] * 1_000
    posted = []

    def answer(_: Door, post: object) -> tuple[int, str]:
        posted.append(post)
        return answers.pop(0)

    monkeypatch.setattr(posting, "_AGAIN", 0.0)
    monkeypatch.setattr(Door, "_answer", answer)
    assert open_shop(Door("http://127.0.0.1:1", 9), "wk", 100, 0.3, Random(7)) >= 5
    assert posted[0] is posted[2]
    monkeypatch.setattr(Door, "_answer", lambda *_: (401, "no such key"))
    with pytest.raises(UsageError, match="401 no such key"):
        Door("http://127.0.0.1:1", 9).post(segment_server(list(visit(Random(1))), "wk")[0])
    with pytest.raises(UsageError, match="no address"):
        Door("shop", 1)
