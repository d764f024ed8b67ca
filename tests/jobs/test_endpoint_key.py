"""The write key of a request, wherever a client shows it."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.jobs.loading import load_script

reader: Any = load_script("endpoint_key")
ARN = "arn:aws:execute-api:us-east-2:123456789012:api/live/POST/v1/t"


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def ask(headers: dict[str, str] | None, query: dict[str, str] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = reader.handler({"methodArn": ARN, "headers": headers, "queryStringParameters": query}, None)
    return found


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"Authorization": basic("wk_test:")}, None),
        ({"authorization": basic("wk_test")}, {}),
        ({"AUTHORIZATION": basic("wk_test:pass:word").replace("Basic", "basic")}, None),
        ({"X-Write-Key": "wk_test"}, None),
        ({"x-api-key": "wk_test"}, None),
        ({"X-Write-Key": "wk_test:and-a-secret"}, None),
        ({"Authorization": basic(":x"), "X-Write-Key": "wk_test"}, None),
        ({"Authorization": "Bearer wk_test:s:t"}, {"writeKey": "another"}),
        ({"Authorization": "Bearer wk_test"}, None),
        (None, {"writeKey": "wk_test"}),
        (None, {"measurement_id": "G-1", "api_secret": "wk_test"}),
    ],
)
def test_a_key_is_read_and_judged_by_the_usage_plans(headers: dict[str, str], query: dict[str, str]) -> None:
    found = ask(headers, query)
    assert found["usageIdentifierKey"] == "wk_test"
    (statement,) = found["policyDocument"]["Statement"]
    assert statement == {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": ARN}


@pytest.mark.parametrize(
    "headers",
    [
        None,
        {},
        {"Authorization": "Basic"},
        {"Authorization": "Basic %%"},
        {"Authorization": basic(":x")},
        {"X-Write-Key": ":x"},
    ],
)
def test_without_a_key_it_is_a_401(headers: dict[str, str] | None) -> None:
    with pytest.raises(PermissionError, match=r"^Unauthorized$"):
        ask(headers)
