"""The console as a process: it says where it is, answers who has the token, and ends when it is told."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from tests.command import marketpulse, places
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


def test_what_cannot_be_is_told_before_it_listens(shop: MiniShop) -> None:
    without = marketpulse(shop, "console", "--port", "0")
    assert (without.returncode, "there is no warehouse" in without.stderr) == (2, True)
    shop.settings.local.mkdir()
    everywhere = marketpulse(shop, "console", "--host", "0.0.0.0", "--port", "0")
    assert (everywhere.returncode, "add --name" in everywhere.stderr) == (2, True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        held = marketpulse(shop, "console", "--port", port)
    assert (held.returncode, f"cannot listen at 127.0.0.1:{port}" in held.stderr) == (2, True)
