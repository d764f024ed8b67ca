"""What every step of one run shares: settings, project, lake, engine, identity, locks, progress."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from marketpulse.engines.load import load_engine
from marketpulse.errors import ConcurrentError, HeldError
from marketpulse.lake.buckets import Moved
from marketpulse.lake.home import made_as
from marketpulse.lake.lake import Lake
from marketpulse.run import locks, scratch
from marketpulse.run.patience import Patience
from marketpulse.run.pseudonyms import Pseudonyms
from marketpulse.run.retained import Retained
from marketpulse.settings import Settings
from marketpulse.storage.places import remove_folder

if TYPE_CHECKING:
    from marketpulse.engines import Engine
    from marketpulse.lake.table import FileRef, LakeTable
    from marketpulse.project.contract import Contract
    from marketpulse.project.project import Project

_ATTEMPTS = 3
_Result = TypeVar("_Result")


class Progress(Protocol):
    """Told what a run does, for a person to watch."""

    def start(self, step: str, total: int) -> None:
        """A step of `total` units begins."""
        ...

    def advance(self, step: str, units: int) -> None:
        """Some units are done."""
        ...

    def finish(self, step: str) -> None:
        """The step is over."""
        ...

    def wait(self, message: str) -> None:
        """Somebody else holds what the next step needs; the message says who."""
        ...


class Silent:
    """A Progress nobody watches."""

    def start(self, step: str, total: int) -> None:
        """Say nothing."""

    def advance(self, step: str, units: int) -> None:
        """Say nothing."""

    def finish(self, step: str) -> None:
        """Say nothing."""

    def wait(self, message: str) -> None:
        """Say nothing."""


def as_text(moment: datetime) -> str:
    """A time as `YYYY-MM-DD HH:MM:SS.ffffff`."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


@dataclass
class Context:
    """One run. `started` is UTC; `run_id` sorts by time and is the batch id of what the run ingests.

    `alive` is the run's own lock: it says what the run ledger is to be told should the run end here. `read` gives
    the project: who only looks at rows does not wait for definitions, nor are they hidden by a mistake in one.
    `retained` is what earlier runs of this process have left, if it runs again and again.
    `moved` says of tables which rows this run has moved, from one snapshot to another.
    """

    settings: Settings
    read: Callable[[], Project]
    lake: Lake
    run_id: str
    started: datetime
    scratch: Path
    alive: locks.RunLock
    progress: Progress = field(default_factory=Silent)
    staged: set[str] = field(default_factory=set)
    retained: Retained = field(default_factory=Retained)
    moved: dict[str, tuple[int, int, Moved]] = field(default_factory=dict)

    @cached_property
    def project(self) -> Project:
        """What the run is about. Raise DefinitionError when it cannot be read at all."""
        return self.read()

    def contract(self, table: str) -> Contract | None:
        """What is promised of a table, of one that is looked at before the project is read, too.

        Raise DefinitionError for a project that cannot be read.
        """
        from marketpulse.project.promised import promised, promised_alone  # only who looks at rows needs it

        if "project" in self.__dict__:
            return promised(self.project, table)
        return promised_alone(self.settings.project, table)

    @cached_property
    def engine(self) -> Engine:
        """What runs SQL. Raise UsageError for an unknown one, MissingEngineError for one that is not installed."""
        return load_engine(self.settings, self.scratch, known=self._columns_of)

    @cached_property
    def pseudonyms(self) -> Pseudonyms:
        """What stands for people where others read."""
        return Pseudonyms(self.settings.pseudonyms_place)

    def _columns_of(self, paths: Sequence[str]) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """See `Lake.columns_of`; of what this run writes, the table may not say yet what it has."""
        return self.lake.columns_of(path for path in paths if f"/{self.run_id}-" not in path)

    def close(self) -> None:
        """Give back what is held open, and remove what was staged."""
        if "engine" in self.__dict__:
            self.engine.close()
        self.lake.close()
        self.unstage()

    def unstage(self) -> None:
        """Remove what was staged beside tables; no view of it may be read any more."""
        while self.staged:
            remove_folder(self.staged.pop())

    @property
    def started_text(self) -> str:
        """Start as `YYYY-MM-DD HH:MM:SS.ffffff` (UTC)."""
        return as_text(self.started)

    @property
    def chunk_rows(self) -> int:
        """Rows that a step of a build takes: as set, else what suits the engine."""
        return self.settings.chunk_rows or self.engine.chunk_rows

    def folder(self, table: str, number: int = 0) -> str:
        """New folder for data files of `table`, part of no snapshot until a commit names them.

        Folders sort by run and `number`: bronze files sort in the order in which they landed.
        """
        unique = uuid.uuid4().hex[:8]
        return f"{self.lake.layout.location(table)}/data/{self.run_id}-{number:04d}-{unique}"

    def describe(self, table: LakeTable, paths: Sequence[str]) -> list[FileRef]:
        """What a commit must know of files that the engine wrote; many footers are read where it has room."""
        return self.lake.describe(table, paths, self.engine.spread)

    def staging(self, table: str, what: str) -> str:
        """New folder for files of a step of `table` that are part of no table and go when the run ends.

        On this machine, unless other machines write them: then beside the table, where its job may write.
        """
        unique = f"{what}-{uuid.uuid4().hex[:8]}"
        if self.engine.shares_disk:
            return f"{self.scratch}/{table}-{unique}"
        folder = f"{self.lake.layout.location(table)}/_scratch/{self.run_id}"
        self.staged.add(folder)
        return f"{folder}/{unique}"

    @contextmanager
    def lock(self, table: str) -> Iterator[None]:
        """One process of this machine at a time builds a table; the others wait. Released when it dies.

        Raise HeldError when the wait is longer than the settings say, or for somebody who was stopped.
        """
        patience = Patience(self.settings.wait_seconds, self.progress.wait)
        with locks.exclusive(self.settings.local / ".locks" / f"{table}.lock", patience):
            yield


