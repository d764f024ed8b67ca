"""Nobody else of this machine is at work: a run that began before may hold people who are to go.

Who waits says so beside its scratch. Of several who wait for each other the one that began first goes on; who has begun
already goes on before all of them, so that each reads the list as the one before has left it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from marketpulse.errors import ConcurrentError
from marketpulse.run import locks
from marketpulse.run.context import Context

_LOOK_EVERY = 0.2
_WAITS = "waits"


def wait_for_others(context: Context, begun: bool = False) -> None:
    """Wait for the other runs of this machine to be over. Raise ConcurrentError when that takes too long.

    With `begun` it is for those that came meanwhile; none that only waits is waited for.
    """
    deadline, told = time.monotonic() + context.settings.wait_seconds, False
    with _waiting(context, begun):
        while others := _others(context, begun):
            if time.monotonic() >= deadline:
                hint = "say it again when it is over, or wait longer: --wait 1h"
                raise ConcurrentError(f"the run {min(others)} is at work, and may hold people who are to go", hint=hint)
            if not told:
                context.progress.wait(f"it waits for the run {min(others)}")
            told = True
            time.sleep(_LOOK_EVERY)


@contextmanager
def _waiting(context: Context, begun: bool) -> Iterator[None]:
    mark = context.settings.scratch / context.run_id / _WAITS
    if not begun:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


def _others(context: Context, begun: bool) -> set[str]:
    folder, mine = context.settings.scratch, context.run_id
    living = locks.living(folder) - {mine}
    return {run for run in living if not ((begun or run > mine) and (folder / run / _WAITS).exists())}
