"""What one query of a person may take, and how it is stopped."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

from marketpulse.engines.watching import LOOK, WATCHMAN
from marketpulse.errors import LimitError
from marketpulse.units import seconds, size

_Result = TypeVar("_Result")
_SPILLS = "max_temp_directory_size"
#: SQLSTATE `query_canceled`, also of a time that is over.
_STOPPED = "57014"


@dataclass(frozen=True)
class Given:
    """What a program gives with its query: values of `$1`, `$2` …, seconds fewer than the settings', a way to stop it.

    Whoever sets `stop`, in any thread, has the query raise LimitError. Where only the `first` rows are wanted, and of a
    text the first `letters`, the engine gives no more of them; 0 is all.
    """

    values: tuple[Any, ...] = ()
    seconds: float = 0
    stop: Event | None = None
    first: int = 0
    letters: int = 0

    def stopped(self) -> LimitError:
        """The error of a query that was stopped by whoever asked it."""
        return LimitError("the query was stopped: whoever asked it said so", sqlstate=_STOPPED)


@dataclass(frozen=True)
class Limits:
    """Seconds, memory, disk for what does not fit into it, and rows of the result; 0 is no limit of its own."""

    seconds: float
    memory_mb: int
    spill_mb: int
    rows: int

    def spill_bytes(self, scratch: Path) -> int:
        """Bytes that may be spilled: never more than half of what is free, whatever is set; others need the rest."""
        half = shutil.disk_usage(scratch).free // 2
        return min(self.spill_mb * 1_000_000, half) if self.spill_mb else half

    def error(self, told: str) -> LimitError | None:
        """The error for people when the engine ran out of memory or of disk; None for any other."""
        if _SPILLS in told:
            what = "the query needs more disk for what does not fit into memory than it may have"
            hint = "ask for less, or raise MARKETPULSE_QUERY_SPILL_MB (never more than half of what is free is used)"
            return LimitError(what, hint=hint, sqlstate="53100")
        if "Out of Memory" in told:
            what = f"the query needs more memory than {size(self.memory_mb * 1e6)}"
            return LimitError(what, hint="ask for less, or raise MARKETPULSE_QUERY_MEMORY_MB", sqlstate="53200")
        return None

    def of(self, given: Given) -> Limits:
        """The same, with the seconds that a program gives its query, where these are fewer."""
        return replace(self, seconds=min(filter(None, (given.seconds, self.seconds)), default=0))

    def too_long(self) -> LimitError:
        """The error of a query that was stopped after its time."""
        hint = "ask for less, or raise MARKETPULSE_QUERY_SECONDS (0: no limit)"
        return LimitError(f"the query was stopped after {seconds(self.seconds)}", hint=hint, sqlstate=_STOPPED)

    def too_many_rows(self) -> LimitError:
        """The error of a result that is too long."""
        hint = "ask for less, or raise MARKETPULSE_QUERY_ROWS (0: no limit)"
        return LimitError(f"the result has more than {self.rows:,} rows", hint=hint, sqlstate="54000")


class Stopwatch:
    """Does the steps of one query: in a thread of its own, so that Ctrl-C interrupts this one, which stops them.

    Where a program can say `stop` they are done in its own thread, and the watchman stops them. The time that passes
    between the steps, while a person's program reads, does not count.
    """

    def __init__(
        self, limits: Limits, pool: Executor, interrupt: Callable[[], None], given: Given | None = None
    ) -> None:
        self.limits = limits
        self._left = limits.seconds
        self._bounded = bool(limits.seconds)
        self._pool, self._interrupt = pool, interrupt
        self._given = given or Given()

    def during(self, step: Callable[[], _Result]) -> _Result:
        """The result of a step. Raise TimeoutError, LimitError or KeyboardInterrupt once the step is stopped."""
        began = time.monotonic()
        try:
            return self._apart(step) if self._given.stop is None else self._here(step, self._given.stop)
        finally:
            self._left -= time.monotonic() - began

    def _here(self, step: Callable[[], _Result], stop: Event) -> _Result:
        end = time.monotonic() + max(self._left, 0) if self._bounded else math.inf
        if stop.is_set():
            raise self._given.stopped()
        if self._bounded and self._left <= 0:  # the watchman looks too late for what is short
            raise TimeoutError
        try:
            with WATCHMAN.watching(lambda: stop.is_set() or time.monotonic() >= end, self._interrupt):
                return step()
        except Exception:
            if stop.is_set():
                raise self._given.stopped() from None
            if time.monotonic() >= end:
                raise TimeoutError from None
            raise

    def _apart(self, step: Callable[[], _Result]) -> _Result:
        work = self._pool.submit(step)
        try:
            return work.result(max(self._left, 0) if self._bounded else None)
        except BaseException:
            self._stop(work)
            raise

    def _stop(self, work: Future[_Result]) -> None:
        """Stop a step that is still at work; it may have to be told more than once."""
        while not work.done():
            self._interrupt()
            time.sleep(LOOK)
