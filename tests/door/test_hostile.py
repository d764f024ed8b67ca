"""What a stranger sends so that the door stops, or so that others' events are lost: it costs him and nobody else."""

from __future__ import annotations

import base64
import gzip
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from marketpulse.door import addresses
from marketpulse.door.keys import Key, Keys, hashed
from marketpulse.door.limits import Limits
from tests.door.house import KEY, SECRET, Heard, House, basic, keys, page, told

_LEAST_RECORD = 8_000_000
IP = "198.51.100.77"


def asked(tmp_path: Path, path: str, body: Any, key: str = KEY, admitted: Keys | None = None) -> tuple[House, Heard]:
    """A door that was posted to once."""
    found: list[Heard] = []

    async def story(house: House) -> None:
        found.append(await house.ask("POST", path, body, basic(key)))

    return told(House(tmp_path, admitted or keys()), story), found[0]


ODD: list[Any] = [[], {}, [[]], 5, 0.5, True, None, "", "ip", "\0", {"ip": {}}, {"ip": [IP]}, 10**30]


@pytest.mark.parametrize("field", ["type", "event", "messageId", "userId", "context", "properties", "timestamp"])
def test_a_value_of_any_kind_in_any_field_keeps_the_events_beside_it(tmp_path: Path, field: str) -> None:
    odd = [{**page(messageId=f"o-{number}"), field: value} for number, value in enumerate(ODD)]
    good = page(messageId="good", uuid="good", distinct_id="d", event="x")
    for number, path in enumerate(("/v1/batch", "/batch/", "/i/v1/analytics/events")):
        (tmp_path / str(number)).mkdir()
        house, answer = asked(tmp_path / str(number), path, {"batch": [*odd, good]})
        assert answer.status == 200
        assert "good" in [event["messageId"] for event in house.events()]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/g/collect?tid=secret", b"a\n" * 50_000),
        ("/batch/", b'{"batch":[' + b"{}," * 50_000 + b"{}]}"),
        ("/com.snowplowanalytics.snowplow/tp2", b'{"data":[' + b"{}," * 50_000 + b"{}]}"),
        ("/mp/collect", b'{"events":[' + b"{}," * 50_000 + b"{}]}"),
        ("/v1/logs", b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[' + b"{}," * 50_000 + b"{}]}]}]}"),
        ("/v1/batch", gzip.compress(b"", mtime=0) * 20_000),
    ],
)
def test_more_events_than_a_request_may_have_are_not_even_looked_at(tmp_path: Path, path: str, body: bytes) -> None:
    began = time.process_time()
    _, answer = asked(tmp_path, path, body)
    assert answer.status == 413
    assert time.process_time() - began < 0.8


