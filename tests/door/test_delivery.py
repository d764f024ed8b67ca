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
    return [(each["result"], base64.b64decode(each["data"])) for each in found], apart


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


@pytest.mark.parametrize("data", [b"", b"nothing", b"at=x&method=POST&path=%2Fv1%2Ft {}", request(PAGE, "/nowhere")])
def test_what_nobody_understands_is_told_and_stays_as_it_is(data: bytes) -> None:
    (found,), apart = delivered(record(data))
    assert found == ("ProcessingFailed", data)
    assert apart.lines == {}


def test_more_than_an_answer_holds_is_put_aside_and_the_next_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_ANSWER", 1_000)
    large, small = b"x" * 2_000, b"y" * 20
    found, _ = delivered(record(large, "visits/1"), record(small, "visits/2"))
    assert found == [("ProcessingFailed", large), ("Ok", small + b"\n")]
