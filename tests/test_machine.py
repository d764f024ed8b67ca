"""What this machine has, within the limits of the container: files of the system say so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from marketpulse import machine


@pytest.fixture(autouse=True)
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of 8 GB and 4 cores, in a container without limits yet."""
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)
    monkeypatch.setattr(machine, "_CGROUP_1", tmp_path / "limit_in_bytes")
    monkeypatch.setattr(os, "sysconf", {"SC_PAGE_SIZE": 4_000, "SC_PHYS_PAGES": 2_000_000}.__getitem__)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    return tmp_path


def test_without_limits_it_is_half_the_memory_and_every_core() -> None:
    assert (machine.memory_mb(), machine.threads()) == (4_000, 4)


@pytest.mark.parametrize("name", ["memory.max", "limit_in_bytes"])
@pytest.mark.parametrize(
    ("limit", "found"), [("2000000000\n", 1_000), ("max\n", 4_000), ("9000000000000\n", 4_000), ("1000\n", 256)]
)
def test_a_limit_of_memory_is_kept_in_both_kinds_of_container(
    container: Path, name: str, limit: str, found: int
) -> None:
    (container / name).write_text(limit)
    assert machine.memory_mb() == found


@pytest.mark.parametrize(
    ("quota", "cores"),
    [("200000 100000", 2), ("150000 100000", 2), ("50000 100000", 1), ("900000 100000", 4), ("max 100000", 4)],
)
def test_a_share_of_time_is_cores_rounded_up(container: Path, quota: str, cores: int) -> None:
    (container / "cpu.max").write_text(f"{quota}\n")
    assert machine.threads() == cores
