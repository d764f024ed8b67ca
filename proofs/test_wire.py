"""What tools ask by JDBC, asked by the driver itself: metadata, prepared statements in binary, fetch size, timeouts."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.wire.house import peopled, wired

DRIVER = Path("/usr/share/java/postgresql.jar")
HEARD = {
    "schemas": "bronze gold information_schema metrics pg_catalog public silver",
    "tables": "agg_daily dim_buyer fct_lines mart_total",
    "views": "lines pieces pieces_per_line sizes total",
    "columns": "buyer_id text pieces int8",
    "amount": "numeric 18 4",
    "said": "Lines. Unit: count; it adds up.",
    "key": "buyer_id 1",
    "index": "buyer_id",
    "catalog": "mini",
    "row 0": "bob 2026-01-02 20.2500 7",
    "row 6": "bob 2026-01-02 20.2500 7",
    "moment": "2026-01-01T10:00:01.250Z",
    "fetched": "25000",
    "write": "25006",
    "timeout": "57014",
    "valid": "true",
}


def test_jdbc_reads_metadata_rows_and_errors(tmp_path: Path) -> None:
    java = shutil.which("java")
    if java is None or shutil.which("javac") is None or not DRIVER.exists():
        pytest.skip("needs a JDK and JDBC's driver: apt-get install openjdk-17-jdk-headless libpostgresql-jdbc-java")
    with wired(peopled(tmp_path)) as wire:
        source = Path(__file__).with_name("Reads.java")
        command = [
            java,
            "-cp",
            str(DRIVER),
            str(source),
            f"jdbc:postgresql://127.0.0.1:{wire.port}/mini",
            wire.password,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    heard = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
    assert {name: heard.get(name) for name in HEARD} == HEARD
