"""Kills of a run whose landing zone and warehouse are in S3: the run after it ends as if nothing had happened."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.aws.conftest import cloud, emulator, new_cloud
from tests.aws.emulator import Emulator
from tests.kills import ROOT, first_wave, second_wave
from tests.shop import MiniShop
from tests.tables import everything

__all__ = ["cloud", "emulator"]


@pytest.mark.parametrize("moment", ["inside", "after"])
def test_a_kill_at_every_commit(tmp_path: Path, emulator: Emulator, moment: str) -> None:
    kills, number = 0, 1
    while killed(tmp_path / f"{moment}-{number}", emulator, number, moment):
        kills, number = kills + 1, number + 1
    assert kills >= 8


def killed(root: Path, emulator: Emulator, number: int, moment: str) -> bool:
    """Kill a second load at its n-th commit, recover and compare; False when it has not so many commits."""
    here = MiniShop(root)
    there = MiniShop(root / "there")
    store = new_cloud(emulator)
    there.settings = replace(here.settings, **store.settings)
    first_wave(here)
    store.upload(here.landing)
    here.run()
    assert there.run().ok
    second_wave(here)
    store.upload(here.landing)
    here.run()
    settings = {f"MARKETPULSE_{key.upper()}": value for key, value in store.settings.items()}
    settings |= {"MARKETPULSE_PROJECT": str(here.project_dir), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.doomed", str(number), moment]
    ended = subprocess.run(command, cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=False)
    assert ended.returncode in (0, -9), ended.stderr
    assert there.run().ok
    expected, found = everything(here), everything(there)
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        assert found[name] == rows, f"{name} after a kill {moment} commit {number}"
    assert {table.status for table in there.run().tables} == {"up to date"}
    return ended.returncode == -9
