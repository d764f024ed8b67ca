"""What one request may be. Each limit is a parameter of the door, and what is beyond it is refused, never cut."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bytes of a body as it comes, and unpacked; events of a request; bytes of what stands around them; seconds.

    `held` bounds the bodies of all requests that are being read, `kept` what becomes of one: some clients say once what
    is kept with every event.
    """

    body: int = 2 << 20
    unpacked: int = 4 << 20
    events: int = 2_000
    kept: int = 12 << 20
    around: int = 32 << 10
    seconds: float = 20.0
    held: int = 256 << 20
    connections: int = 4_000
    reject: int = 8 << 10
