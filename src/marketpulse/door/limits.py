"""What one request may be. Each limit is a parameter of the door, and what is beyond it is refused, never cut."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bytes of a body as it comes, and unpacked; events of a request; bytes of what stands around them; seconds.

    `held` bounds the bodies of all requests that are being read, `kept` what becomes of one: some clients say once what
    is kept with every event. `line` are the bytes of the events of a line: with what is around them they are below the
    least that `record_mb` may be, and below what else a line must fit into.
    """

    body: int = 2 << 20
    unpacked: int = 4 << 20
    events: int = 2_000
    kept: int = 12 << 20
    line: int = 7_500_000
    around: int = 32 << 10
    seconds: float = 20.0
    held: int = 256 << 20
    connections: int = 4_000
    reject: int = 8 << 10
