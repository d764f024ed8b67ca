"""What API Gateway makes of a posted body and of the stream's answer: its templates, executed.

A body lands as the client's own JSON on one line, with the time it was received; each client by its own path.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.infra.stack import ROOT

MODULE = ROOT / "infra" / "modules" / "ingestion"
PYTHON = ROOT / "build" / "checkov" / "bin" / "python"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
LETTERS = {"a": "alias", "g": "group", "i": "identify", "p": "page", "s": "screen", "t": "track"}
KINDS = (
    LETTERS | {kind: kind for kind in LETTERS.values()} | dict.fromkeys(["", "b", "batch", "event", "import"], "any")
)
pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="SKIPPED: make infra-test installs Velocity")


def filled(template: str) -> str:
    """A template as Terraform renders it."""
    values = {
        "stream": "events",
        "months": ",".join(f'"{month}":"{number:02d}"' for number, month in enumerate(MONTHS, 1)),
        "kinds": ",".join(f'"{kind}":"{name}"' for kind, name in KINDS.items()),
    }
    text = (MODULE / "templates" / f"{template}.vtl").read_text()
    if template != "event":
        return text
    return re.sub(r"(?<!\$)\$\{(\w+)\}", lambda match: values[match[1]], text).replace("$${", "${")


def rendered(template: str, body: Any, params: dict[str, str] | None = None, **context: str) -> dict[str, Any]:
    """What a template says, and the status that it sets."""
    given = {"template": filled(template), "body": body, "params": params or {}, "context": context}
    script = Path(__file__).with_name("render_body.py")
    done = subprocess.run([PYTHON, script], input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def posted(body: Any, kind: str = "event", time: str = "05/Mar/2026:07:15:09 +0000") -> dict[str, Any]:
    """The request that is put on the stream, its data in the clear."""
    request = rendered("event", body, {"kind": kind}, requestTime=time, requestId="r-1")["said"]
    return request | {"Data": base64.b64decode(request["Data"]).decode()} if request else {}


def test_the_kinds_are_those_of_the_module() -> None:
    text = (MODULE / "endpoint.tf").read_text()
    found = re.search(r"letters = \{(.*?)\}", text)
    assert found is not None
    assert dict(re.findall(r'(\w) = "(\w+)"', found[1])) == LETTERS


@pytest.mark.parametrize(
    "body",
    [
        {"type": "track", "event": 'A "quoted" $5 #set \\ name', "properties": {"x": [1, None, {"y": "ünï"}]}},
        {"batch": [{"type": "page"}, {"type": "track"}], "sentAt": "2026-03-05T07:15:00Z", "context": {"ip": "::1"}},
    ],
)
def test_a_body_lands_as_it_is_with_our_time(body: dict[str, Any]) -> None:
    request = posted(body)
    assert request["StreamName"] == "events"
    assert "\n" not in request["Data"]
    assert json.loads(request["Data"]) == body | {"receivedAt": "2026-03-05T07:15:09Z"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_path_of_the_clients_is_taken_and_says_the_type_of_an_event_that_does_not(kind: str) -> None:
    event = {"messageId": "m-1", "anonymousId": "a-1"}
    landed = json.loads(posted(event, kind)["Data"])
    assert landed.pop("receivedAt")
    assert landed == event | ({"type": KINDS[kind]} if KINDS[kind] != "any" else {})
    assert json.loads(posted(event | {"type": "page"}, kind)["Data"])["type"] == "page"
    assert "type" not in json.loads(posted({"batch": [event]}, kind)["Data"])


@pytest.mark.parametrize(("body", "kind"), [({"a": 1}, "m"), ({"a": 1}, "logs"), ([{"a": 1}], "batch"), ("a", "t")])
def test_another_path_or_what_is_no_object_is_not_put_on_the_stream(body: Any, kind: str) -> None:
    assert posted(body, kind) == {}


@pytest.mark.parametrize(("number", "month"), list(enumerate(MONTHS, 1)))
def test_every_month_has_its_number(number: int, month: str) -> None:
    record = json.loads(posted({"a": 1}, time=f"31/{month}/2026:23:59:59 +0000")["Data"])
    assert record["receivedAt"] == f"2026-{number:02d}-31T23:59:59Z"


LONG = "Value at 'data' failed to satisfy constraint: Member must have length less than or equal to 1048576"


@pytest.mark.parametrize(
    ("kind", "message", "status"),
    [
        ("ProvisionedThroughputExceededException", "Rate exceeded for shard", 429),
        ("LimitExceededException", "", 429),
        ("KMSThrottlingException", "", 429),
        ("ValidationException", f"1 validation error detected: {LONG}", 413),
        ("ValidationException", "1 validation error detected: Value null at 'data'", 400),
        ("SerializationException", None, 400),
        ("AccessDeniedException", "is not authorized to perform: kinesis:PutRecord", 500),
        ("ResourceNotFoundException", "Stream events under account not found", 500),
        ("KMSAccessDeniedException", "", 500),
    ],
)
def test_only_too_many_are_asked_to_come_again_later(kind: str, message: str | None, status: int) -> None:
    found = rendered("refused", {"__type": kind, "message": message})
    assert found["status"] == status
    assert {"code", "message", "success"} == found["said"].keys()


def test_browser_clients_are_told_to_send_here_and_nowhere_else() -> None:
    where = {"domainName": "x.example", "stage": "live"}
    segment = rendered("settings", {}, {"key": 'wk_"1'}, **where)["said"]["integrations"]
    assert segment == {
        "Segment.io": {
            "apiKey": 'wk_"1',
            "apiHost": "x.example/live/v1",
            "protocol": "https",
            "unbundledIntegrations": [],
        }
    }
    rudder = rendered("source_config", {}, {"writeKey": "wk_1"}, **where)["said"]["source"]
    assert (rudder["writeKey"], rudder["enabled"], rudder["destinations"]) == ("wk_1", True, [])
