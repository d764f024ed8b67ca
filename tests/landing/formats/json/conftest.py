"""An engine that checks records."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from marketpulse.engines.duckdb import DuckEngine


@pytest.fixture(scope="package")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckEngine]:
    engine = DuckEngine.open(400, 1, tmp_path_factory.mktemp("scratch"))
    yield engine
    engine.close()
