"""Steps that are at work in threads of their own, each told to end once it must: one thread looks after all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

#: Seconds between two looks.
LOOK = 0.05


@dataclass(eq=False)
class _Step:
    must_end: Callable[[], bool]
    interrupt: Callable[[], None]
    over: bool = False
    lock: Lock = field(default_factory=Lock)

    def look(self) -> None:
        """Interrupt it where it must end; never what comes after it."""
        with self.lock:
            if not self.over and self.must_end():
                self.interrupt()


class Watchman:
    """Looks after steps. To hand one to a thread that can be waited for would cost a turn of the processor each way."""

    def __init__(self) -> None:
        self._steps: set[_Step] = set()
        self._lock = Lock()
        self._some = Event()
        self._thread: Thread | None = None

    @contextmanager
    def watching(self, must_end: Callable[[], bool], interrupt: Callable[[], None]) -> Iterator[None]:
        """Interrupt what is done here, again and again, while it goes on though it `must_end`."""
        step = _Step(must_end, interrupt)
        with self._lock:
            self._steps.add(step)
            if self._thread is None:
                self._thread = Thread(target=self._look, name="watchman", daemon=True)
                self._thread.start()
        self._some.set()
        try:
            yield
        finally:
            with step.lock:
                step.over = True
            with self._lock:
                self._steps.discard(step)

    def _look(self) -> None:
        while self._some.wait():
            time.sleep(LOOK)
            with self._lock:
                steps = [*self._steps]
                if not steps:
                    self._some.clear()
            for step in steps:
                step.look()


WATCHMAN = Watchman()
