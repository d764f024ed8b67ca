"""Events as clients post them, through the door that stands in what was applied."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from tests.infra.gateway import Gateway

#: A client of a service, in the name of a role.
InName = Callable[[str, str], Any]


def through_gateway(values: dict[str, dict[str, Any]], keys: Any, in_name: InName, lines: Iterable[bytes]) -> int:
    """Post events one by one to API Gateway as it was planned; how many were kept.

    The clock of the gateway stands at when the event says that it was received, so that gold is what it would be. What
    has no id, or no such moment, is quarantined where it lands as a file and is mended by a door: it is left out here.
    `values` are those of resources by their addresses, `keys` a client of API Gateway that may read write keys.
    """
    module = "module.platform.module.gateway[0]."
    found = keys.get_api_keys(includeValues=True)["items"]
    put = partial(put_record, in_name("kinesis", values[f"{module}aws_iam_role.this"]["arn"]))
    clock = [0]
    document = json.loads(values[f"{module}aws_api_gateway_rest_api.this"]["body"])
    gateway = Gateway(document, put, {key["id"]: key["value"] for key in found}, now=lambda: clock[0])
    user = base64.b64encode(f"{found[0]['value']}:".encode()).decode()
    heard: Counter[int] = Counter()
    for at, event in (found for line in lines for found in received(line)):
        clock[0] = at
        heard[gateway.ask("POST", "/v1/batch", event, {"authorization": f"Basic {user}"}).status] += 1
    assert gateway.ask("POST", "/v1/batch", b'{"type":', {"authorization": f"Basic {user}"}).code == "no_json"
    assert set(heard) == {200}, heard
    return heard[200]


def put_record(kinesis: Any, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """What Kinesis answers to what a template made: status and body."""
    try:
        return 200, kinesis.put_record(**request | {"Data": base64.b64decode(request["Data"])})
    except ClientError as error:
        said = error.response["Error"]
        return 400, {"__type": said["Code"], "message": said["Message"]}


def received(line: bytes) -> Iterator[tuple[int, bytes]]:
    """Events of a line, each with when it was received, in milliseconds; without those that say none, or no id.

    A batch is received at one moment; those of the shop are made of events that were received one by one.
    """
    try:
        said = json.loads(line)
    except ValueError:
        return
    for event in said.get("batch", [said]):
        if event.get("receivedAt") and event.get("messageId"):
            yield round(datetime.fromisoformat(event["receivedAt"]).timestamp() * 1000), json.dumps(event).encode()
