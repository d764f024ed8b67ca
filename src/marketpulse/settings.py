"""Settings, read once into a frozen object: defaults < file < environment < arguments.

The file is `marketpulse.toml` in the working folder; the environment variables are `MARKETPULSE_<NAME>`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from marketpulse import machine
from marketpulse.errors import UsageError
from marketpulse.storage.layout import LAYER, Layout
from marketpulse.storage.places import is_remote

FILE = "marketpulse.toml"
ENVIRONMENT = "MARKETPULSE_"
#: PyIceberg's catalogs, with a memory: in a file of the warehouse, and on AWS.
FILE_CATALOG = "marketpulse.lake.sqlcatalog.FileCatalog"
CLOUD_CATALOG = "marketpulse.lake.gluecatalog.CloudCatalog"
#: Who looks at rows: a steward sees personal columns; an operator does not, and may act on rows that were kept out.
Role = Literal["analyst", "operator", "steward"]
Log = Literal["text", "json"]
#: Settings that are one of a few words.
_WORDS: dict[str, Any] = {"role": Role, "log": Log}
#: Tables of settings of which the environment may give each entry by itself.
_PARTED = ("catalog__", "kafka__")
#: The least and the most that a number may be.
_RANGES = {
    "memory_mb": (16, 1_000_000_000),
    "threads": (1, 1_024),
    "chunk_rows": (0, 1_000_000_000_000),
    "wait_seconds": (0, 1_000_000_000),
    "query_seconds": (0, 1_000_000_000),
    "query_memory_mb": (0, 1_000_000_000),
    "query_spill_mb": (0, 1_000_000_000),
    "query_rows": (0, 1_000_000_000_000),
    "record_mb": (8, 500),
    "unpacked_mb": (8, 1_000_000_000),
    "stream_records": (1, 10_000_000),
    "stream_mb": (1, 2_000),
    "stream_seconds": (1, 86_400),
}


@dataclass(frozen=True)
class Settings:
    """What a run is told: `memory_mb` bounds the engine (default: half of what the machine has), `threads` its cores.

    `chunk_rows` bounds a step of a build (0: as suits the engine), `record_mb` a record that lands and `unpacked_mb`
    what one packed file may unpack to. `wait_seconds` is how long the lock of a table is
    waited for that another process holds (0: not at all).

    `query_…` bound one query of a person: its seconds, memory (0: `memory_mb`), disk for what does not fit into that,
    and the rows of its result; 0 is no limit.

    `role` is whose eyes rows are for: a steward's see personal columns, an analyst's and an operator's do not
    (`serving.masking`). By the console an operator and a steward act on rows that were kept out, an analyst does not.

    `umask` takes rights away from what is written, as the shell's: "077" leaves it to this user alone.

    `log` is how commands tell on standard error what they do: as text for people, or as lines of JSON.

    `erasures` is where the list of erased people lies with its secret (default: `.erasures` in the
    warehouse; for one on a store none).

    `notify` are the addresses that alerts are told to, as Apprise writes them, blanks between: secrets are in them.

    `landing` and `warehouse` are folders, or URIs (`s3://…`) as text; `{layer}` in the warehouse and in `namespace`
    stands for the layer. `project` is a folder, or the name of a pack. `catalog` are PyIceberg catalog properties;
    `spark` is Spark configuration by its own names, for the engine `spark`, as is `spark_master` (default: this
    machine, `threads` at once).

    `stream_…` bound what of a stream is committed at once: its records, MB of their values, seconds to read them.
    `kafka` are properties of its client by their own names, secrets too: those of the environment go before the file's.
    """

    landing: Path | str = Path("landing")
    warehouse: Path | str = Path("warehouse")
    project: Path | None = None
    engine: str = "duckdb"
    memory_mb: int = field(default_factory=machine.memory_mb)
    threads: int = field(default_factory=machine.threads)
    chunk_rows: int = 0
    record_mb: int = 16
    unpacked_mb: int = 10_000
    wait_seconds: int = 600
    role: Role = "analyst"
    umask: str = "077"
    log: Log = "text"
    erasures: Path | str = ""
    notify: str = field(default="", repr=False)
    query_seconds: int = 600
    query_memory_mb: int = 0
    query_spill_mb: int = 20_000
    query_rows: int = 10_000_000
    namespace: str = LAYER
    catalog: dict[str, str] = field(default_factory=dict, repr=False)
    stream_records: int = 100_000
    stream_mb: int = 64
    stream_seconds: int = 60
    kafka: dict[str, str] = field(default_factory=dict, repr=False)
    spark_master: str = ""
    spark: dict[str, str] = field(default_factory=dict, repr=False)

    def catalog_properties(self) -> dict[str, str]:
        """PyIceberg properties: what was set; else the Glue catalog on S3, a SQLite file inside a local warehouse."""
        if is_remote(self.warehouse):
            files = {"py-io-impl": "marketpulse.lake.stored.StoredFileIO"}
            other = {"type", "py-catalog-impl"} & self.catalog.keys()
            return files | ({} if other else {"py-catalog-impl": CLOUD_CATALOG}) | self.catalog
        files = {"py-io-impl": "marketpulse.lake.durable.DurableFileIO"}
        if self.catalog:
            return files | self.catalog
        own = {"py-catalog-impl": FILE_CATALOG, "uri": f"sqlite:///{self.local}/catalog.db"}
        return files | own | {"warehouse": self.local.as_posix()}

    @property
    def is_masked(self) -> bool:
        """Whether personal columns are hidden from whoever reads."""
        return self.role != "steward"

    @property
    def may_act(self) -> bool:
        """Whether who has this role may replay, correct and discard rows by the console."""
        return self.role != "analyst"

    def be_private(self) -> None:
        """Let what this process writes from here on be as private as `umask` says."""
        os.umask(int(self.umask, 8))

    @contextmanager
    def privately(self) -> Iterator[None]:
        """The same for a while, in a process that others write in, too."""
        before = os.umask(int(self.umask, 8))
        try:
            yield
        finally:
            os.umask(before)

    @property
    def remote(self) -> str | None:
        """The warehouse, when it is not on this machine."""
        return str(self.warehouse) if is_remote(self.warehouse) else None

    @property
    def layout(self) -> Layout:
        """Where each table lies and what it is called in the catalog."""
        if is_remote(self.warehouse):
            return Layout(str(self.warehouse).rstrip("/"), self.namespace)
        return Layout(self.catalog.get("warehouse", self.local.as_posix()), self.namespace)

    @property
    def landing_place(self) -> str:
        """The landing zone as an absolute path or a URI."""
        return str(self.landing).rstrip("/") if is_remote(self.landing) else str(Path(self.landing).resolve())

    @property
    def erasures_place(self) -> str:
        """Where the list of erased people lies, as an absolute path or a URI; empty where nothing says so."""
        if not self.erasures:
            return "" if is_remote(self.warehouse) else f"{self.local}/.erasures"
        return str(self.erasures).rstrip("/") if is_remote(self.erasures) else str(Path(self.erasures).resolve())

    @property
    def pseudonyms_place(self) -> str:
        """Where the secret lies that keys pseudonyms: with the list, or in a warehouse on a store that has none."""
        return self.erasures_place or f"{self.layout.roots[-1]}/_people"

    @property
    def local(self) -> Path:
        """Folder of this machine for locks and scratch: the warehouse, or one of its own beside a remote one."""
        if is_remote(self.warehouse):
            name = hashlib.sha256(str(self.warehouse).encode()).hexdigest()[:16]
            return Path(tempfile.gettempdir()) / f"marketpulse-{os.getuid()}" / name
        return Path(self.warehouse).resolve()

    @property
    def scratch(self) -> Path:
        """Folder for files that are not (yet) part of a table."""
        return self.local / ".scratch"


def load_settings(**arguments: Any) -> Settings:
    """Merge the four layers; arguments that are None are not given. Raise UsageError for an unknown key."""
    values: dict[str, Any] = {}
    values |= _checked(_from_file(Path(FILE)), FILE)
    file = values.get("kafka", {})
    values |= _checked(_from_environment(), "the environment")
    if file:  # secrets come from the environment, what is none from the file
        values["kafka"] = {**file, **values["kafka"]}
    values |= _checked({k: v for k, v in arguments.items() if v is not None}, "the arguments")
    return Settings(**values)


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, a number or a nesting without an end
        raise UsageError(f"not valid TOML: {error}", where=path) from None
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=path) from None


def _from_environment() -> dict[str, Any]:
    given = {k: v for k, v in os.environ.items() if k.startswith(ENVIRONMENT) and v}  # empty: not given
    found = {k.removeprefix(ENVIRONMENT).lower(): v for k, v in given.items()}
    plain: dict[str, Any] = {k: v for k, v in found.items() if not k.startswith(_PARTED)}
    for table in _PARTED:
        if own := {k.removeprefix(table): v for k, v in found.items() if k.startswith(table)}:
            # Properties of Kafka's client have dots where names of the environment cannot.
            plain[table[:-2]] = {k.replace("_", "."): v for k, v in own.items()} if table == "kafka__" else own
    return plain


def _checked(values: dict[str, Any], origin: str) -> dict[str, Any]:
    known = {f.name: f for f in fields(Settings)}
    checked: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            raise UsageError(f"unknown setting {key!r} in {origin}", hint="known: " + ", ".join(sorted(known)))
        checked[key] = _typed(key, value, str(known[key].type), origin)
    return checked


def _place(key: str, value: Any, origin: str) -> Path | str:
    if is_remote(value):
        return str(value)
    if LAYER in str(value):
        raise UsageError(f"setting {key} in {origin} is {value!r}", hint=f"{LAYER} is for s3:// warehouses")
    path = Path(value)
    if key == "warehouse" and "\\" in str(path.resolve()):
        what = f"the warehouse {path.resolve()} has a backslash in its path"
        raise UsageError(what, hint="DuckDB takes it for the end of a folder's name: choose another place")
    return path


def _typed(key: str, value: Any, kind: str, origin: str) -> Any:
    if kind.startswith("dict"):
        return _table(key, value, origin)
    if key == "namespace" and LAYER not in str(value):
        raise UsageError(f"setting namespace in {origin} is {value!r}", hint=f"it must hold {LAYER}")
    if kind == "int":
        return _number(key, value, origin)
    if (words := get_args(_WORDS.get(key))) and value not in words:
        raise UsageError(f"setting {key} in {origin} is {str(value)[:40]!r}", hint="one of " + ", ".join(words))
    if key == "umask" and not re.fullmatch("0?[0-7]{3}", str(value)):
        hint = 'three digits from 0 to 7 in quotes: "077" for you alone, "027" for your group to read'
        raise UsageError(f"setting umask in {origin} is {str(value)[:40]!r}", hint=hint)
    if not isinstance(value, str | Path) or "\0" in str(value):
        raise UsageError(f"setting {key} in {origin} is {value!r}, not a text", hint="write it in quotes")
    return _place(key, value, origin) if kind.startswith("Path") else value


def _number(key: str, value: Any, origin: str) -> int:
    least, most = _RANGES[key]
    try:
        found = int(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if not isinstance(found, int) or isinstance(found, bool):
        raise UsageError(f"setting {key} in {origin} is {str(value)[:40]!r}, not a number")
    if not least <= found <= most:
        raise UsageError(f"setting {key} in {origin} is {str(found)[:40]}", hint=f"from {least:,} to {most:,}")
    return found


def _table(key: str, value: Any, origin: str) -> dict[str, str]:
    """A table of texts; the environment gives it as JSON."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
        return {str(k): str(v) for k, v in found.items()}
    except (AttributeError, ValueError):
        raise UsageError(f"setting {key} in {origin} is {value!r}, not a table", hint="as JSON: {…}") from None
