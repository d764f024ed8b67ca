"""An emulated AWS in bad weather: requests are refused, answered with an error though they were done, or cut off."""

from __future__ import annotations

import io
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.aws.emulator import Emulator

#: Glue's answers are JSON, S3's are XML: status, and the code of the error.
_SAID = {
    "throttled": ("503 Slow Down", "SlowDown", "ThrottlingException"),
    "error": ("500 Internal Server Error", "InternalError", "InternalServiceException"),
    "lost": ("500 Internal Server Error", "InternalError", "InternalServiceException"),
    "denied": ("403 Forbidden", "AccessDenied", "AccessDeniedException"),
    "expired": ("400 Bad Request", "ExpiredToken", "ExpiredTokenException"),
}
#: All that may happen to a request; `lost`, `cut` and `gone` happen after it was done.
KINDS = (*_SAID, "cut", "gone", "refused")


@dataclass
class Weather:
    """What happens to requests: to one of `share` of them something of `kinds`, each takes `delay` seconds longer.

    With `only` it is the request of that number, counted from 0, and no other. `seen` counts what happened.
    """

    chance: random.Random
    kinds: tuple[str, ...] = ()
    share: float = 0.0
    delay: float = 0.0
    only: int | None = None
    number: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of_the_next(self) -> str | None:
        """What happens to the next request."""
        with self.lock:
            number, self.number = self.number, self.number + 1
            hit = number == self.only if self.only is not None else self.chance.random() < self.share
            if not (hit and self.kinds):
                return None
            kind = self.chance.choice(self.kinds)
            self.seen[kind] += 1
            return kind


class StormyEmulator(Emulator):
    """The emulator, with weather before it; none to begin with."""

    weather = Weather(random.Random(0))

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        time.sleep(self.weather.delay)
        kind = self.weather.of_the_next()
        if kind is None:
            return super().__call__(environ, start_response)
        if kind in ("lost", "cut", "gone"):
            return self._done(kind, environ, start_response)
        if kind == "refused":
            return _hung_up(environ)
        return _answered(kind, environ, start_response)

    def _done(self, kind: str, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Do what was asked, and lose the answer or half of it."""
        said: list[Any] = []

        def remembered(*arguments: Any, **options: Any) -> Callable[[bytes], None]:
            said.append((arguments, options))
            return lambda _: None

        body = b"".join(super().__call__(environ, remembered))
        environ["wsgi.input"] = io.BytesIO()  # all of it was read: to read on would wait for the client to give up
        if kind == "lost":
            return _answered(kind, environ, start_response)
        if kind == "gone":
            return _hung_up(environ)
        arguments, options = said[0]
        start_response(*arguments, **options)
        return _half(environ, body)


def _answered(kind: str, environ: dict[str, Any], start_response: Any) -> list[bytes]:
    # What was sent is read, as AWS does: a client that still sends would see a reset instead of the answer.
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    status, xml, name = _SAID[kind]
    if environ.get("HTTP_X_AMZ_TARGET"):
        start_response("400 Bad Request" if status.startswith("5") and kind == "throttled" else status, _JSON)
        return [f'{{"__type": "{name}", "Message": "{kind}, says the weather"}}'.encode()]
    body = f"<?xml version='1.0'?><Error><Code>{xml}</Code><Message>{kind}, says the weather</Message></Error>".encode()
    start_response(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


_JSON = [("Content-Type", "application/x-amz-json-1.1")]


def _hung_up(environ: dict[str, Any]) -> list[bytes]:
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return []


def _half(environ: dict[str, Any], body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    _hung_up(environ)
