"""From a stream to landing: a collector's lines, a gateway's requests, and what nobody understands."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from marketpulse.door import delivery
from marketpulse.door.delivery import Delivery

PAGE = {"type": "page", "anonymousId": "a", "messageId": "m-1"}


class Apart:
    """Lines of other feeds."""

    def __init__(self) -> None:
        self.lines: dict[str, bytes] = {}

    def __call__(self, feed: str, lines: bytes) -> None:
        self.lines[feed] = lines


def record(data: bytes, key: str = "r-1") -> dict[str, Any]:
    return {
        "recordId": "1",
        "data": base64.b64encode(data).decode(),
        "kinesisRecordMetadata": {"partitionKey": key},
    }


def request(body: Any, path: str = "/v1/batch", **more: str) -> bytes:
    head = {"at": "1795870800123", "method": "POST", "path": path, "ip": "203.0.113.7", "source": "web", **more}
    return f"{urlencode(head)} ".encode() + (body if isinstance(body, bytes) else json.dumps(body).encode())


def delivered(*records: dict[str, Any]) -> tuple[list[tuple[str, bytes]], Apart]:
    apart = Apart()
    found = Delivery("visits", "junk", {"key-1": "app"}, apart).deliver(records)
    return [(each["result"], base64.b64decode(each.get("data", ""))) for each in found], apart


def events(data: bytes) -> list[Any]:
    """Events of some lines."""
    return [event for line in data.splitlines() for event in json.loads(line)["batch"]]


def test_lines_of_a_collector_land_as_they_are_each_in_its_feed() -> None:
    lines = b'{"receivedAt":"x","batch":[1]}\n{"batch":[2]}'
    found, apart = delivered(record(lines, "visits/5f"), record(b'{"reason":"r"}', "junk/5f"))
    assert found == [("Ok", lines + b"\n"), ("Dropped", b"")]
    assert apart.lines == {"junk": b'{"reason":"r"}\n'}


def test_a_request_lands_as_a_collector_would_have_kept_it() -> None:
    ((result, data),), apart = delivered(
        record(request({"batch": [PAGE], "writeKey": "k", "sentAt": "s"}, agent="ü/1"))
    )
    told = {"source": "web", "ip": "203.0.113.0", "userAgent": "ü/1"}
    line = {"receivedAt": "2026-11-28T13:00:00.123Z", "collector": told, "sentAt": "s", "batch": [PAGE]}
    assert (result, json.loads(data)) == ("Ok", line)
    assert apart.lines == {}


def test_the_id_of_a_key_says_whose_it_is_and_one_that_nobody_named_is_somebody_s() -> None:
    found, _ = delivered(*(record(request(PAGE, "/v1/p", source="", key=key)) for key in ("key-1", "key-2")))
    assert [json.loads(data)["collector"]["source"] for _, data in found] == ["app", "endpoint"]


def test_what_is_no_event_is_kept_apart_with_its_reason_and_the_rest_lands() -> None:
    found, apart = delivered(
        record(request({"batch": [PAGE, {"no": "event"}]})),
        record(request(b"{", "/v1/t")),
        record(request({}, "/v1/t")),
    )
    assert [result for result, _ in found] == ["Ok", "Dropped", "Dropped"]
    reasons = [json.loads(line)["reason"] for line in apart.lines["junk"].splitlines()]
    assert [reason[:7] for reason in reasons] == ["its typ", "the bod", "it name"]


MANY = {"batch": [PAGE] * 2_001}
AROUND = {"batch": [PAGE] * 40, "context": {"a": "x" * 700_000}}


@pytest.mark.parametrize("body", [MANY, {**AROUND, "batch": [PAGE]}], ids=["many", "much around"])
def test_what_a_gateway_lets_through_lands_whole(body: dict[str, Any]) -> None:
    ((result, data),), apart = delivered(record(request(body)))
    assert (result, events(data), apart.lines) == ("Ok", body["batch"], {})


DEEP = b'{"a":' * 400 + b"1" + b"}" * 400
ASIDE = {
    "nothing": b"",
    "no record": b"nothing",
    "no moment to read": b"at=x&method=POST&path=%2Fv1%2Ft {}",
    "no path of a client": request(PAGE, "/nowhere"),
    "a large thing said of every event": request(AROUND),
    "junk that would be kept as a hundred times itself": request(b'{"batch":[' + b"1," * 99_999 + b"1]}"),
    "good events around one that nobody can write": request(
        b'{"batch":[%s%s]}' % (json.dumps(PAGE).encode() + b",", DEEP) + b" " * 9_000
    ),
}


@pytest.mark.parametrize("data", ASIDE.values(), ids=ASIDE)
def test_of_what_cannot_land_whole_nothing_lands_and_the_log_says_why(
    data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (found, _), apart = delivered(record(data), record(request(PAGE, "/v1/p")))
    assert found == ("ProcessingFailed", b"")
    assert apart.lines == {}
    assert f"record 1 is put aside, {len(data)} bytes: " in caplog.text


def test_a_source_that_says_much_of_little_takes_no_room_from_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_ANSWER", 6_000)
    large = request({"batch": [PAGE] * 2, "context": {"a": "x" * 2_000}}, "/v1/batch", source="one")
    monkeypatch.setattr("marketpulse.door.lines._AROUND_ALL", 2_000)
    small = [record(request({"batch": [PAGE] * n}, source="two")) for n in (5, 10)]
    found, _ = delivered(record(large), *small, record(b"y" * 9_000, "visits/1"), record(large))
    assert [result for result, _ in found] == ["ProcessingFailed", "Ok", "Ok", "ProcessingFailed", "ProcessingFailed"]
