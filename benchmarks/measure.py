"""Run a command and measure it with all processes it starts: wall clock, CPU, peak memory. Linux only."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Measured:
    """One run: seconds, seconds of CPU, peak resident memory of all its processes together in MiB."""

    seconds: float
    cpu: float
    peak_mib: float


def measure(
    command: Sequence[str], log: Path, environment: dict[str, str] | None = None, fine: Sequence[int] = (0,)
) -> Measured:
    """Run `command`; its output goes to `log`. Raise SystemExit with the end of it when it ends with no `fine` code."""
    began = time.monotonic()
    spent: dict[int, float] = {}
    peak = 0.0
    with log.open("w") as stream:
        process = subprocess.Popen(
            list(command),
            stdout=stream,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
        # A JVM is a child that nobody waits for, so the system's own accounting would leave it out.
        while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            found = list(_processes(process.pid))
            spent.update({pid: cpu for pid, cpu, _ in found})
            peak = max(peak, sum(memory for *_, memory in found))
            time.sleep(0.05)
        seconds = time.monotonic() - began
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in fine:
        raise SystemExit(f"{command[0]} failed:\n{log.read_text()[-2000:]}")
    spent.pop(process.pid, None)
    return Measured(seconds, usage.ru_utime + usage.ru_stime + sum(spent.values()), max(peak, usage.ru_maxrss / 1024))


def _processes(session: int) -> Iterator[tuple[int, float, float]]:
    """(pid, seconds of CPU, resident MiB) of every process of a session (man 5 proc)."""
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:  # it ended meanwhile
            continue
        if int(fields[3]) == session:
            yield int(folder.name), (int(fields[11]) + int(fields[12])) / _TICK, int(fields[21]) * _PAGE / (1 << 20)