LARGE = "x" * 60_000
ONCE: dict[str, tuple[str, Any]] = {
    "ga4": ("/mp/collect", {"client_id": "1", "pad": LARGE, "events": [{"name": "x"}] * 300}),
    "gtag": (f"/g/collect?tid=x&cid=1&ep.a={LARGE}", b"en=x\n" * 300),
    "otlp": (
        "/v1/logs",
        {
            "resourceLogs": [
                {
                    "resource": {"attributes": [{"key": "a", "value": {"stringValue": LARGE}}]},
                    "scopeLogs": [{"logRecords": [{"eventName": "x", "attributes": [
                        {"key": "session.id", "value": {"stringValue": "s"}}]}] * 300}],
                }
            ]
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("dialect", ONCE)
def test_what_a_client_says_once_is_not_kept_many_thousand_times(tmp_path: Path, dialect: str) -> None:
    path, body = ONCE[dialect]
    house, answer = asked(tmp_path, path, body)
    assert (answer.status, answer.code) == (413, "too_large")
    assert len(house.everything()) < 2 * Limits().reject


def test_every_line_that_was_answered_with_200_is_one_that_landing_reads(tmp_path: Path) -> None:
    batch = [{"event": "x", "uuid": f"u-{number}", "properties": {"distinct_id": "d", "a": "x" * 900_000}}
             for number in range(4)]  # fmt: skip
    batch += [{"event": "x", "uuid": "last", "distinct_id": "d", "$set": {"a": "x" * 500_000}}]
    house, answer = asked(tmp_path, "/batch/", gzip.compress(json.dumps({"batch": batch}).encode()))
    assert answer.status == 200
    files = [path.read_bytes().splitlines() for path in house.zone.landing.rglob("*.ndjson")]
    assert max(len(line) for lines in files for line in lines) < _LEAST_RECORD
    assert [event["messageId"] for event in house.events()] == [*(f"u-{n}" for n in range(4)), "last"]


def test_what_strangers_wrote_is_not_remembered(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        for number in range(3):
            long = f"{number}" * 100_000
            await house.ask("GET", f"/v1/projects/{long}/settings")
            assert (await house.post("/v1/p", page(context={"ip": long}, **{f"{long}ip": long}))).status == 200

    before = addresses._kept.cache_info().currsize
    told(House(tmp_path, keys()), story)
    assert addresses._kept.cache_info().currsize <= before + 1  # the peer's


HALVES = rb'{"batch":[{"type":"page","anonymousId":"a","messageId":"m-1","name":"%s","n":%s}]}'


@pytest.mark.parametrize("number", [b"1", b"12345678901234567890123"])
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (rb"cut \ud83d", "cut \ufffd"),
        (rb"\ude00 cut", "\ufffd cut"),
        (rb"\ud83d\ude00 \uD83D", "\U0001f600 \ufffd"),
        (rb"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (rb"\ud83d\\ude00 \\ud83d", r"�\ude00 \ud83d"),
    ],
)
def test_half_an_emoji_costs_itself(tmp_path: Path, written: bytes, meant: str, number: bytes) -> None:
    house, answer = asked(tmp_path, "/v1/batch", HALVES % (written, number))
    assert answer.status == 200
    assert house.events()[0]["name"] == meant


@pytest.mark.parametrize("number", [123456789012345678, 2**63 - 1, 2**64 - 1, 10**25])
def test_a_long_number_names_somebody_and_is_a_moment(tmp_path: Path, number: int) -> None:
    """Clients of Python write blanks, which a reader of long numbers must not stumble over."""
    house, answer = asked(tmp_path, "/v1/batch", {"batch": [{"type": "page", "messageId": "m", "userId": number}]})
    assert answer.status == 200
    assert f'"userId":{number}'.encode() in house.everything()


def test_a_moment_in_digits_is_one_beside_long_ids(tmp_path: Path) -> None:
    at = {"client_id": "123456789.1700000000", "timestamp_micros": 1764400000000000, "events": [{"name": "x"}]}
    house, _ = asked(tmp_path, "/mp/collect", at)
    assert house.events()[0]["originalTimestamp"] == "2025-11-29T07:06:40.000Z"


def test_an_app_id_of_snowplow_is_no_secret_and_changes_no_address(tmp_path: Path) -> None:
    name = "www.shop.example.com"
    admitted = Keys(keys=[Key(source="shop", hash=hashed(name))])
    event = {"e": "pv", "eid": "e", "duid": "d", "aid": name, "url": f"https://{name}/x"}
    body = {"data": [event]}
    found: list[Heard] = []

    async def story(house: House) -> None:
        found.append(await house.ask("POST", "/com.snowplowanalytics.snowplow/tp2", body))

    house = told(House(tmp_path, admitted), story)
    assert found[0].status == 200
    assert house.events()[0]["context"]["page"]["url"] == f"https://{name}/x"


@pytest.mark.parametrize("secret", [SECRET, 'quote"back\\slash/+=', "key-id:and-secret/+="])
def test_a_key_is_on_the_disk_in_none_of_the_forms_in_which_texts_have_it(tmp_path: Path, secret: str) -> None:
    admitted = Keys(keys=[Key(source="website", hash=hashed(secret))])
    forms = [secret, quote(secret, safe=""), base64.b64encode(f"{secret}:".encode()).decode().rstrip("=")]
    event = page(properties={"all": forms, secret: 1}, context={"page": {"url": f"https://x/?k={forms[1]}"}})
    shown = {"x-write-key": secret, "user-agent": f"agent {secret}"}
    statuses: list[int] = []

    async def story(house: House) -> None:
        for body in ({"batch": [event, "junk"]}, {"batch": forms}, json.dumps(forms).encode()[:-1]):
            statuses.append((await house.ask("POST", "/v1/batch", body, shown)).status)  # noqa: PERF401

    kept = told(House(tmp_path, admitted), story).everything()
    assert statuses == [200, 400, 400]
    assert [form for form in (*forms, json.dumps(secret)[1:-1]) if form.encode() in kept] == []


NAMED = ("ip", "$ip", "$initial_ip", "uip", "request_ip", "requestIp", "ip_override", "client.address", "remote_addr")


@pytest.mark.parametrize(("how", "kept"), [("cut", "198.51.100.0"), ("none", None)])
def test_an_address_of_a_person_is_cut_wherever_a_client_calls_it_one(
    tmp_path: Path, how: str, kept: str | None
) -> None:
    at = dict.fromkeys(NAMED, IP) | {"app_version": IP, "ship": "x"}
    event = page(**at, traits=at, properties={"a": [{"b": at}]}, context={"traits": at})
    attributes = [{"key": "client.address", "value": {"stringValue": IP}}]
    record = {"eventName": "x", "attributes": [{"key": "session.id", "value": {"stringValue": "s"}}]}
    logs = {"resourceLogs": [{"resource": {"attributes": attributes}, "scopeLogs": [{"logRecords": [record]}]}]}

    async def story(house: House) -> None:
        both = [event, {"type": "junk", "context": at}]
        assert (await house.post("/v1/batch", {"batch": both, "context": at})).status == 200
        assert (await house.post("/v1/logs", logs)).status == 200

    house = told(House(tmp_path, keys(addresses=how)), story)
    first = house.events()[0]
    assert first["properties"]["a"][0]["b"] == {**dict.fromkeys(NAMED, kept), "app_version": IP, "ship": "x"}
    # Of this one what is no address, a version, is as it was.
    assert house.everything().replace(f'app_version":"{IP}'.encode(), b"").count(IP.encode()) == 1
    assert IP in house.lines("rejects")[0]["record"]


@pytest.mark.parametrize(
    "origin", ["http://a+b.example", "http://x'.example", "null", "x", " ", "http://shop.example.evil.example"]
)
def test_an_origin_that_nobody_understands_is_another_one(tmp_path: Path, origin: str) -> None:
    async def story(house: House) -> None:
        answer = await house.post("/v1/p", page(), {"origin": origin})
        assert (answer.status, answer.code) == (403, "origin_refused")

    assert told(House(tmp_path, keys()), story).everything() == b""


def test_a_no_that_is_said_for_a_whole_batch_is_obeyed(tmp_path: Path) -> None:
    no = {"consent": {"categoryPreferences": {"ads": False}}}
    house, _ = asked(tmp_path, "/v1/batch", {"context": no, "batch": [page()]}, admitted=keys(consent="ads"))
    assert house.lines() == []


def test_where_the_journal_takes_no_more_no_event_is_kept_without_an_answer(tmp_path: Path) -> None:
    """What was no event may be there; an event that is, though the client hears 503, would come again."""
    found: list[Heard] = []

    async def story(house: House) -> None:
        journal = house.door.posting.journal
        journal._most = 700
        found.append(await house.post("/v1/batch", {"batch": [page(), "x" * 600]}))
        journal._most = 10_000_000

    house = told(House(tmp_path, keys()), story)
    assert found[0].status == 503
    assert house.events() == []


def test_too_many_parameters_are_told(tmp_path: Path) -> None:
    many = "&".join(f"a{number}=1" for number in range(1_200))
    for path, body in ((f"/g/collect?tid=secret&{many}", b""), ("/g/collect?tid=secret", many.encode())):
        _, answer = asked(tmp_path, path, body)
        assert (answer.status, answer.code) == (400, "too_many_fields")
