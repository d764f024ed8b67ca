"""The engine that a run is told to use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from marketpulse.engines import Engine
from marketpulse.engines.footers import Known, nothing_known
from marketpulse.errors import UsageError
from marketpulse.names import LAYERS
from marketpulse.settings import Settings
from marketpulse.storage.places import is_remote, real


def load_engine(settings: Settings, scratch: Path, places: Sequence[str] = (), known: Known = nothing_known) -> Engine:
    """Engine named in the settings; `scratch` takes what does not fit into memory.

    It reaches the warehouse of the settings, `scratch` and `places`, and nothing else. Columns of files that are
    `known` it does not look up in each of them.

    Raise UsageError for an unknown one, MissingEngineError for one that is not installed.
    """
    if settings.engine not in ENGINES:
        raise UsageError(f"unknown engine {settings.engine!r}", hint="known: " + ", ".join(ENGINES))
    reached = (*settings.layout.roots, *places)
    return ENGINES[settings.engine](settings, scratch, (*reached, *_linked(reached)), known)


def _linked(roots: Sequence[str]) -> Iterator[str]:
    """Where the links of people lead to who keep a layer, or a table, on another disk."""
    for folder in (Path(root, layer) for root in roots if not is_remote(root) for layer in LAYERS):
        yield from (real(str(place)) for place in (folder, *folder.glob("*")) if place.is_symlink())


def _duckdb(settings: Settings, scratch: Path, places: Sequence[str], known: Known) -> Engine:  # noqa: ARG001 - it reads footers anyway
    from marketpulse.engines.duckdb import DuckEngine

    return DuckEngine.open(settings.memory_mb, settings.threads, scratch, settings.remote, places)


def _spark(settings: Settings, scratch: Path, places: Sequence[str], known: Known) -> Engine:
    from marketpulse.engines.spark_session import open_session

    session = open_session(settings)
    from marketpulse.engines.spark import SparkEngine

    return SparkEngine(session, scratch, settings.remote, places, known)


#: Engines by name; each imports its library when it is asked for.
ENGINES: dict[str, Callable[[Settings, Path, Sequence[str], Known], Engine]] = {"duckdb": _duckdb, "spark": _spark}
