"""Where the journal keeps lines: the seam between the door and a disk, or a stream."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass
class State:
    """What became of it, for those who watch; moments are those of `time.monotonic`.

    `error` says why nothing can be kept now; `unsealed` by feed why what is kept does not land.
    """

    flushed_at: float = field(default_factory=time.monotonic)
    flushes: int = 0
    sealed: int = 0
    size: int = 0
    failures: int = 0
    error: str = ""
    unsealed: dict[str, str] = field(default_factory=dict)

    @property
    def age(self) -> float:
        """Seconds since the last flush that went well, or since the door opened."""
        return round(time.monotonic() - self.flushed_at, 3)

    def kept(self, lines: Mapping[str, Sequence[bytes]]) -> None:
        """Note that a group is safe."""
        self.error = ""
        self.flushed_at = time.monotonic()
        self.flushes += 1
        self.size += sum(len(line) for each in lines.values() for line in each)


class Sink(Protocol):
    """Keeps groups of lines. Only one thread at a time calls it."""

    state: State

    def open(self) -> None:
        """Begin. Raise OSError."""

    def keep(self, lines: Mapping[str, Sequence[bytes]]) -> dict[str, str]:
        """Keep lines by feed, safe when it comes back; why those of a feed are not."""

    def look(self) -> None:
        """What is to be done from time to time, whether anything came or not."""

    def close(self) -> None:
        """Nothing more comes."""
