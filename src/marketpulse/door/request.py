"""One request as the door sees it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from marketpulse.door.answers import Answer, Refusal

_FIELDS = 1_000


@dataclass
class Request:
    """What came; `address` is the client's, `value` the body once it was read.

    `at` says when, where somebody before the door saw it come.
    """

    method: str
    path: str
    query: bytes
    headers: Mapping[bytes, bytes]
    address: str
    body: bytes = b""
    at: str = ""
    value: Any = None

    @cached_property
    def asked(self) -> dict[str, str]:
        """Parameters of the address, each once."""
        return parameters(self.query.decode("utf-8", "replace"))

    @property
    def base(self) -> str:
        """Address of this door as the client reached it: settings lead back to it."""
        scheme = self.headers.get(b"x-forwarded-proto", b"http").decode("latin-1")
        host = self.headers.get(b"host", b"localhost").decode("latin-1")
        return f"{scheme if scheme in ('http', 'https') else 'http'}://{host}"


@dataclass
class Posted:
    """What a request says: events in the common form, what stands around them, and what the client wants to hear.

    Events are made one by one, as they are taken: nobody knows yet whether there are too many. `is_fresh`: the client
    does not say when it sent them, and sends at once.
    """

    events: Iterable[Any]
    around: dict[str, Any] = field(default_factory=dict)
    answer: Answer = field(default_factory=Answer)
    is_fresh: bool = False


def parameters(text: str) -> dict[str, str]:
    """Fields of an address or a form, each once. Raise Refusal for too many."""
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS, errors="replace"))
    except ValueError:
        raise Refusal(400, "too_many_fields", f"there are more than {_FIELDS} parameters") from None
