"""Both doors on AWS: every captured request is answered by API Gateway as the collector answers it, and lands the same.

The document is made by Terraform (`terraform test` with a mocked provider), its templates are rendered by Velocity. The
collector before a stream is in tests/door/test_captures.py.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.door.captured import PUBLIC, SHOWN, Asked, captured, lets_read, shape
from tests.door.house import Heard, House
from tests.door.test_captures import ADMITTED, NOW, answers, lines
from tests.infra import visiting
from tests.infra.gateway import PYTHON, Gateway, render
from tests.infra.stack import Stack, missing

from marketpulse.door import routes
from marketpulse.door.delivery import Delivery
from marketpulse.door.dialects import posthog

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=f"SKIPPED: {missing()}"),
    pytest.mark.skipif(not PYTHON.exists(), reason="SKIPPED: make infra-test installs Velocity"),
]
PLANS = {f"id-{source}": key for key, source in SHOWN.items() if key not in PUBLIC}
AT = 1795870800000
TEST = """
mock_provider "aws" {{
  source = "../../tests/mocks"
}}

run "document" {{
  variables {{
    name = "marketpulse-dev"
    sources = {{ web = {{ per_second = 1, burst = 1 }} }}
    public = {{ ids = {{ {ids} }} }}
    key_reader = "s3://artifacts/hash/endpoint-key.zip"
    stream = {{ name = "events", arn = "arn:aws:kinesis:eu-test-1:123456789012:stream/events" }}
    log_days = 1
    kms_key_arn = "arn:aws:kms:eu-test-1:123456789012:key/k"
  }}
}}
"""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The API's document, as Terraform makes it."""
    stack = Stack("modules/gateway", tmp_path_factory.mktemp("gateway"))
    ids = ", ".join(f'"{key}" = "{SHOWN[key]}"' for key in PUBLIC)
    (stack.path / "tests" / "gateway.tftest.hcl").write_text(TEST.format(ids=ids))
    stack.terraform("init", "-backend=false")
    said = [json.loads(line) for line in stack.terraform("test", "-json", "-verbose").splitlines()]
    (state,) = [each["test_state"] for each in said if each["type"] == "test_state"]
    found = {each["address"]: each["values"] for each in state["root_module"]["resources"]}
    return dict(json.loads(found["aws_api_gateway_rest_api.this"]["body"]))


