"""Files that dice make: each format reads what a reference reads, or says why not, and loses nothing.

Some of a format here; `proofs/test_formats.py` tries ten thousand of each.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from marketpulse.engines.duckdb import DuckEngine
from tests.landing.formats.generated.trying import FORMATS, tried


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckEngine]:
    engine = DuckEngine.open(400, 1, tmp_path_factory.mktemp("scratch"))
    yield engine
    engine.close()


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_is_read_as_its_reference_reads_it_or_told(name: str, engine: DuckEngine) -> None:
    found = tried(name, range(30), engine)
    assert sum(found.values()) == 30
    assert found["whole"] > 5
