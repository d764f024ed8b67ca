"""Rows are looked at after each run of most tests: one DuckDB a process reads them, and what it reads it forgets."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import duckdb

from marketpulse.engines.duckdb import DuckEngine
from marketpulse.engines.duckdb_session import start

_MEMORY_MB = 512


def reader() -> DuckEngine:
    """A session of it. It may read whatever this process may, and keeps nothing of a file that a test may damage."""
    return DuckEngine(_started().cursor(), Path(tempfile.gettempdir()), _MEMORY_MB)


@cache
def _started() -> duckdb.DuckDBPyConnection:
    connection = start(1, Path(tempfile.gettempdir()))
    connection.execute("set parquet_metadata_cache = false")
    connection.execute(f"set memory_limit = '{_MEMORY_MB}MB'")
    return connection
