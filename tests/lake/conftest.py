"""A lake of its own, in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.lake.lake import Lake
from marketpulse.settings import Settings


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty warehouse."""
    settings = Settings(warehouse=tmp_path / "warehouse")
    settings.local.mkdir()
    return Lake(settings.layout, settings.catalog_properties())
