"""Progress for people: bars on a terminal, plain lines elsewhere; for machines lines of JSON, where settings say so."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from marketpulse.visible import visible

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from marketpulse.run.log import JsonLog


class Bars:
    """One bar a step."""

    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def start(self, step: str, total: int) -> None:
        """Show a bar; a step without units just spins."""
        if step in self._tasks:
            self._bars.update(self._tasks[step], total=total or None)
        else:
            self._tasks[step] = self._bars.add_task(step, total=total or None)

    def advance(self, step: str, units: int) -> None:
        """Move the bar."""
        if step in self._tasks:
            self._bars.advance(self._tasks[step], units)

    def finish(self, step: str) -> None:
        """Take the bar away: the summary says what became of it."""
        if step in self._tasks:
            self._bars.remove_task(self._tasks.pop(step))

    def wait(self, message: str) -> None:
        """Write a line above the bars."""
        self._bars.console.print(visible(message), markup=False, highlight=False)

    def report(self, step: str, done: int, total: int) -> None:
        """Show that `done` of `total` is done."""
        self.start(step, total)
        self._bars.update(self._tasks[step], completed=done)
        if done >= total:
            self.finish(step)


class Lines:
    """One line a step that took its time, with its seconds; for logs."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._began: dict[str, float] = {}
        self._lock = threading.Lock()

    def start(self, step: str, total: int) -> None:  # noqa: ARG002 - a line needs no total
        """Remember when."""
        with self._lock:
            self._began.setdefault(step, time.monotonic())

    def advance(self, step: str, units: int) -> None:
        """Say nothing."""

    def finish(self, step: str) -> None:
        """Write the line."""
        began = self._began.pop(step, None)
        seconds = time.monotonic() - began if began is not None else 0.0
        if began is not None and not self._quiet and seconds >= 0.5:
            print(f"{step}: {seconds:.1f} s", file=sys.stderr, flush=True)

    def wait(self, message: str) -> None:
        """Write the line, also where all else is quiet: whoever waits for nothing to be seen thinks it hangs."""
        print(visible(message), file=sys.stderr, flush=True)

    def report(self, step: str, done: int, total: int) -> None:
        """Write a line when all is done."""
        self.start(step, total)
        if done >= total:
            self.finish(step)


def json_log() -> JsonLog | None:
    """The log on standard error, where the settings want one. Raise UsageError for settings that are wrong."""
    from marketpulse.settings import load_settings

    if load_settings().log != "json":
        return None
    from marketpulse.run.log import JsonLog

    return JsonLog({}, sys.stderr)


def logged(level: str, message: str, where: str = "", hint: str | None = None) -> bool:
    """Write a line of the log, where there is one; else False: people read, and are told by the caller."""
    if (log := json_log()) is None:
        return False
    log.say(level.lower(), level, message=message, where=where, hint=hint)
    return True


@contextmanager
def watching(quiet: bool = False) -> Iterator[Bars | Lines | JsonLog]:
    """Choose what fits standard error, or what the setting `log` says."""
    if (log := json_log()) is not None:
        yield log
        return
    if quiet or not sys.stderr.isatty():
        yield Lines(quiet)
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    columns = (SpinnerColumn(), TextColumn("{task.description:<28}"), BarColumn(30), TaskProgressColumn())
    with RichProgress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bars:
        yield Bars(bars)
