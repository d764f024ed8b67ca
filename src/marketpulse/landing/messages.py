"""Messages of a stream, taken from it at once: the value of each, and where it stands in the stream."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Messages:
    """Some messages, in their order. A value may be none: a message without one, whose key is told (`keys`, by index).

    `places` say where each stands in the stream, as no other message of it does: `orders-3-1234`.
    """

    places: Sequence[str]
    values: Sequence[bytes | None]
    keys: dict[int, bytes]

    def __len__(self) -> int:
        """How many."""
        return len(self.places)

    @property
    def size(self) -> int:
        """Bytes of their values."""
        return sum(len(value) for value in self.values if value)

    @property
    def content(self) -> str:
        """SHA-256 of their places and values."""
        found = hashlib.sha256()
        for place, value in zip(self.places, self.values, strict=True):
            told = -1 if value is None else len(value)
            found.update(f"{place} {told}\n".encode() + (value or b""))
        return found.hexdigest()
