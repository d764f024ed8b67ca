"""Admission: whose key a request shows, whether a page may use it, and whether it comes too often."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from marketpulse.door.answers import Refusal
from marketpulse.door.keys import Key, Keys, hashed
from marketpulse.door.request import Request

#: Seconds of its rate that a key may use at once.
_AT_ONCE = 10
_NOBODY = Key(source="local", hash="sha256:" + "0" * 64)
_QUERY = ("writeKey", "write_key", "api_key")
_HEADERS = (b"x-write-key", b"x-api-key")


@dataclass
class _Bucket:
    left: float
    at: float = field(default_factory=time.monotonic)


class Admission:
    """Who may post. Without a file of keys everybody may: then the door is for this machine alone."""

    def __init__(self, keys: Keys | None) -> None:
        self._buckets: dict[str, _Bucket] = {}
        self.set(keys)

    def set(self, keys: Keys | None) -> None:
        """Take other keys from now on."""
        self.keys = keys or Keys()
        self._known = self.keys.by_hash()
        self.is_open = keys is None
        listed = [key.origins for key in self.keys.keys]
        self._origins = {origin for origins in listed for origin in origins}
        self._any_origin = self.is_open or not all(listed)

    def greets(self, origin: str) -> bool:
        """Whether a page of this origin may ask anything: a question before a request shows no key."""
        return self._any_origin or origin in self._origins

    def meant(self, shown: str | None) -> str | None:
        """The key that is meant: Jitsu's clients take `key:secret` only, and the secret may be anything."""
        if not shown or ":" not in shown or hashed(shown) in self._known:
            return shown
        return shown.partition(":")[0] or None

    def admit(self, shown: str | None, origin: str | None) -> Key:
        """Whose request it is. Raise Refusal."""
        if self.is_open:
            return _NOBODY
        if not shown:
            raise Refusal(401, "no_key", "the request shows no write key")
        key = self._known.get(hashed(shown))
        if key is None:
            raise Refusal(401, "key_unknown", "the write key is not known")
        if not key.allows(origin):
            raise Refusal(403, "origin_refused", "the write key is not for pages of this origin")
        return key

    def charge(self, key: Key, events: int) -> None:
        """Count events against the rate of their key. Raise Refusal when it is used up."""
        if not key.rate:
            return
        now, most = time.monotonic(), max(1.0, key.rate * _AT_ONCE)
        bucket = self._buckets.setdefault(key.hash, _Bucket(most, now))
        bucket.left = min(most, bucket.left + (now - bucket.at) * key.rate)
        bucket.at = now
        if bucket.left < 1:
            raise Refusal(
                429, "too_often", "more events than the write key may send", wait=1 + int(-bucket.left / key.rate)
            )
        bucket.left -= events


def shown_key(request: Request, of_body: Callable[[Request], str | None]) -> str | None:
    """The key that a request shows: in its headers, its address, or as its dialect says."""
    return (
        _of_headers(request) or next((k for name in _QUERY if (k := request.asked.get(name))), None) or of_body(request)
    )


def _of_headers(request: Request) -> str | None:
    kind, _, value = request.headers.get(b"authorization", b"").partition(b" ")
    if kind.lower() == b"basic":
        try:
            return base64.b64decode(value, validate=True).decode("utf-8").partition(":")[0] or None
        except (binascii.Error, UnicodeDecodeError):
            return None
    if kind.lower() == b"bearer":
        return value.strip().decode("latin-1") or None
    return next((found.decode("latin-1") for name in _HEADERS if (found := request.headers.get(name))), None)
