"""What this machine has: memory and cores, within the limits of the container this process runs in; its addresses."""

from __future__ import annotations

import os
from ipaddress import ip_address
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")
_CGROUP_1 = Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")
#: What the engine may take of the memory; the rest is for the process around it, the file cache and the neighbours.
_SHARE = 0.5
_LEAST_MB = 256


def memory_mb() -> int:
    """Half of the memory there is, in MB."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = [limit for file in (_CGROUP / "memory.max", _CGROUP_1) if (limit := _number(file)) is not None]
    return max(_LEAST_MB, int(min([total, *limits]) * _SHARE / 1e6))


def threads() -> int:
    """Cores that this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, _quota() or cores))


def is_loopback(host: str) -> bool:
    """Whether an address is of this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _quota() -> int | None:
    """Whole cores' worth of time that the container gets, rounded up; None without a limit."""
    parts = _words(_CGROUP / "cpu.max")
    if len(parts) != 2 or not parts[0].isdigit():
        return None
    return -(-int(parts[0]) // int(parts[1]))


def _number(file: Path) -> int | None:
    words = _words(file)
    return int(words[0]) if words and words[0].isdigit() else None


def _words(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="ascii").split()
    except OSError:  # another kind of system, or no container
        return []
