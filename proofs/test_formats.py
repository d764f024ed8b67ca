"""Ten thousand files of each format, which dice made: what the reference reads is read, or a reason is told.

`MARKETPULSE_FILES` says how many of each, `MARKETPULSE_FIRST` the number of the first: a number is always one file.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.landing.formats.generated.trying import FORMATS, tried

from marketpulse.engines.duckdb import DuckEngine

FILES = int(os.environ.get("MARKETPULSE_FILES", "10000"))
FIRST = int(os.environ.get("MARKETPULSE_FIRST", "0"))


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_is_read_as_its_reference_reads_it_or_told(name: str, tmp_path: Path) -> None:
    engine = DuckEngine.open(400, 1, tmp_path)
    found = tried(name, range(FIRST, FIRST + FILES), engine)
    engine.close()
    print(f"{name}: {dict(found)}")
    assert sum(found.values()) == FILES
