"""Lambda authoriser of the events' endpoint: reads the write key that a client shows, wherever it shows it.

Authorization: Basic (key as user)   Segment, RudderStack       x-write-key   Jitsu
?writeKey= ?write_key= ?api_key=     beacons                    x-api-key     whoever writes the request himself
?api_secret=                         GA4's servers

Jitsu's clients take `KEY:SECRET` only, so what is behind a colon is no part of a key; keys of API Gateway have none.
It judges no key. API Gateway takes what it read for an API key: one that no usage plan knows is refused, and the plan
of one that is known says how fast it may post. Needs the standard library only.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

_HEADERS = ("x-write-key", "x-api-key")
_QUERY = ("writeKey", "write_key", "api_key", "api_secret")


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
    places = [found, *(given.get(name) for name in _HEADERS), *(query.get(name) for name in _QUERY)]
    keys = ((place or "").partition(":")[0] for place in places)
    return next((key for key in keys if key), "")


def user(encoded: str) -> str:
    """The user of Basic, with the password, which clients leave empty."""
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""
