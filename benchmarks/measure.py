"""Run a command and measure the whole process: wall clock, CPU, peak memory."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """One run: seconds, seconds of CPU, peak resident memory in MiB."""

    seconds: float
    cpu: float
    peak_mib: float


def measure(command: Sequence[str], log: Path, environment: dict[str, str] | None = None) -> Measured:
    """Run `command`; its output goes to `log`. Raise SystemExit with the end of the log when it fails."""
    began = time.monotonic()
    with log.open("w") as stream:
        process = subprocess.Popen(
            list(command), stdout=stream, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} failed:\n{log.read_text()[-2000:]}")
    return Measured(time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