@contextmanager
def open_context(
    settings: Settings,
    project: Project | Callable[[], Project],
    progress: Progress | None = None,
    label: str | None = None,
    reads: bool = False,
    retained: Retained | None = None,
) -> Iterator[Context]:
    """Open the warehouse for one run; the scratch folder goes when the run ends, however it ended.

    `project` may also be what reads it, called when it is first asked for. `label` ends the run's id in place of
    random letters: what a scheduler calls the run. With `reads` nothing is written to the warehouse. `retained` is of a
    process that runs again and again.
    """
    if reads and not settings.remote and not settings.catalog and settings.local.is_dir():
        settings = replace(settings, warehouse=made_as(settings.local))
    lake = Lake(settings.layout, settings.catalog_properties())  # refuses before anything is written
    started = datetime.now(UTC).replace(tzinfo=None)
    run_id = f"{started:%Y%m%dT%H%M%S}-{label or uuid.uuid4().hex[:8]}"
    with scratch.private() if reads else _writing(settings, run_id) as (folder, alive):
        read = project if callable(project) else lambda: project
        told = progress or Silent()
        context = Context(settings, read, lake, run_id, started, folder, alive, told, retained=retained or Retained())
        if not callable(project):
            context.project = project
        with closing(context):
            if not reads:  # an engine that is not there is told before anything is done
                _ = context.engine
            yield context


@contextmanager
def _writing(settings: Settings, run_id: str) -> Iterator[tuple[Path, locks.RunLock]]:
    """The folder and the lock of a run, inside the warehouse or, for a remote one, in a folder of this user's own."""
    if settings.remote:
        scratch.own(settings.local.parent)
    with locks.hold(settings.scratch, run_id) as alive:
        yield settings.scratch / run_id, alive


def again(step: Callable[[], _Result]) -> _Result:
    """Do a step, again from the start when another process committed first. Raise ConcurrentError after the third."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return step()
        except HeldError:  # that was waited for already
            raise
        except ConcurrentError:
            continue
    return step()
