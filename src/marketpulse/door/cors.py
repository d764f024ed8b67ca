"""Pages of other origins: which may post, and what a browser is told before it does."""

from __future__ import annotations

import re
from collections.abc import Mapping

from marketpulse.door.answers import Headers

#: Browsers remember an answer for so long at most: without it every event would be asked for twice.
_REMEMBER = b"7200"
_NAMES = re.compile(rb"[A-Za-z0-9-]{1,60}(?: *, *[A-Za-z0-9-]{1,60}){0,30}")
_ORIGIN = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9.:\[\]_-]{1,255}|null")


def origin_of(headers: Mapping[bytes, bytes]) -> str | None:
    """The page's origin that a browser says; None for other clients. What cannot be understood is nobody's, `null`."""
    said = headers.get(b"origin")
    if said is None:
        return None
    return said.decode("latin-1") if _ORIGIN.fullmatch(said) else "null"


def allowed(origin: str) -> Headers:
    """What lets a page read an answer. Some clients send cookies, for which the origin must be named."""
    named = origin.encode("latin-1")
    return (
        (b"access-control-allow-origin", named),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    )


def preflight(origin: str, headers: Mapping[bytes, bytes]) -> Headers:
    """What is said before a request: whatever headers the client asks for, it may send."""
    asked = headers.get(b"access-control-request-headers", b"")
    names = asked if _NAMES.fullmatch(asked) else b"content-type,authorization"
    return (
        *allowed(origin),
        (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
        (b"access-control-allow-headers", names),
        (b"access-control-max-age", _REMEMBER),
    )
