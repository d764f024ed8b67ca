"""The seam between a stream and bronze: who it is, how far it may be read, and a slice of it.

Nothing here remembers how far was read: whoever commits the rows of a slice commits its positions with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from marketpulse.landing.messages import Messages

#: Where reading goes on, by the parts of a stream (partitions, shards): what JSON can say.
Positions = Mapping[str, Any]


@dataclass(frozen=True)
class Bounds:
    """How much one slice may have: `records`, `bytes` of their values, `seconds` that reading them takes."""

    records: int
    bytes: int
    seconds: float


@dataclass(frozen=True)
class Trouble:
    """Why a part cannot be read on from where it was left; with a person's consent it goes on at `position`.

    None: that part is not read any more.
    """

    part: str
    message: str
    position: Any


@dataclass(frozen=True)
class Found:
    """A stream as it is now: `identity` is another one once it was created anew, whatever it is called.

    `positions` say where each part is read on, `behind` how many messages wait there, where the stream can tell;
    `troubles` what keeps it from being read.
    """

    identity: str
    positions: dict[str, Any]
    behind: dict[str, int | None]
    troubles: list[Trouble] = field(default_factory=list)


@dataclass(frozen=True)
class Slice:
    """Messages, and the `positions` behind them; `newest` is when the last came (nanoseconds since 1970, or 0).

    `is_last`: what was there when the stream was looked at is read.
    """

    messages: Messages
    positions: dict[str, Any]
    newest: int
    is_last: bool


class Stream(Protocol):
    """One stream. Each of its methods raises GateError when it cannot be reached, or is not there."""

    def look(self, known: Mapping[str, Positions]) -> Found:
        """Who it is now, and what there is to read behind the positions that are `known` of that identity, if any.

        The identity is made of the numbers that cluster and topic were given when they were made. Where nothing is
        known of any identity the source says where reading starts; another stream is read from its beginning.
        """
        ...

    def read(self, positions: Positions, bounds: Bounds, called: str) -> Slice:
        """The messages from there on, up to where the stream ended at the last look.

        They are `called` so at the beginning of their places: `<called>-<part>-<offset>`.
        """
        ...

    def may_have_more(self) -> bool:
        """Whether a look is worth while, after the last one; quick."""
        ...

    def close(self) -> None:
        """Give back the connection."""
        ...
