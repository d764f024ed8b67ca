"""The process that a person starts: it holds a door and a worker, shows what they do, and starts anew what died."""

from __future__ import annotations

import json
import queue
import re
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from marketpulse.errors import UsageError
from marketpulse.live.asked import LAST
from marketpulse.live.child import Child
from marketpulse.live.doorway import Doorway

#: Seconds that a child may take to end; between two looks; of the longest rest before one that died is tried again.
_ENDS, _LOOKS, _LONGEST = 5.0, 0.2, 30.0
#: Seconds that the port may still be held by the door of a supervisor that was killed.
_PORT_HELD = 5.0
_URL = re.compile(r"open at (http://\S+?),")


class Watcher(Protocol):
    """Who shows what happens; an event is a line of the worker (`cycle`, `error`, `waiting`), or of the supervisor."""

    def event(self, event: dict[str, Any]) -> None:
        """Something happened."""
        ...

    def look(self, door: Doorway) -> None:
        """Some time passed; what the door counted is as of now."""
        ...


@dataclass
class _Part:
    """One of the two children, and how it is started."""

    name: str
    command: Callable[[], Sequence[str]]
    child: Child | None = None
    deaths: int = 0
    again: float = 0.0
    works: bool = False
    said: list[str] = field(default_factory=list)


class Supervisor:
    """Door and worker, until a signal or the end of the time that was given."""

    def __init__(self, door: Sequence[str] | None, port: int, worker: Sequence[str], watcher: Watcher) -> None:
        """`door` is the command of a door without its port (None: there is no door), `worker` that of a worker."""
        self._doorway = Doorway()
        self._port = port
        self._door = _Part("door", lambda: [*(door or ()), "--port", str(self._port)])
        self._worker = _Part("worker", lambda: worker)
        self._parts = (self._worker,) if door is None else (self._door, self._worker)
        self._watcher = watcher
        self._heard: queue.SimpleQueue[tuple[Child, bool, str]] = queue.SimpleQueue()
        self._signals = 0
        self._code = 0
        self._began = time.monotonic()

    def run(self, seconds: float) -> int:
        """Work for so many seconds (0: until a signal); the exit code of the last cycle.

        Raise UsageError when door or worker cannot begin: what they say of it.
        """
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, self._on_signal)
        until = time.monotonic() + seconds if seconds else float("inf")
        try:
            while not self._signals and time.monotonic() < until:
                for part in self._parts:
                    self._keep(part)
                self._hear(_LOOKS)
                self._doorway.look()
                self._watcher.look(self._doorway)
            return self._end(is_last=not self._signals)
        finally:
            for part in self._parts:
                if part.child:
                    part.child.wait(0)

    def _on_signal(self, *_: object) -> None:
        self._signals += 1

    def _keep(self, part: _Part) -> None:
        """Start a part that is not there."""
        if part.child is not None and part.child.code is None:
            return
        if part.child is not None:
            self._died(part)
        if part.child is None and time.monotonic() >= part.again:
            part.child, part.said = Child(part.command(), lambda *heard: self._heard.put(heard)), []

    def _died(self, part: _Part) -> None:
        """Tell it, and say when it is tried again. Raise UsageError for one that cannot begin."""
        assert part.child  # noqa: S101 - it was there
        code = part.child.wait(1)
        self._hear(0)
        part.child = None
        if not part.works and code == 2 and not (part is self._door and self._may_be_held(part)):
            raise _refusal(part)
        part.again = time.monotonic() + (min(0.5 * 2**part.deaths, _LONGEST) if part.deaths else 0.2)
        part.deaths += 1
        if part.works:
            how = f"was ended by signal {-code}" if code < 0 else f"ended with {code}"
            self._watcher.event(
                {"event": "died", "part": part.name, "message": f"the {part.name} {how}; it begins anew"}
            )

    def _may_be_held(self, part: _Part) -> bool:
        """Whether the port may be that of a door whose supervisor was killed a moment ago."""
        held = any("cannot listen" in line for line in part.said)
        return held and time.monotonic() - self._began < _PORT_HELD

    def _hear(self, seconds: float) -> None:
        """Take in what the children said, and wait so long for it."""
        until = time.monotonic() + seconds
        while True:
            try:
                child, is_output, line = self._heard.get(timeout=max(until - time.monotonic(), 0))
            except queue.Empty:
                return
            part = self._door if child is self._door.child else self._worker
            self._take(part, is_output, line)
            if self._signals:
                return

    def _take(self, part: _Part, is_output: bool, line: str) -> None:
        if not is_output or part is self._door:
            self._of_door(line) if is_output else part.said.append(line)
            if not is_output and part.works:
                self._watcher.event({"event": "said", "part": part.name, "message": line})
            return
        event: dict[str, Any] = json.loads(line)
        if event["event"] in ("cycle", "error"):
            self._code = event.get("exit_code", 2)
        if event["event"] == "cycle":
            part.works, part.deaths = True, 0
        if event.get("refused") and not part.works:
            part.said = [event["message"], event["hint"] or ""]
        self._watcher.event(event)

    def _of_door(self, line: str) -> None:
        """The door is open: later ones open at its port."""
        if found := _URL.search(line):
            self._door.works, self._door.deaths = True, 0
            self._port = int(found[1].rpartition(":")[2])
            self._doorway.at(found[1])
            self._watcher.event({"event": "opened", "url": found[1]})

    def _end(self, *, is_last: bool) -> int:
        """Close the door, then end the worker: with `is_last` after one more cycle, which brings what was sealed."""
        self._finish(self._door, _ENDS if is_last else 0)
        if is_last and self._worker.child:
            self._worker.child.say(LAST)
            while self._worker.child.code is None and not self._signals:
                self._hear(_LOOKS)
                self._watcher.look(self._doorway)
        self._finish(self._worker, 0)
        for part in self._parts:
            if part.child:
                part.child.wait(_ENDS if self._signals < 2 else 0)
                self._hear(0)
        self._watcher.look(self._doorway)
        return self._code

    def _finish(self, part: _Part, seconds: float) -> None:
        if part.child:
            part.child.end()
            if seconds:
                part.child.wait(seconds)


def _refusal(part: _Part) -> UsageError:
    """Why a part cannot begin, in its own words."""
    words = [line.removeprefix("error ").removeprefix(" hint ") for line in part.said if line.strip()]
    return UsageError(words[0] if words else f"the {part.name} ended at once", hint=" ".join(words[1:]) or None)
