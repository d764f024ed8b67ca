"""Settings, read once into a frozen object: defaults < file < environment < arguments.

The file is `marketpulse.toml` in the working folder; the environment variables are `MARKETPULSE_<NAME>`.
"""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from marketpulse.errors import UsageError

FILE = "marketpulse.toml"
ENVIRONMENT = "MARKETPULSE_"


@dataclass(frozen=True)
class Settings:
    """What a run is told: `memory_mb` bounds the engine, `chunk_rows` one step of a build.

    `catalog` are PyIceberg catalog properties; `spark` is Spark configuration by its own names, for the engine
    `spark`, as is `spark_master` (default: this machine, `threads` at once).
    """

    landing: Path = Path("landing")
    warehouse: Path = Path("warehouse")
    project: Path | None = None
    engine: str = "duckdb"
    memory_mb: int = 1400
    threads: int = 2
    chunk_rows: int = 6_000_000
    catalog: dict[str, str] = field(default_factory=dict, repr=False)
    spark_master: str = ""
    spark: dict[str, str] = field(default_factory=dict, repr=False)

    def catalog_properties(self) -> dict[str, str]:
        """PyIceberg properties: what was set, or a SQLite catalog inside the warehouse."""
        if self.catalog:
            return self.catalog
        root = self.warehouse.resolve()
        return {"type": "sql", "uri": f"sqlite:///{root}/catalog.db", "warehouse": root.as_posix()}

    @property
    def scratch(self) -> Path:
        """Folder for files that are not (yet) part of a table."""
        return self.warehouse.resolve() / ".scratch"


def load_settings(**arguments: Any) -> Settings:
    """Merge the four layers; arguments that are None are not given. Raise UsageError for an unknown key."""
    values: dict[str, Any] = {}
    values |= _checked(_from_file(Path(FILE)), FILE)
    values |= _checked(_from_environment(), "the environment")
    values |= _checked({k: v for k, v in arguments.items() if v is not None}, "the arguments")
    return Settings(**values)


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"not valid TOML: {error}", where=path) from None


def _from_environment() -> dict[str, Any]:
    found = {k.removeprefix(ENVIRONMENT).lower(): v for k, v in os.environ.items() if k.startswith(ENVIRONMENT)}
    catalog = {k.removeprefix("catalog__"): v for k, v in found.items() if k.startswith("catalog__")}
    plain: dict[str, Any] = {k: v for k, v in found.items() if not k.startswith("catalog__")}
    return plain | ({"catalog": catalog} if catalog else {})


def _checked(values: dict[str, Any], origin: str) -> dict[str, Any]:
    known = {f.name: f for f in fields(Settings)}
    checked: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            raise UsageError(f"unknown setting {key!r} in {origin}", hint="known: " + ", ".join(sorted(known)))
        checked[key] = _typed(key, value, str(known[key].type), origin)
    return checked


def _typed(key: str, value: Any, kind: str, origin: str) -> Any:
    if kind.startswith("dict"):
        return _table(key, value, origin)
    try:
        if kind.startswith("Path"):
            return Path(value)
        return int(value) if kind == "int" else value
    except (TypeError, ValueError):
        raise UsageError(f"setting {key} in {origin} is {value!r}, not a number") from None


def _table(key: str, value: Any, origin: str) -> dict[str, str]:
    """A table of texts; the environment gives it as JSON."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
        return {str(k): str(v) for k, v in found.items()}
    except (AttributeError, ValueError):
        raise UsageError(f"setting {key} in {origin} is {value!r}, not a table", hint="as JSON: {…}") from None
