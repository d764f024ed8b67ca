"""Nobody else of this machine is at work: a run that began before may hold people who are to go."""

from __future__ import annotations

import time

from marketpulse.errors import ConcurrentError
from marketpulse.run import locks
from marketpulse.run.context import Context

_LOOK_EVERY = 0.2


def wait_for_others(context: Context) -> None:
    """Wait for the other runs of this machine to be over. Raise ConcurrentError when that takes too long."""
    deadline, told = time.monotonic() + context.settings.wait_seconds, False
    while others := locks.living(context.settings.scratch) - {context.run_id}:
        if time.monotonic() >= deadline:
            hint = "say it again when it is over, or wait longer: --wait 1h"
            raise ConcurrentError(f"the run {min(others)} is at work, and may hold people who are to go", hint=hint)
        if not told:
            context.progress.wait(f"it waits for the run {min(others)}")
        told = True
        time.sleep(_LOOK_EVERY)
