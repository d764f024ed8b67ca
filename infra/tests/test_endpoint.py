"""What API Gateway makes of a posted body: the client's own JSON on one line, with the time it was received."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.infra.stack import ROOT

PYTHON = ROOT / "build" / "checkov" / "bin" / "python"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="SKIPPED: make infra-test installs Velocity")


def template() -> str:
    """The template as Terraform renders it."""
    text = (ROOT / "infra" / "modules" / "ingestion" / "endpoint.tf").read_text()
    found = re.search(r"template = <<-VTL\n(.*?)\n  VTL", text, re.DOTALL)
    assert found is not None
    months = ",".join(f'"{month}":"{number:02d}"' for number, month in enumerate(MONTHS, 1))
    filled = found[1].replace("${local.months}", months).replace("${aws_kinesis_stream.this.name}", "events")
    return filled.replace("$${", "${")


def posted(body: Any, time: str = "05/Mar/2026:07:15:09 +0000") -> dict[str, Any]:
    """The request that is put on the stream."""
    given = json.dumps({"template": template(), "body": body, "time": time})
    script = Path(__file__).with_name("render_body.py")
    done = subprocess.run([PYTHON, script], input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


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


@pytest.mark.parametrize(("number", "month"), list(enumerate(MONTHS, 1)))
def test_every_month_has_its_number(number: int, month: str) -> None:
    record = json.loads(posted({"a": 1}, f"31/{month}/2026:23:59:59 +0000")["Data"])
    assert record["receivedAt"] == f"2026-{number:02d}-31T23:59:59Z"
