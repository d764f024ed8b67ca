"""What the door answers: to whom, what it refuses and with which words, and what it then goes on with."""

from __future__ import annotations

import asyncio
import errno
import gzip
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from marketpulse.door.limits import Limits
from tests.door.house import KEY, SECRET, SHOP, Heard, House, basic, keys, packed, page, told

SMALL = Limits(body=4_000, unpacked=8_000, events=5, around=300, reject=100)


def heard(
    tmp_path: Path, *asked: Callable[[House], Awaitable[Heard]], limits: Limits = SMALL
) -> tuple[House, list[Heard]]:
    """What a client hears of some requests, one after the other."""
    found: list[Heard] = []

    async def story(house: House) -> None:
        for ask in asked:
            found.append(await ask(house))  # noqa: PERF401 - one after the other

    return told(House(tmp_path, keys(), limits), story), found


def post(
    path: str, body: Any, headers: Mapping[str, str] | None = None, **more: Any
) -> Callable[[House], Awaitable[Heard]]:
    return lambda house: house.post(path, body, headers, **more)


DEEP = b'{"type":"page","anonymousId":"a","properties":' + b'{"a":' * 400 + b"1" + b"}" * 401
REFUSED: dict[str, tuple[Any, dict[str, str], int, str]] = {
    "no JSON": (b"{", {}, 400, "no_json"),
    "nothing": (b"", {}, 400, "no_json"),
    "no object": ([1], {}, 400, "no_object"),
    "no UTF-8": (b'{"a":"\xff"}', {}, 400, "no_json"),
    "no number": (b'{"a":NaN}', {}, 400, "no_json"),
    "a number without an end": (b'{"a":1e999}', {}, 400, "no_json"),
    "no event": ({"batch": [{"type": "hello", "anonymousId": "a"}]}, {}, 400, "no_event"),
    "nobody's": (page(anonymousId=" ", userId=None), {}, 400, "no_event"),
    "nameless": (page(type="track"), {}, 400, "no_event"),
    "too deep": (DEEP, {}, 400, "too_deep"),
    "too many": ({"batch": [page()] * 6}, {}, 413, "too_many"),
    "too much around": ({"batch": [page()], "context": {"a": "x" * 400}}, {}, 413, "too_large"),
    "a bomb": (gzip.compress(b"[" + b" " * 100_000 + b"]"), {"content-encoding": "gzip"}, 413, "too_large"),
    "a damaged pack": (packed(page())[:-9], {"content-encoding": "gzip"}, 400, "damaged"),
    "no pack": (b"\x1f\x8bnone", {"content-encoding": "gzip"}, 400, "damaged"),
    "another pack": (page(), {"content-encoding": "br"}, 415, "encoding_unknown"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_event_is_refused_with_its_reason_and_kept_apart(tmp_path: Path, what: str) -> None:
    body, headers, status, code = REFUSED[what]
    house, answers = heard(tmp_path, post("/v1/batch", body, headers), post("/v1/p", page()))
    assert [(each.status, each.body and each.json.get("code")) for each in answers] == [(status, code), (200, None)]
    assert [event["messageId"] for event in house.events()] == ["m-1"]
    (line,) = house.lines("rejects")
    assert line["reason"]
    assert line["collector"]["source"] == "website"
    assert len(line["record"]) <= 100


@pytest.mark.parametrize("pieces", [1, 3])
def test_a_body_that_is_too_large_is_refused_before_it_is_here(tmp_path: Path, pieces: int) -> None:
    said = post("/v1/p", page(a="x" * 5_000))
    unsaid = post("/v1/p", page(a="x" * 5_000), {"content-length": "0"}, pieces=pieces)
    wrong = post("/v1/p", page(), {"content-length": "-5"})
    house, answers = heard(tmp_path, said, unsaid, wrong)
    assert [each.status for each in answers] == [413, 413, 413]
    assert house.door.held == 0
    assert house.events() == []


def test_of_a_batch_the_events_are_kept_and_the_rest_apart(tmp_path: Path) -> None:
    house, answers = heard(tmp_path, post("/v1/batch", {"batch": [page(), "junk", {"type": "page"}]}))
    assert answers[0].status == 200
    assert len(house.events()) == 1
    assert [line["record"] for line in house.lines("rejects")] == ['"junk"', '{"type":"page"}']


def test_who_shows_no_key_or_a_wrong_one_leaves_nothing(tmp_path: Path) -> None:
    def ask(headers: dict[str, str]) -> Callable[[House], Awaitable[Heard]]:
        return lambda house: house.ask("POST", "/v1/p", page(), headers)

    house, answers = heard(
        tmp_path,
        ask({}),
        ask(basic("other")),
        ask({"authorization": "Basic ?"}),
        ask({**basic(KEY), "origin": "http://other.example"}),
        lambda house: house.ask("POST", "/v1/p", b"{"),
    )
    assert [(each.status, each.code) for each in answers] == [
        (401, "no_key"),
        (401, "key_unknown"),
        (401, "no_key"),
        (403, "origin_refused"),
        (400, "no_json"),
    ]
    assert house.everything() == b""


@pytest.mark.parametrize(
    ("path", "headers", "fields"),
    [
        ("/v1/p", basic(KEY), {}),
        ("/v1/p", {"authorization": f"Bearer {KEY}"}, {}),
        ("/v1/p", {"x-write-key": KEY}, {}),
        ("/api/s/page", {"x-write-key": f"{KEY}:anything"}, {}),
        (f"/v1/p?writeKey={KEY}", {}, {}),
        ("/v1/p", {}, {"writeKey": KEY}),
        ("/v1/b", {}, {"writeKey": KEY}),
    ],
)
def test_a_key_may_stand_where_clients_put_it(
    tmp_path: Path, path: str, headers: dict[str, str], fields: dict[str, str]
) -> None:
    house, (answer,) = heard(tmp_path, lambda house: house.ask("POST", path, page(**fields), headers))
    assert answer.status == 200
    assert KEY.encode() not in house.everything()


def test_the_server_says_what_it_knows_and_the_client_does_not(tmp_path: Path) -> None:
    lie = {"receivedAt": "2031-01-01T00:00:00Z", "collector": {"source": "lie"}, "context": {"ip": "203.0.113.9"}}
    batch = {"batch": [page(**lie, messageId="")], **lie}
    house, _ = heard(tmp_path, post("/v1/batch", batch, {"user-agent": "agent/1", "dnt": "1"}))
    (line,) = house.lines()
    assert line["receivedAt"] < "2031"
    assert line["collector"] == {"source": "website", "ip": "203.0.113.0", "userAgent": "agent/1", "doNotTrack": True}
    (event,) = line["batch"]
    assert "receivedAt" not in event
    assert event["messageId"].startswith("door-")
    assert event["context"] == line["context"] == {"ip": "203.0.113.0"}


def test_keys_reach_the_disk_nowhere(tmp_path: Path) -> None:
    def planted(body: Any) -> Callable[[House], Awaitable[Heard]]:
        return lambda house: house.ask("POST", f"/v1/batch?writeKey={SECRET}", body, basic(SECRET))

    url = f"https://shop.example/?key={SECRET}"
    event = page(writeKey=SECRET, api_key=SECRET, context={"page": {"url": url}}, properties={"key": SECRET})
    junk = {"type": "hello", "writeKey": SECRET, "note": SECRET}
    house, answers = heard(
        tmp_path,
        planted({"batch": [event, junk], "writeKey": SECRET, "context": {"token": SECRET}}),
        planted(b'{"writeKey":"' + SECRET.encode() + b'", broken'),
        limits=Limits(),
    )
    assert [each.status for each in answers] == [200, 400]
    assert len(house.lines("rejects")) == 2
    assert SECRET.encode() not in house.everything()


def test_digits_and_the_last_of_two_names_are_kept(tmp_path: Path) -> None:
    text = (
        b'{"type":"page","anonymousId":"a","anonymousId":"b","messageId":"m","properties":{"n":12345678901234567890123,'
    )
    text += b'"d":0.12345678901234567890,"j":59.970000000000006,"s":"12345678901234567890","t":1.5}}'
    house, _ = heard(tmp_path, post("/v1/p", text))
    line = house.everything()
    for kept in (
        b'"n":12345678901234567890123,',
        b'"d":0.12345678901234567890,',
        b'"j":59.970000000000006,',
        b'"t":1.5',
    ):
        assert kept in line
    assert house.events()[0]["anonymousId"] == "b"
    assert line.count(b"anonymousId") == 1


def test_a_key_that_comes_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    slow = keys()
    limited = slow.model_copy(update={"keys": [slow.keys[0].model_copy(update={"rate": 0.1})]})
    found: list[Heard] = []

    async def story(house: House) -> None:
        found.extend([await house.post("/v1/p", page()) for _ in range(3)])

    house = told(House(tmp_path, limited), story)
    assert [each.status for each in found] == [200, 429, 429]
    assert int(found[1].headers["retry-after"]) >= 1
    assert len(house.events()) == 1


def test_a_disk_that_is_full_is_told_and_then_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fdatasync

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def story(house: House) -> None:
        assert (await house.post("/v1/p", page())).status == 200
        monkeypatch.setattr(os, "fdatasync", full)
        refused = await house.post("/v1/p", page(messageId="m-2"))
        assert (refused.status, refused.code) == (503, "not_kept")
        assert int(refused.headers["retry-after"]) > 0
        assert (await house.ask("GET", "/ready")).status == 503
        assert (await house.ask("GET", "/health")).status == 200
        monkeypatch.setattr(os, "fdatasync", real)
        assert (await house.post("/v1/p", page(messageId="m-3"))).status == 200
        assert (await house.ask("GET", "/ready")).status == 200

    house = told(House(tmp_path, keys()), story)
    assert sorted(event["messageId"] for event in house.events()) == ["m-1", "m-3"]


def test_a_door_that_failed_notices_that_there_is_room_again_without_a_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def story(house: House) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(os, "fdatasync", full)
            assert (await house.post("/v1/p", page())).status == 503
        while (await house.ask("GET", "/ready")).status == 503:
            await asyncio.sleep(0.02)

    told(House(tmp_path, keys()), story)


def test_bodies_that_are_too_many_at_once_are_told_to_come_again(tmp_path: Path) -> None:
    house, answers = heard(tmp_path, post("/v1/p", page(a="x" * 200)), limits=Limits(held=100))
    assert (answers[0].status, answers[0].code) == (503, "too_busy")
    assert house.door.held == 0


def test_who_asks_not_to_be_tracked_is_noted_or_not_kept(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        for header in ("dnt", "sec-gpc"):
            assert (await house.post("/v1/p", page(), {header: "1"})).status == 200
        assert (await house.post("/v1/p", page(messageId="m-2"))).status == 200
        no = {"consent": {"categoryPreferences": {"analytics": False}}}
        assert (await house.post("/v1/p", page(context=no))).status == 200

    obeying = told(House(tmp_path, keys(do_not_track="drop", consent="analytics")), story)
    assert [event["messageId"] for event in obeying.events()] == ["m-2"]
    (tmp_path / "noting").mkdir()
    noting = told(House(tmp_path / "noting", keys()), story)
    assert [line["collector"].get("doNotTrack") for line in noting.lines()] == [True, True, None, None]


@pytest.mark.parametrize(("how", "kept"), [("cut", "2001:db8:1::"), ("whole", "2001:db8:1:2::3"), ("none", None)])
def test_addresses_are_kept_as_the_settings_say(tmp_path: Path, how: str, kept: str | None) -> None:
    async def story(house: House) -> None:
        await house.post("/v1/p", page(context={"ip": "2001:db8:1:2::3"}), peer="2001:db8:1:2::3")

    (line,) = told(House(tmp_path, keys(addresses=how)), story).lines()
    assert line["collector"].get("ip") == kept
    assert line["batch"][0]["context"].get("ip") == kept


def test_pages_of_other_origins_hear_nothing(tmp_path: Path) -> None:
    strange = {"origin": "http://other.example"}
    listed = keys().model_copy(update={"keys": keys().keys[:1]})
    found: list[Heard] = []

    async def story(house: House) -> None:
        found.append(await house.ask("OPTIONS", "/v1/p", headers=strange))
        found.append(await house.ask("OPTIONS", "/v1/p", headers={"origin": SHOP}))
        found.append(await house.post("/v1/p", page(), {"origin": SHOP}))
        found.append(await house.ask("OPTIONS", "/v1/p", headers={"origin": "a\r\nb: c"}))

    told(House(tmp_path, listed), story)
    allowed = [each.headers.get("access-control-allow-origin") for each in found]
    assert allowed == [None, SHOP, SHOP, None]


def test_paths_of_nobody_and_wrong_methods_are_told(tmp_path: Path) -> None:
    _, answers = heard(
        tmp_path,
        lambda house: house.ask("GET", "/"),
        lambda house: house.ask("GET", "/v1/batch"),
        lambda house: house.ask("DELETE", "/v1/batch"),
        lambda house: house.ask("GET", "/array/x'y/config.js"),
        lambda house: house.ask("HEAD", "/i?e=pv&aid=shop&duid=d"),
        lambda house: house.ask("HEAD", "/health"),
    )
    assert [each.status for each in answers] == [404, 405, 405, 404, 405, 200]
    assert answers[-1].body == b""


def test_what_the_door_counts_can_be_read_and_names_no_key(tmp_path: Path) -> None:
    _, answers = heard(
        tmp_path,
        post("/v1/batch", {"batch": [page(), 1]}),
        lambda house: house.ask("POST", "/v1/p", page(), basic("other")),
        lambda house: house.ask("GET", "/metrics"),
    )
    text = answers[-1].body.decode()
    assert 'marketpulse_door_events_total{source="website",became="kept"} 1' in text
    assert 'marketpulse_door_events_total{source="website",became="rejected"} 1' in text
    assert 'marketpulse_door_requests_total{status="401"} 1' in text
    assert KEY not in text
    assert "seconds_since_flush" in text


def test_a_mistake_of_the_door_is_an_answer_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("marketpulse.door.posting.sort", broken)
    _, (answer,) = heard(tmp_path, post("/v1/p", page()))
    assert (answer.status, answer.code) == (500, "broken")


def test_without_keys_everybody_of_this_machine_may_post(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        assert (await house.ask("POST", "/v1/p", page())).status == 200
        assert (await house.ask("POST", "/v1/p", page(), basic("any"))).status == 200

    house = told(House(tmp_path), story)
    assert {line["collector"]["source"] for line in house.lines()} == {"local"}


def test_an_empty_batch_is_nothing(tmp_path: Path) -> None:
    house, answers = heard(tmp_path, post("/v1/batch", {"batch": []}))
    assert answers[0].status == 200
    assert house.everything() == b""


def test_whatever_is_posted_gets_an_answer_and_never_a_mistake(tmp_path: Path) -> None:
    values: list[Any] = [
        None,
        1,
        "x",
        [],
        {},
        [[]],
        {"batch": None},
        {"batch": {}},
        {"batch": [None, [], {}, "x", 1.5]},
    ]
    values += [{"data": [[], None, {"e": [], "ue_pr": "{"}]}, {"events": [None, {"params": []}]}, {"resourceLogs": [1]}]
    values += [{"event": {}, "properties": []}, [{"event": []}], {"batch": [{"properties": {"$set": 1}, "event": 1}]}]
    values += [
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"kvlistValue": 1}, "attributes": [1, {}]}]}]}]}
    ]
    paths = ["/v1/batch", "/v1/t", "/com.snowplowanalytics.snowplow/tp2", "/batch/", "/e/", "/i/v1/analytics/events"]
    paths += ["/mp/collect", "/g/collect", "/v1/logs", "/flags", "/api/s/page"]
    seen: list[int] = []

    async def story(house: House) -> None:
        for path in paths:
            for value in values:
                heard = await house.ask("POST", path, json.dumps(value).encode())
                seen.append(heard.status)
        for query in ("", "e=pv", "e=ue&ue_px=%%%&cx=x", "e=tr&tr_tt=x&dtm=9e99&stm=-1", "a" * 5_000):
            seen.append((await house.ask("GET", f"/i?{query}")).status)
            seen.append((await house.ask("GET", f"/g/collect?{query}")).status)

    told(House(tmp_path), story)
    assert set(seen) <= {200, 400}