class Stream:
    """Kinesis that keeps what it is given."""

    def __init__(self) -> None:
        self.records: list[bytes] = []
        self.answer: tuple[int, dict[str, Any]] = (200, {"SequenceNumber": "1", "ShardId": "shardId-0"})

    def put(self, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        assert request["StreamName"] == "events"
        if self.answer[0] == 200:
            self.records.append(base64.b64decode(request["Data"]))
        return self.answer


@pytest.fixture
def stream() -> Stream:
    return Stream()


@pytest.fixture
def gateway(document: dict[str, Any], stream: Stream) -> Gateway:
    return Gateway(document, stream.put, PLANS, now=lambda: AT)


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> tuple[House, list[tuple[Asked, Heard]]]:
    house = House(tmp_path_factory.mktemp("disk"), ADMITTED)
    return house, answers(house)


def delivered(records: list[bytes]) -> tuple[list[dict[str, Any]], list[bytes]]:
    """What lands of records of the stream: lines of the feed, and lines of rejects."""
    rejected: list[bytes] = []
    sources = {number: number.removeprefix("id-") for number in PLANS}
    delivery = Delivery("events", "rejects", sources, lambda _, found: rejected.append(found))
    given = [
        {"recordId": str(n), "data": base64.b64encode(each).decode(), "kinesisRecordMetadata": {"partitionKey": "r-1"}}
        for n, each in enumerate(records)
    ]
    found = [base64.b64decode(each["data"]) for each in delivery.deliver(given) if each["result"] == "Ok"]
    return [json.loads(line) for data in found for line in data.splitlines()], rejected


#: Clients that API Gateway cannot answer as they ask, and what they hear instead.
NOT_HERE = {"/i/v1/analytics/events": (404, "not_here")}


def test_every_captured_request_is_answered_as_the_collector_answers_it(
    gateway: Gateway, collector: tuple[House, list[tuple[Asked, Heard]]]
) -> None:
    for asked, expected in collector[1]:
        heard = gateway.ask(asked.method, asked.path, asked.body, asked.headers)
        assert lets_read(asked, heard), asked
        if asked.path in NOT_HERE:
            assert (heard.status, heard.code) == NOT_HERE[asked.path]
            continue
        assert (heard.status, shape(heard)) == (expected.status, shape(expected)), (str(asked), heard.body)
        for name in ("access-control-allow-headers", "access-control-allow-methods", "access-control-max-age"):
            assert heard.headers.get(name) == expected.headers.get(name), (str(asked), name)


def test_every_captured_request_lands_as_the_collector_lands_it(
    gateway: Gateway, stream: Stream, collector: tuple[House, list[tuple[Asked, Heard]]]
) -> None:
    for asked in captured():
        gateway.ask(asked.method, asked.path, asked.body, asked.headers)
    landed, rejected = delivered(stream.records)
    not_here = {
        event["uuid"] for each in captured() if each.path in NOT_HERE for event in json.loads(each.body)["batch"]
    }
    expected = [line for line in collector[0].lines() if not {each["messageId"] for each in line["batch"]} & not_here]
    assert lines(landed) == lines(expected)
    assert len(expected) == len(collector[0].lines()) - 1
    assert rejected == []
    assert landed[0]["receivedAt"] == NOW


def test_the_routes_are_those_of_the_collector(document: dict[str, Any], gateway: Gateway) -> None:
    for method, known in (("POST", routes._POST), ("GET", routes._GET)):
        for path in known:
            resource, _ = gateway._resource(path)
            assert method.lower() in document["paths"][resource], f"{method} {path}"
            assert resource != "/{path+}", f"{method} {path}"
    kinds = {path.split("/")[2] for path in routes._POST if path.startswith("/v1/")} - {"m", "logs"}
    for kind in kinds:
        assert gateway.ask("POST", f"/v1/{kind}", b'{"a":1}', {"x-write-key": "wk_test"}).status == 200
    assert gateway.ask("POST", "/v1/x", b'{"a":1}', {"x-write-key": "wk_test"}).code == "no_such_path"


def test_a_visit_of_a_real_accounts_gate_is_answered_as_it_asks(gateway: Gateway, stream: Stream) -> None:
    class Here(visiting.Door):
        def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> visiting.Heard:
            heard = gateway.ask(method, path, body, headers)
            return visiting.Heard(heard.status, heard.headers, heard.body)

    assert visiting.visit(Here("", "wk_test")) == len(stream.records)
    landed, rejected = delivered(stream.records)
    assert rejected == []
    assert len({event["anonymousId"] for line in landed for event in line["batch"]}) == 1


KEY = {"x-write-key": "wk_test"}
PROTOBUF = KEY | {"content-type": "application/x-protobuf"}
REFUSED = {
    "401 no_key": [("POST", "/v1/t", b"{}", {}), ("POST", "/batch/", b'{"batch":[]}', {})],
    "401 key_unknown": [
        ("POST", "/v1/t", b'{"a":1}', {"x-write-key": "another"}),
        ("POST", "/batch/", b'{"api_key":"phc_x","batch":[]}', {}),
        ("GET", "/i?aid=another&e=pv", b"", {}),
    ],
    "400 no_json": [
        ("POST", "/v1/t", b"[1]", KEY),
        ("POST", "/v1/t", b"{", KEY),
        ("POST", "/e/?compression=gzip-js", b"\x1f\x8b\x08", {"content-type": "text/plain"}),
    ],
    "415 type_refused": [
        ("POST", "/v1/logs", b"\x0a", PROTOBUF),
        ("POST", "/v1/t", b"x", KEY | {"content-encoding": "br"}),
    ],
    "404 no_such_path": [("POST", "/wp-login.php", b"{}", {}), ("GET", "/wp-login.php", b"", {})],
    "405 method_refused": [("GET", "/v1/t", b"", {})],
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_refused_is_told_with_a_code_and_may_be_read_by_pages(
    gateway: Gateway, stream: Stream, said: str
) -> None:
    for method, path, body, headers in REFUSED[said]:
        heard = gateway.ask(method, path, body, {**headers, "origin": "http://shop.example"})
        assert f"{heard.status} {heard.code}" == said, (path, heard.body)
        assert heard.headers["access-control-allow-origin"] in ("*", "http://shop.example")
    assert stream.records == []


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        ((400, "ProvisionedThroughputExceededException", "Rate exceeded for shard"), 429, "too_often"),
        ((400, "LimitExceededException", ""), 429, "too_often"),
        ((400, "KMSThrottlingException", ""), 429, "too_often"),
        ((400, "ValidationException", "1 validation error detected: Value null at 'data'"), 400, "no_json"),
        ((400, "SerializationException", None), 400, "no_json"),
        ((400, "AccessDeniedException", "is not authorized to perform: kinesis:PutRecord"), 503, "not_kept"),
        ((400, "ResourceNotFoundException", "Stream events under account not found"), 503, "not_kept"),
        ((400, "KMSAccessDeniedException", ""), 503, "not_kept"),
        ((500, "InternalFailureException", ""), 503, "not_kept"),
    ],
)
def test_only_too_many_are_asked_to_come_again_later(
    gateway: Gateway, stream: Stream, answer: tuple[int, str, str | None], status: int, code: str
) -> None:
    stream.answer = (answer[0], {"__type": answer[1], "message": answer[2]})
    heard = gateway.ask("POST", "/v1/t", b'{"type":"page"}', {"x-write-key": "wk_test"})
    assert (heard.status, heard.code) == (status, code)
    assert ("retry-after" in heard.headers) == (status in (429, 503))


