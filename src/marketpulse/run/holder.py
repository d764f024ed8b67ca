"""Who holds the lock of a table: written into the lock by whoever takes it, read by whoever waits for it."""

from __future__ import annotations

import json
import os
import platform
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

#: What the kernel calls a process that was stopped, by a signal or by a debugger.
_STOPPED = ("T", "t")
_LONGEST = 200
#: Commands whose arguments name people: a lock of a process that was killed keeps what it says.
_PRIVATE = ("erase", "export")


@dataclass(frozen=True)
class Holder:
    """A process that holds a lock, since when (UTC) and what it was started as."""

    pid: int
    host: str
    command: str
    since: str

    @property
    def is_stopped(self) -> bool:
        """True for a process of this machine that was stopped and does not go on by itself, as after Ctrl-Z."""
        return self.host == platform.node() and _state(self.pid) in _STOPPED

    @property
    def is_here(self) -> bool:
        """True for a process of this machine."""
        return self.host == platform.node()

    def __str__(self) -> str:
        """Who it is, in words."""
        where = "" if self.is_here else f" on {self.host}"
        return f"process {self.pid}{where} ({self.command}), which holds it since {self.since} UTC"


def sign(handle: int) -> None:
    """Write into a lock that this process holds it. A full disk takes no lock away: then it says nothing."""
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    told = json.dumps(asdict(Holder(os.getpid(), platform.node(), _command(), since))).encode()
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, told, 0)


def unsign(handle: int) -> None:
    """Take the word back before the lock is given up."""
    with suppress(OSError):
        os.ftruncate(handle, 0)


def read(handle: int) -> Holder | None:
    """Who holds the lock; None where it does not say (yet)."""
    try:
        return Holder(**json.loads(os.pread(handle, 4_096, 0)))
    except (OSError, ValueError, TypeError):
        return None


def _command() -> str:
    program = Path(sys.argv[0])
    name = program.parent.name if program.name == "__main__.py" else program.name
    told = sys.argv[1:2] if sys.argv[1:2] and sys.argv[1] in _PRIVATE else sys.argv[1:]
    return " ".join([name, *told])[:_LONGEST]


def _state(pid: int) -> str:
    """The letter of the kernel for what a process does; nothing where that is not to be known."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""
