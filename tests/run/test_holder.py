"""A process is described by what the system says of it."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from marketpulse.run import holder
from marketpulse.run.holder import Holder


def test_a_process_that_is_stopped_is_told_from_one_that_works_and_from_one_that_is_gone() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    found = Holder(process.pid, platform.node(), "run", "2026-01-01 00:00:00")
    assert not found.is_stopped
    process.send_signal(signal.SIGSTOP)
    os.waitpid(process.pid, os.WUNTRACED)
    assert found.is_stopped
    assert not Holder(process.pid, "another-machine", "run", "").is_stopped  # there that number is another process
    process.kill()
    process.communicate()
    assert not found.is_stopped


def test_the_machine_is_named_when_it_is_another() -> None:
    told = "(run), which holds it since now UTC"
    assert str(Holder(7, platform.node(), "run", "now")) == f"process 7 {told}"
    assert str(Holder(7, "elsewhere", "run", "now")) == f"process 7 on elsewhere {told}"


@pytest.mark.parametrize("program", ["/venv/bin/marketpulse", "/src/marketpulse/__main__.py"])
def test_a_command_is_told_as_it_was_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(sys, "argv", [program, "run", "--select", "gold.x+"])
    with (tmp_path / "x.lock").open("w+") as file:
        holder.sign(file.fileno())
        found = holder.read(file.fileno())
        assert found is not None
        assert (found.command, found.pid) == ("marketpulse run --select gold.x+", os.getpid())
        holder.unsign(file.fileno())
        assert holder.read(file.fileno()) is None


def test_a_full_disk_takes_no_lock_away() -> None:
    with Path("/dev/full").open("r+b", buffering=0) as full:
        holder.sign(full.fileno())
