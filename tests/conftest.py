"""Small real things for every test: a mini project, a landing zone, a warehouse."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.readers import READERS_APART
from tests.shop import MiniShop
from tests.spark import need_spark

#: Set by the long proofs: what is the platform's logic and not the engine's is tried on Spark too.
EVERY_ENGINE = "EVERY_ENGINE"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `engines` run once on each engine."""
    marker = metafunc.definition.get_closest_marker("engines")
    if "engine" in metafunc.fixturenames and marker:
        both = marker.kwargs.get("always", True) or EVERY_ENGINE in os.environ
        metafunc.parametrize("engine", ["duckdb", "spark"] if both else ["duckdb"], indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to `make readers` what it runs beside these tests, so that nothing is skipped."""
    if READERS_APART in os.environ:
        apart = [item for item in items if item.get_closest_marker("readers")]
        items[:] = [item for item in items if item not in apart]
        config.hook.pytest_deselected(items=apart)


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
