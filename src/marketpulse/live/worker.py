"""The process of the cycles: says a line of JSON for each, ends when its standard input does.

    python -m marketpulse.live.worker '{"landing": …, "every": 1.0, …}'

A line on standard input (`last`) asks for one more cycle, and then it ends.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from pathlib import Path
from typing import Any

from marketpulse.errors import DefinitionError, MarketPulseError, MissingEngineError, UsageError
from marketpulse.live.asked import LAST, Asked
from marketpulse.live.cycles import Cycles, as_beat, as_event
from marketpulse.run import beats
from marketpulse.run.beats import Beat
from marketpulse.run.context import Silent
from marketpulse.settings import load_settings
from marketpulse.visible import visible_json

#: Seconds in which a cycle may come to its end once it is to stop; then it is abandoned, as Ctrl-C does to a run.
_GRACE = 2.0
_LONGEST_REST = 30.0
#: Seconds between two looks whether something landed.
_LOOKS = 0.2


class Worker:
    """Cycles until it is told to stop."""

    def __init__(self, asked: Asked) -> None:
        project = Path(asked.project) if asked.project else None
        settings = load_settings(
            landing=asked.landing,
            warehouse=asked.warehouse,
            project=project,
            engine=asked.engine,
            wait_seconds=asked.wait_seconds,
        )
        settings.be_private()
        self._every = asked.every
        self._scratch = settings.scratch
        self._beats: deque[Beat] = deque(maxlen=beats.MOST)
        self._cycles = Cycles(settings, _Waits(), shows=asked.shows)
        self._told = threading.Event()
        self._ended = threading.Event()
        self._is_last = False
        self._failures = 0

    def listen(self) -> None:
        """Hear what the supervisor says, in a thread of its own; its silence says stop."""
        for line in sys.stdin:
            if line.strip() == LAST:
                self._is_last = True
                self._told.set()
        self._is_last = False
        self._told.set()
        if not self._ended.wait(_GRACE):
            os.kill(os.getpid(), signal.SIGINT)

    def run(self) -> int:
        """Cycle until it is told to stop; the exit code of the last one."""
        code = 0
        while not self._told.is_set():
            began = time.monotonic()
            if self._cycles.is_due():
                code = self._one()
                if code == _REFUSED:
                    return 2
                self._told.wait(max(self._rest() - (time.monotonic() - began), 0.0))
            else:
                self._told.wait(_LOOKS)
        if self._is_last:
            code = self._one()
        self._ended.set()
        beats.end(self._scratch)
        return code

    def _rest(self) -> float:
        """Seconds from the beginning of one cycle to that of the next: more and more while none succeeds."""
        return min(self._every * 2**self._failures, max(_LONGEST_REST, self._every)) if self._failures else self._every

    def _one(self) -> int:
        """One cycle; what went wrong is told, and the next tries again."""
        try:
            cycle = self._cycles.cycle()
        except MarketPulseError as error:
            self._failures += 1
            refused = self._cycles.number == 0 and isinstance(error, UsageError | DefinitionError | MissingEngineError)
            say(_told(error) | {"refused": refused})
            return _REFUSED if refused else error.exit_code
        except Exception:  # noqa: BLE001 - a mistake of ours in one cycle: all of it is told, and the door stays open
            self._failures += 1
            say({"event": "error", "message": "a cycle broke", "hint": None, "traceback": traceback.format_exc()})
            return 2
        self._failures = 0
        say(as_event(cycle))
        self._beats.append(as_beat(cycle))
        beats.write(self._scratch, [*self._beats])
        self._cycles.rest()
        return cycle.exit_code


#: What no later cycle mends: the project cannot be read, the warehouse is another's.
_REFUSED = -1


class _Waits(Silent):
    """Tells who holds what a cycle waits for."""

    def wait(self, message: str) -> None:
        """See `Progress`."""
        say({"event": "waiting", "message": message})


def _told(error: MarketPulseError) -> dict[str, Any]:
    message = f"{error.where}: {error.message}" if error.where else error.message
    return {"event": "error", "message": message, "hint": error.hint, "exit_code": error.exit_code}


def say(event: dict[str, Any]) -> None:
    """Write a line."""
    print(visible_json(json.dumps(event, ensure_ascii=False, default=str)), flush=True)


def main() -> None:
    """Work as the arguments say."""
    os.umask(0o077)  # until the settings say otherwise
    gc.set_threshold(200_000, 50, 50)
    asked = Asked(**json.loads(sys.argv[1]))
    sys.argv = ["marketpulse", "live"]  # what a lock says of its holder
    try:
        worker = Worker(asked)
    except MarketPulseError as error:
        say(_told(error) | {"refused": True})
        sys.exit(error.exit_code)
    threading.Thread(target=worker.listen, daemon=True).start()
    try:
        sys.exit(worker.run())
    except KeyboardInterrupt:
        say({"event": "abandoned"})
    except BrokenPipeError:  # nobody is there to be told
        sys.stdout = None


if __name__ == "__main__":
    main()
