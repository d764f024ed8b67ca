"""A child process that ends when its standard input does, and is heard line by line."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO

#: Called in other threads: the child, whether it is its standard output, and the line.
Hears = Callable[["Child", bool, str], None]


class Child:
    """One process. It is in a session of its own: Ctrl-C reaches the parent alone, which says when to end."""

    def __init__(self, command: Sequence[str], hears: Hears) -> None:
        """Start it. Raise OSError."""
        self._process = subprocess.Popen(  # noqa: S603 - this program itself
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.pid = self._process.pid
        self._threads = [
            threading.Thread(target=self._read, args=(stream, stream is self._process.stdout, hears), daemon=True)
            for stream in (self._process.stdout, self._process.stderr)
            if stream
        ]
        for thread in self._threads:
            thread.start()

    @property
    def code(self) -> int | None:
        """What it ended with, None while it lives."""
        return self._process.poll()

    def say(self, line: str) -> None:
        """Write a line to it; nothing where it is gone."""
        assert self._process.stdin  # noqa: S101 - it was asked for
        with suppress(OSError, ValueError):
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()

    def end(self) -> None:
        """Ask it to end."""
        assert self._process.stdin  # noqa: S101 - it was asked for
        with suppress(OSError):
            self._process.stdin.close()

    def wait(self, seconds: float) -> int:
        """Ask it to end, wait for that and for its last words; one that takes longer is killed. What it ended with."""
        self.end()
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        for thread in self._threads:
            thread.join(1)
        return code

    def _read(self, stream: IO[str], is_output: bool, hears: Hears) -> None:
        with stream:
            for line in stream:
                hears(self, is_output, line.rstrip("\n"))
