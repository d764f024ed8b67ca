"""Tools that read the tables without us: skipped where they are not installed, unless all are asked for."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

#: Set by `make readers`: nothing may be skipped.
EVERY_READER = "EVERY_READER"
#: Set by whoever runs `make readers` beside the tests: what would be skipped here is left to it.
READERS_APART = "READERS_APART"
#: Tests that need a tool which the project does not install.
READER = pytest.mark.readers
#: A DuckDB that has its iceberg extension as a package: another one than ours, so in a process of its own.
DUCKDB = Path(__file__).parents[1] / "build" / "readers" / "duckdb"
_ASK = """
import glob, sys, duckdb
connection = duckdb.connect()
for file in sorted(glob.glob(sys.argv[1] + "/duckdb_extension_*/**/*.duckdb_extension", recursive=True)):
    connection.execute(f"load '{file}'")
*before, asked = sys.argv[2:]
for each in before:
    connection.execute(each)
print(*connection.execute(asked).fetchone())
"""


def need(name: str) -> Any:
    """A library; skip where it is not installed, fail where it must be."""
    if EVERY_READER in os.environ:
        return importlib.import_module(name)
    return pytest.importorskip(name)


def duckdb_with_iceberg(query: str, *before: str) -> list[str]:
    """The one row of a query, as text; `before` are statements that come first."""
    if not DUCKDB.is_dir() and EVERY_READER not in os.environ:
        pytest.skip("DuckDB with its iceberg extension is not installed: make readers")
    command = [sys.executable, "-c", _ASK, str(DUCKDB), *before, query]
    environment = {**os.environ, "PYTHONPATH": str(DUCKDB)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return done.stdout.split()
