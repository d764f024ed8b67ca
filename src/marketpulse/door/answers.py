"""What the door says: answers that clients understand, and refusals, which are JSON with `code` and `message`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

Headers = tuple[tuple[bytes, bytes], ...]
JSON = b"application/json"


@dataclass(frozen=True)
class Answer:
    """Status, body and headers; `kind` is the content type."""

    body: bytes = b"{}"
    kind: bytes = JSON
    status: int = 200
    headers: Headers = ()


class Refusal(Exception):  # noqa: N818 - it is an answer
    """Why a request is not taken. `wait` tells the client in how many seconds to come again."""

    def __init__(self, status: int, code: str, message: str, *, wait: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.wait = wait

    @property
    def answer(self) -> Answer:
        """What the client hears."""
        more = ((b"retry-after", str(self.wait).encode()),) if self.wait else ()
        return told({"code": self.code, "message": self.message}, self.status, more)


def told(value: Any, status: int = 200, headers: Headers = ()) -> Answer:
    """A value as JSON."""
    return Answer(orjson.dumps(value), JSON, status, headers)
