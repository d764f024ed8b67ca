"""Small real things for every test: a mini project, a landing zone, a warehouse."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shop import MiniShop
from tests.spark import need_spark


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `engines` run once on each engine."""
    if "engine" in metafunc.fixturenames and metafunc.definition.get_closest_marker("engines"):
        metafunc.parametrize("engine", ["duckdb", "spark"], indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """Name of the engine that a test runs on."""
    name = getattr(request, "param", "duckdb")
    if name == "spark":
        need_spark()
    return name


@pytest.fixture
def shop(tmp_path: Path, engine: str) -> MiniShop:
    """A two-feed project with an empty landing zone and no warehouse yet."""
    return MiniShop(tmp_path, engine)
