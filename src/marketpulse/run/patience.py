"""How long one waits for the lock of a table, and what is said meanwhile."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable
from dataclasses import dataclass

from marketpulse.errors import HeldError
from marketpulse.run import holder
from marketpulse.run.holder import Holder
from marketpulse.units import seconds

_FIRST_WORD, _NEXT_WORD = 1.0, 30.0
#: A process that is stopped so long does not go on by itself.
_STOPPED_FOR = 5.0
_LOOK_EVERY = 0.05


@dataclass(frozen=True)
class Patience:
    """Seconds that one lock is waited for, and who is told (a sentence) while it is."""

    seconds: float
    tell: Callable[[str], None]

    @staticmethod
    def none() -> Patience:
        """For whoever does not wait."""
        return Patience(0, lambda _: None)

    def take(self, handle: int, what: str) -> None:
        """Take the lock of a table. Raise HeldError when its holder has not given it up in time, or was stopped.

        The lock stays with its holder whatever happens: there are never two who write.
        """
        began = time.monotonic()
        next_word, stopped_since = began + _FIRST_WORD, None
        while not free(handle):
            now = time.monotonic()
            held = holder.read(handle)
            stopped_since = (stopped_since or now) if held and held.is_stopped else None
            if stopped_since and now - stopped_since >= min(_STOPPED_FOR, self.seconds):
                raise _stopped(what, held)
            if now - began >= self.seconds:
                raise _held(what, held, now - began)
            if now >= next_word:
                self.tell(f"{what} waits for {held or 'another process'}{', and is stopped' * bool(stopped_since)}")
                next_word = now + _NEXT_WORD
            time.sleep(min(_LOOK_EVERY, max(began + self.seconds - now, 0)))


def free(handle: int) -> bool:
    """Take a lock if nobody holds it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _held(what: str, held: Holder | None, waited: float) -> HeldError:
    for_long = f", after {seconds(waited)}" if waited >= 1 else ""
    hint = "run again after it, or wait longer: --wait 1h"
    return HeldError(f"{what} is still held by {held or 'another process'}{for_long}; nothing was changed", hint=hint)


def _stopped(what: str, held: Holder | None) -> HeldError:
    pid = held.pid if held else 0
    hint = f"let it go on: kill -CONT {pid}; or end it, with nothing half-done: kill -KILL {pid}; then run again"
    return HeldError(f"{what} is held by {held}; that process is stopped", hint=hint)
