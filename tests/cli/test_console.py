"""The console as a process: it says where it is, answers who has the token, and ends when it is told."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from marketpulse.cli.console import console
from marketpulse.errors import UsageError
from tests.command import places
from tests.shop import MiniShop


def test_it_says_where_it_is_and_ends_when_it_is_told(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    shop.run("silver.sales")
    command = [sys.executable, "-m", "marketpulse", "console", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=places(shop), cwd=shop.root) as process:
        assert process.stdout
        found = re.fullmatch(r"open (http://127\.0\.0\.1:\d+/)\?token=(\S{40,})\n", process.stdout.readline())
        assert found
        asked = urllib.request.Request(found[1], headers={"Authorization": f"Bearer {found[2]}"})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            assert "No headlines yet" in answer.read().decode()
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(found[1], timeout=60)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_without_a_warehouse_it_does_not_listen(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no warehouse"):
        console(warehouse=str(tmp_path / "none"), port=0)