def test_a_record_is_as_large_as_the_stream_takes_and_no_larger(gateway: Gateway, stream: Stream) -> None:
    head = len(posted(gateway, stream, 0))
    most = (1 << 20) - len("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee")  # its key, the id of the request, counts too
    assert most - 3 < len(posted(gateway, stream, most - head - 1)) <= most
    told = gateway.ask("POST", "/v1/t", b'{"a":"%s"}' % (b"x" * (most - head + 1)), KEY)
    assert (told.status, told.code) == (413, "too_large")
    assert stream.records == []


def posted(gateway: Gateway, stream: Stream, size: int) -> bytes:
    """The record of an event so long."""
    assert gateway.ask("POST", "/v1/t", b'{"a":"%s"}' % (b"x" * size), KEY).status == 200
    return stream.records.pop()


def test_a_key_with_a_secret_behind_it_is_the_key(gateway: Gateway) -> None:
    for key, status in (("wk_test:any", 200), ("another:wk_test", 401), (":wk_test", 401)):
        assert gateway.ask("POST", "/api/s/page", b'{"a":1}', {"x-write-key": key}).status == status


@pytest.mark.parametrize("path", ["/v1/s||t", "/v1/||", "/batch/|capture/", "/flags/|decide/"])
def test_a_path_of_two_names_is_none(gateway: Gateway, stream: Stream, path: str) -> None:
    assert gateway.ask("POST", path, b'{"api_key":"phc_test"}', KEY).code == "no_such_path"
    assert stream.records == []


@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/t"), ("GET", "/health"), ("OPTIONS", "/v1/t")])
def test_an_origin_is_a_header_and_nothing_else(gateway: Gateway, method: str, path: str) -> None:
    asked = f"{path}?Origin=https://other.example&origin=https://other.example&Access-Control-Request-Headers=other"
    here = {"origin": "http://shop.example", "access-control-request-headers": "authorization"}
    told = gateway.ask(method, asked, b'{"a":1}', KEY | here).headers
    assert told["access-control-allow-origin"] == "http://shop.example"
    assert told.get("access-control-allow-headers") == ("authorization" if method == "OPTIONS" else None)


def test_no_key_of_an_address_or_a_header_is_on_the_stream(gateway: Gateway, stream: Stream) -> None:
    for path in ("/beacon/v1/batch?writeKey=wk_test", "/mp/collect?measurement_id=G-1&api_secret=secret"):
        assert gateway.ask("POST", path, b'{"batch":[]}').status == 200
    gateway.ask("POST", "/v1/t", b'{"a":1}', {"authorization": "Basic d2tfdGVzdDo="})
    assert [key for key in (b"wk_test", b"secret", b"d2tf") for each in stream.records if key in each] == []


def test_what_was_no_event_is_kept_apart_with_its_reason(gateway: Gateway, stream: Stream) -> None:
    assert gateway.ask("POST", "/v1/t", b'{"a":"it\'s 1.10 $x #set \\u00fc"}', {"x-write-key": "wk_test"}).status == 200
    landed, (rejected,) = delivered(stream.records)
    told = json.loads(rejected)
    assert landed == []
    assert (told["reason"][:11], told["path"], told["collector"]["source"]) == ("it names no", "/v1/t", "website")
    assert "it's 1.10 $x #set ü" in told["record"]


def test_a_number_keeps_its_digits_and_a_browser_what_it_asks(gateway: Gateway, stream: Stream) -> None:
    body = b'{"type":"page","anonymousId":"a","properties":{"n":1.10,"id":12345678901234567890123}}'
    gateway.ask("POST", "/v1/p", body, {"x-write-key": "wk_test", "DNT": "1", "user-agent": "Mozilla/5.0 (ü)"})
    (line,), _ = delivered(stream.records)
    assert line["collector"] == {
        "source": "website",
        "ip": "203.0.113.0",
        "userAgent": "Mozilla/5.0 (ü)",
        "doNotTrack": True,
    }
    assert line["batch"][0]["properties"]["id"] == 12345678901234567890123


def test_settings_lead_back_here_whatever_stands_before_the_path(gateway: Gateway) -> None:
    told = gateway.ask("GET", "/v1/projects/wk_1/settings").json["integrations"]["Segment.io"]
    assert (told["apiKey"], told["apiHost"], told["protocol"]) == ("wk_1", "api.example/live/v1", "https")


def test_flags_are_off_as_the_collector_has_them_and_nothing_is_packed(gateway: Gateway) -> None:
    here = gateway.ask("POST", "/flags/?v=2", b'{"token":"phc_test"}', {"content-type": "text/plain"}).json
    assert here == {**posthog._OFF, "supportedCompression": []}
    script = gateway.ask("GET", "/array/phc_test/config.js").body.decode()
    assert json.loads(script.partition("['phc_test']=")[2].rstrip(";")) == {
        "config": here | {"token": "phc_test"},
        "siteApps": [],
    }


def test_doors_that_are_asked_at_once_hear_their_own_answers() -> None:
    given = {"path": {}, "querystring": {}, "header": {}, "body": "{}", "context": {}, "identity": {}}
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(render, given | {"template": str(number)}) for number in range(200)]
        assert [each.result()["said"] for each in asked] == [str(number) for number in range(200)]
