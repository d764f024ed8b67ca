"""One request as the door sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from marketpulse.door.answers import Answer


@dataclass
class Request:
    """What came; `address` is the client's, `value` the body once it was read."""

    method: str
    path: str
    query: bytes
    headers: Mapping[bytes, bytes]
    address: str
    body: bytes = b""
    value: Any = None

    @cached_property
    def asked(self) -> dict[str, str]:
        """Parameters of the address, each once."""
        text = self.query.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=1_000, errors="replace"))

    @property
    def base(self) -> str:
        """Address of this door as the client reached it: settings lead back to it."""
        scheme = self.headers.get(b"x-forwarded-proto", b"http").decode("latin-1")
        host = self.headers.get(b"host", b"localhost").decode("latin-1")
        return f"{scheme if scheme in ('http', 'https') else 'http'}://{host}"


@dataclass
class Posted:
    """What a request says: events in the common form, what stands around them, and what the client wants to hear.

    `is_fresh`: the client does not say when it sent them, and sends at once.
    """

    events: Sequence[Any]
    around: dict[str, Any] = field(default_factory=dict)
    answer: Answer = field(default_factory=Answer)
    is_fresh: bool = False
