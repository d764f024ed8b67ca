"""The command, as somebody types it: it prints what to paste, answers, and ends when it is told."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import psycopg

from tests.command import HEARS_CTRL_C, places
from tests.shop import MiniShop


def started(shop: MiniShop, *more: str) -> tuple[subprocess.Popen[str], list[str]]:
    """The wire as a process, and the lines that it printed."""
    command = [*HEARS_CTRL_C, sys.executable, "-m", "marketpulse", "wire", "--port", "0", *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=places(shop), cwd=shop.root)
    assert process.stdout
    lines: list[str] = []
    while line := process.stdout.readline():
        lines.append(line.rstrip())
        if line.startswith("Ctrl-C"):
            break
    return process, lines


def test_what_it_prints_can_be_pasted_and_ctrl_c_ends_it_while_a_query_is_at_work(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1.5")
    shop.run()
    process, lines = started(shop)
    with process:
        (url,) = re.findall(r'psql "(postgresql://\S+)"', lines[0])
        assert lines[2] == "JDBC        jdbc:postgresql://" + url.split("@")[1]
        connection = psycopg.connect(url, autocommit=True)
        assert connection.execute("select sum(amount) from gold.agg_daily").fetchone() is not None
        connection.pgconn.send_query(b"select count(*) from range(100000000) a, range(100000000) b")
        connection.pgconn.flush()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        connection.close()


def test_a_password_of_a_file_is_not_printed(shop: MiniShop, tmp_path: Path) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1.5")
    shop.run()
    file = tmp_path / "password"
    file.write_text("a-word-of-some-length\n")
    file.chmod(0o600)
    process, lines = started(shop, "--password-file", str(file))
    with process:
        assert "a-word-of-some-length" not in "\n".join(lines)
        (port,) = re.findall(r"@127\.0\.0\.1:(\d+)/mini", lines[0])
        given = {"host": "127.0.0.1", "port": port, "user": "me", "dbname": "mini"}
        with psycopg.connect(**given, password="a-word-of-some-length") as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
