"""Lambda authoriser of the events' endpoint: reads the write key that a client shows, wherever it shows it.

Authorization: Basic (key as user)   Segment, RudderStack       x-write-key   Jitsu
?writeKey=                           beacons                    x-api-key     whoever writes the request himself

It judges no key. API Gateway takes what it read for an API key: one that no usage plan knows is refused, and the plan
of one that is known says how fast it may post. Needs the standard library only.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any


def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Let a request with a key through to the usage plans. Raise what API Gateway makes a 401 of."""
    key = shown(event.get("headers") or {}, event.get("queryStringParameters") or {})
    if not key:
        raise PermissionError("Unauthorized")
    allowed = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": event["methodArn"]}
    return {
        "principalId": "client",
        "policyDocument": {"Version": "2012-10-17", "Statement": [allowed]},
        "usageIdentifierKey": key,
    }


def shown(headers: dict[str, str], query: dict[str, str]) -> str:
    """The key of a request; empty when it shows none."""
    given = {name.lower(): value for name, value in headers.items()}
    scheme, _, value = given.get("authorization", "").partition(" ")
    found = {"basic": user(value.strip()), "bearer": value.strip()}.get(scheme.lower(), "")
    return found or given.get("x-write-key") or given.get("x-api-key") or query.get("writeKey") or ""


def user(encoded: str) -> str:
    """The user of Basic, which clients give without a password."""
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""
