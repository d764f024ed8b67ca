"""Small real things for every test: a mini project, a landing zone, a warehouse."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.long import EVERY_TEST, leave_out
from tests.readers import READERS_APART
from tests.shop import MiniShop
from tests.spark import need_spark

# On a busy machine an example takes as long as it takes: no test is to fail by the clock.
settings.register_profile("unhurried", settings.default, deadline=None)
settings.load_profile("unhurried")

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
    if long := leave_out(items):
        config.hook.pytest_deselected(items=long)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out: it is no skip, for CI runs it."""
    if EVERY_TEST not in os.environ:
        terminalreporter.write_line(f"{EVERY_TEST}=1 runs the long tests too, as CI does")


def pytest_collection_finish() -> None:
    """Thousands of tests and all that they import stay to the end: not to be searched for what is no longer needed."""
    gc.collect()
    gc.freeze()


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
