"""Places for queries of people: so many at once, since each may take the memory that `query_memory_mb` says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Event

from marketpulse.engines.limits import Given
from marketpulse.errors import LimitError

#: SQLSTATE `insufficient_resources`.
_BUSY = "53000"
_LOOK = 0.05


class Slots:
    """`count` places; whoever finds none waits `patience` seconds at most."""

    def __init__(self, count: int, patience: float) -> None:
        self._free = BoundedSemaphore(count)
        self._patience = patience

    def take(self, stop: Event | None = None) -> None:
        """Take one. Raise LimitError when all are taken for long, or when somebody says `stop` meanwhile."""
        end = time.monotonic() + self._patience
        while not self._free.acquire(timeout=_LOOK):
            if stop is not None and stop.is_set():
                raise Given().stopped()
            if time.monotonic() > end:
                raise LimitError("other queries are at work", hint="ask again in a moment", sqlstate=_BUSY)

    def give(self) -> None:
        """Give one back."""
        self._free.release()

    @contextmanager
    def taken(self, stop: Event | None = None) -> Iterator[None]:
        """Have one for a while. Raise LimitError as `take` does."""
        self.take(stop)
        try:
            yield
        finally:
            self.give()
