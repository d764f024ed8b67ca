"""An engine that is asked for values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from marketpulse.engines import Engine
from marketpulse.engines.load import load_engine
from marketpulse.settings import Settings
from tests.spark import CONF, need_spark


@pytest.fixture
def asked(engine: str, tmp_path: Path) -> Iterator[Engine]:
    if engine == "spark":
        need_spark()
    settings = Settings(Path("x"), Path("x"), engine=engine, memory_mb=512, spark=CONF if engine == "spark" else {})
    found = load_engine(settings, tmp_path)
    yield found
    found.close()
